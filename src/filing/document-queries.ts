import type { FiledDocumentRecord } from '../model/filed-document.ts';
import type { Database, Transaction } from '../store/database.ts';

interface DocumentRow {
  id: string;
  agency_code: string;
  series: string;
  version: number;
  kind: FiledDocumentRecord['kind'];
  title: string;
  number: string | null;
  media_type: FiledDocumentRecord['mediaType'];
  digest: string;
  registered_at: Date;
  registered_by: string;
}

const COLUMNS = [
  ...['id', 'agency_code', 'series', 'version', 'kind', 'title', 'number', 'media_type'],
  ...['digest', 'registered_at', 'registered_by'],
];

/** Adds the next version of the series. */
export async function insertDocument(
  trx: Transaction,
  document: Omit<FiledDocumentRecord, 'version'>,
  content: Buffer,
): Promise<void> {
  await trx.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [
    `document ${document.agencyCode} ${document.series}`,
  ]);
  await trx.raw(
    `
    insert into document
      (id, agency_code, series, version, kind, title, number, media_type, content, digest,
       registered_at, registered_by)
    select :id, :agencyCode, :series, coalesce(max(version), 0) + 1, :kind, :title, :number,
      :mediaType, :content, :digest, :registeredAt, :registeredBy
    from document where agency_code = :agencyCode and series = :series
    `,
    { ...document, content },
  );
}

/** Null where there is none with this id. */
export async function findDocument(
  db: Database | Transaction,
  id: string,
): Promise<FiledDocumentRecord | null> {
  const row = await db('document').where({ id }).first<DocumentRow | undefined>(COLUMNS);
  return row === undefined ? null : fromRow(row);
}

/** Base64. Null where there is none with this id. */
export async function findContent(db: Database, id: string): Promise<string | null> {
  const row = await db<{ id: string; content: Buffer }>('document').where({ id }).first('content');
  return row === undefined ? null : row.content.toString('base64');
}

/** Newest first. */
export async function listDocuments(
  db: Database,
  filter: {
    agencyCode: string | null;
    before: { at: Date; id: string } | null;
    rows: number;
  },
): Promise<readonly FiledDocumentRecord[]> {
  const { agencyCode, before, rows } = filter;
  const query = db('document').select<DocumentRow[]>(COLUMNS);
  if (agencyCode !== null) query.where({ agency_code: agencyCode });
  if (before !== null)
    query.whereRaw('(registered_at, id) < (?::timestamptz, ?::uuid)', [before.at, before.id]);
  const found = await query.orderByRaw('registered_at desc, id desc').limit(rows);
  return found.map(fromRow);
}

function fromRow(row: DocumentRow): FiledDocumentRecord {
  return {
    id: row.id,
    agencyCode: row.agency_code,
    series: row.series,
    version: row.version,
    kind: row.kind,
    title: row.title,
    number: row.number,
    mediaType: row.media_type,
    digest: row.digest,
    registeredAt: row.registered_at,
    registeredBy: row.registered_by,
  };
}
