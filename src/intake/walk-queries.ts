import type { HeldRow } from '../connector-kit/scan.ts';
import type { Database } from '../store/database.ts';

/** Which rows: of one source, as read under one set of settings. */
interface Where {
  readonly source: string;
  readonly edition: string;
  readonly collections: readonly string[];
}

/** The rows that one key finds, in the order of collection and id. */
export interface RowsUnder {
  readonly key: string;
  readonly rows: readonly HeldRow[];
}

const PAGE_KEYS = 1_000;
/** The sort of all keys comes before the first page. */
const STATEMENT_MS_MAX = 600_000;

const SELECT = `
  select key, json_agg(json_build_object(
    'collection', part.collection, 'id', row_id, 'values', "values")
    order by part.collection, row_id) as rows
  from intake_collection as part
  join intake_row on intake_row.collection_id = part.id
  cross join unnest(intake_row.keys) as key
  where part.source = :source and part.edition = :edition
    and part.collection = any(cast(:collections as text[]))
    and not intake_row.deleted
`;

/** Everything, page by page in the order of keys, as one snapshot shows it. */
export async function* walkRows(db: Database, where: Where): AsyncGenerator<readonly RowsUnder[]> {
  const trx = await db.transaction(undefined, {
    isolationLevel: 'repeatable read',
    readOnly: true,
  });
  try {
    await trx.raw(`set local statement_timeout = ${STATEMENT_MS_MAX}`);
    // Whoever reads a page writes what is in it before the next one.
    await trx.raw(`set local idle_in_transaction_session_timeout = ${STATEMENT_MS_MAX}`);
    await trx.raw(
      `declare held_walk no scroll cursor for ${SELECT} group by key order by key collate "C"`,
      bound(where),
    );
    for (;;) {
      const { rows } = await trx.raw<{ rows: RowsUnder[] }>(`fetch ${PAGE_KEYS} from held_walk`);
      if (rows.length === 0) return;
      yield rows;
    }
  } finally {
    await trx.rollback();
  }
}

/** In the order of keys; those that find nothing are left out. */
export async function readRowsUnder(
  db: Database,
  { keys, ...where }: Where & { readonly keys: readonly string[] },
): Promise<readonly RowsUnder[]> {
  const { rows } = await db.raw<{ rows: RowsUnder[] }>(
    `${SELECT} and intake_row.keys && cast(:keys as text[]) and key = any(cast(:keys as text[]))
     group by key order by key collate "C"`,
    { ...bound(where), keys: [...keys] },
  );
  return rows;
}

function bound({ source, edition, collections }: Where) {
  return { source, edition, collections: [...collections] };
}
