import type { CrossCheck, CrossCheckDefinition, CrossCheckPlanning } from '../model/cross-check.ts';
import type { Database, Transaction } from '../store/database.ts';

/** What definitions of before do not have. */
interface StoredDefinition extends Omit<CrossCheckDefinition, 'collections' | 'planning'> {
  readonly collections?: CrossCheckDefinition['collections'];
  readonly planning:
    (Omit<CrossCheckPlanning, 'samplePerNight'> & { readonly samplePerNight?: number }) | null;
}

interface DefinitionRow {
  id: string;
  key: string;
  version: number;
  definition: StoredDefinition;
  published_at: Date;
  published_by: string;
}

const COLUMNS = `
  cross_check.id, key, version, definition, published_at, published_by
`;

/** In their last version, in the order of keys; of `key` only, unless null. */
export async function listCrossChecks(
  db: Database | Transaction,
  { key, rows }: { readonly key: string | null; readonly rows: number },
): Promise<readonly CrossCheck[]> {
  const { rows: found } = await db.raw<{ rows: DefinitionRow[] }>(
    `
    select ${COLUMNS}
    from cross_check
    cross join lateral (
      select * from cross_check_version
      where check_id = cross_check.id order by version desc limit 1
    ) as last
    where :key::text is null or key = :key
    order by key
    limit :rows
    `,
    { key, rows },
  );
  return found.map(fromRow);
}

/** In the order of `wanted`; null where there is no such version. */
export async function listVersions(
  db: Database | Transaction,
  wanted: readonly { readonly id: string; readonly version: number }[],
): Promise<readonly (CrossCheck | null)[]> {
  const { rows } = await db.raw<{ rows: DefinitionRow[] }>(
    `
    select ${COLUMNS}
    from cross_check
    join cross_check_version on check_id = cross_check.id
    join jsonb_to_recordset(:wanted::jsonb) as one (id uuid, v integer)
      on one.id = check_id and one.v = version
    `,
    { wanted: JSON.stringify(wanted.map(({ id, version }) => ({ id, v: version }))) },
  );
  const found = rows.map(fromRow);
  return wanted.map(
    ({ id, version }) => found.find((one) => one.id === id && one.version === version) ?? null,
  );
}

/** Adds a version. Returns whether no other has taken its number. */
export async function insertVersion(trx: Transaction, check: CrossCheck): Promise<boolean> {
  const { id, key, version, publishedAt, publishedBy, ...definition } = check;
  if (version === 1) {
    const row = { id, key, created_at: publishedAt, created_by: publishedBy };
    const added = await trx('cross_check').insert(row).onConflict('key').ignore().returning('id');
    if (added.length === 0) return false;
  }
  const added = await trx('cross_check_version')
    .insert({
      ...{ check_id: id, version, definition: JSON.stringify(definition) },
      ...{ is_enabled: definition.isEnabled },
      ...{ published_at: publishedAt, published_by: publishedBy },
    })
    .onConflict(['check_id', 'version'])
    .ignore()
    .returning('version');
  return added.length > 0;
}

function fromRow(row: DefinitionRow): CrossCheck {
  const { id, key, version, definition } = row;
  const { planning } = definition;
  return {
    // Definitions from before whole collections were compared name none, those of before samples
    // were drawn say nothing of them.
    ...{ ...definition, collections: definition.collections ?? null, id, key, version },
    planning:
      planning === null ? null : { ...planning, samplePerNight: planning.samplePerNight ?? 0 },
    ...{ publishedAt: row.published_at, publishedBy: row.published_by },
  };
}
