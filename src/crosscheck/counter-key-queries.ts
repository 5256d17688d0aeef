import { publicPemOf } from '../model/ed25519.ts';
import { counterKeyIdOf, type CounterSigningKey } from '../model/signed-summary.ts';
import type { Database } from '../store/database.ts';

interface KeyRow {
  agency_code: string;
  version: number;
  public_key: Buffer;
  registered_at: Date;
  registered_by: string;
  is_current: boolean;
}

/** By agency and version; of `agencyCode` only, unless null. */
export async function listCounterKeys(
  db: Database,
  { agencyCode, rows }: { readonly agencyCode: string | null; readonly rows: number },
): Promise<readonly CounterSigningKey[]> {
  const { rows: found } = await db.raw<{ rows: KeyRow[] }>(
    `
    select agency_code, version, public_key, registered_at, registered_by,
      version = max(version) over (partition by agency_code) as is_current
    from counter_signing_key
    where :agencyCode::text is null or agency_code = :agencyCode
    order by agency_code, version
    limit :rows
    `,
    { agencyCode, rows },
  );
  return found.map((row) => {
    const { agency_code: agency, version } = row;
    return {
      ...{ id: counterKeyIdOf({ agencyCode: agency, version }), agencyCode: agency, version },
      ...{ publicKey: publicPemOf(row.public_key), isCurrent: row.is_current },
      ...{ registeredAt: row.registered_at, registeredBy: row.registered_by },
    };
  });
}

/** Adds a version. False where its number is taken, or somebody holds the key already. */
export async function insertCounterKey(
  db: Database,
  key: {
    readonly agencyCode: string;
    readonly version: number;
    readonly publicKey: Buffer;
    readonly digest: string;
    readonly at: Date;
    readonly by: string;
  },
): Promise<boolean> {
  const added = await db('counter_signing_key')
    .insert({
      ...{ agency_code: key.agencyCode, version: key.version, public_key: key.publicKey },
      ...{ digest: key.digest, registered_at: key.at, registered_by: key.by },
    })
    .onConflict()
    .ignore()
    .returning('version');
  return added.length > 0;
}

/** Whether any agency holds a key, or held it. */
export async function isCounterKeyTaken(db: Database, digest: string): Promise<boolean> {
  return (await db('counter_signing_key').where({ digest }).first('version')) !== undefined;
}
