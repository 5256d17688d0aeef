import { createHash, randomUUID } from 'node:crypto';

import type { Agencies } from '../agencies/agencies.ts';
import type { Refusals } from '../audit/refusals.ts';
import type { Caller } from '../model/caller.ts';
import type { Clock } from '../model/clock.ts';
import { decodeInstantCursor, isUuid, pageOf, rowsToRead } from '../model/cursor.ts';
import type { FiledDocumentRecord } from '../model/filed-document.ts';
import type { Page, PageRequest } from '../model/page.ts';
import { checkLength, mistake, type Accepted, type UserError } from '../model/user-error.ts';
import type { Database, Transaction } from '../store/database.ts';
import { runOnce } from '../store/request-key.ts';
import { findContent, findDocument, insertDocument, listDocuments } from './document-queries.ts';
import type { Filings } from './filing.ts';

/** Rules and supporting documents (工作规程、配套制度), by version, filed with the own bureau. */
export interface Documents {
  /** Registers the next version of a series, and reports it to the justice bureau. */
  register(caller: Caller, input: RegisterDocument): Promise<Accepted<FiledDocumentRecord>>;
  /** Of whatever agency: rules are no secret. Null where there is none with this id. */
  find(id: string): Promise<FiledDocumentRecord | null>;
  /** The document itself, Base64. Null where there is none with this id. */
  contentOf(id: string): Promise<string | null>;
  /** Newest first. Null means of every agency. */
  pageOf(
    filter: { readonly agencyCode: string | null },
    page: PageRequest,
  ): Promise<Page<FiledDocumentRecord>>;
}

/** A document as an agency sends it. */
export interface RegisterDocument {
  readonly series: string;
  readonly kind: FiledDocumentRecord['kind'];
  readonly title: string;
  /** 文号. Null where it has none. */
  readonly number: string | null;
  readonly mediaType: FiledDocumentRecord['mediaType'];
  readonly contentBase64: string;
  readonly idempotencyKey: string;
}

const OPERATION = 'registerDocument';
const CONTENT_BYTES_MAX = 180_000;

/** The room of documents. */
export function createDocuments(deps: {
  readonly db: Database;
  readonly clock: Clock;
  readonly agencies: Pick<Agencies, 'find'>;
  readonly refusals: Pick<Refusals, 'refuse'>;
  readonly filings: Pick<Filings, 'fileDocument'>;
}): Documents {
  const { db, clock, agencies, refusals, filings } = deps;

  async function register(
    caller: Caller,
    input: RegisterDocument,
  ): Promise<Accepted<FiledDocumentRecord>> {
    const agency = await agencies.find(caller.agencyCode);
    const content = Buffer.from(input.contentBase64, 'base64');
    const errors = checkDocument(input, content);
    if (agency === null)
      errors.push(
        mistake('UNKNOWN_AGENCY', [], 'Your agency is not registered, so it has no bureau.'),
      );
    if (agency === null || errors.length > 0) return refusals.refuse(caller, OPERATION, errors);
    const digest = createHash('sha256').update(content).digest('hex');
    const { agencyCode } = caller;
    const { contentBase64: _content, idempotencyKey, ...rest } = input;
    const key = { agencyCode, idempotencyKey, operation: OPERATION, input: { ...rest, digest } };
    const insert = async (trx: Transaction): Promise<Accepted<string>> => {
      const id = randomUUID();
      const document = {
        ...{ id, agencyCode, series: input.series.trim(), kind: input.kind, digest },
        ...{ title: input.title.trim(), number: input.number?.trim() ?? null },
        ...{ mediaType: input.mediaType, registeredAt: clock.now(), registeredBy: caller.account },
      };
      await insertDocument(trx, document, content);
      await filings.fileDocument(trx, caller, { id, title: document.title, digest, agency });
      return { ok: true, value: id };
    };
    return db.transaction(async (trx): Promise<Accepted<FiledDocumentRecord>> => {
      const done = await runOnce(trx, key, () => insert(trx));
      if (!done.ok) return done;
      const document = await findDocument(trx, done.value);
      if (document === null) throw new RangeError('A document that was registered is gone.');
      return { ok: true, value: document };
    });
  }

  return {
    register,
    find: async (id) => (isUuid(id) ? findDocument(db, id) : null),
    contentOf: async (id) => (isUuid(id) ? findContent(db, id) : null),
    async pageOf({ agencyCode }, page) {
      const before = decodeInstantCursor(page.after);
      const rows = await listDocuments(db, { agencyCode, before, rows: rowsToRead(page) });
      return pageOf(rows, page, ({ registeredAt, id }) => [registeredAt.toISOString(), id]);
    },
  };
}

function checkDocument(input: RegisterDocument, content: Buffer): UserError[] {
  const errors = [
    ...checkLength(input.series, ['series'], 100),
    ...checkLength(input.title, ['title'], 200),
    ...(input.number === null ? [] : checkLength(input.number, ['number'], 100)),
    ...checkLength(input.idempotencyKey, ['idempotencyKey'], 64),
  ];
  const isWhole = content.toString('base64') === input.contentBase64;
  if (!isWhole)
    errors.push(mistake('MALFORMED_VALUE', ['contentBase64'], 'Send the bytes in Base64.'));
  if (content.length === 0 || content.length > CONTENT_BYTES_MAX)
    errors.push(
      mistake('LENGTH_OUT_OF_RANGE', ['contentBase64'], `Send 1 to ${CONTENT_BYTES_MAX} bytes.`),
    );
  return errors;
}
