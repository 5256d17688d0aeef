import type { Database, Transaction } from '../store/database.ts';
import { toSealedColumns, type SealedColumns } from '../vault/sealed-columns.ts';
import type { Sealed } from '../vault/vault.ts';

/** Credentials as they are stored. */
export interface SecretRow extends SealedColumns {
  readonly source: string;
  readonly version: number;
  /** As `originsText` writes them. */
  readonly origins: string;
  readonly set_at: Date;
  readonly set_by: string;
  /** Null while they are live. */
  readonly ended_at: Date | null;
}

/** Of these sources (null: of all), newest first within each. */
export async function listSecrets(
  db: Database | Transaction,
  sources: readonly string[] | null,
): Promise<readonly SecretRow[]> {
  const { rows } = await db.raw<{ rows: SecretRow[] }>(
    `
    select source_secret.source, version, origins, sealed, set_at, set_by, ended_at,
           coalesce(latest.key_id, source_secret.key_id) as key_id,
           coalesce(latest.wrapped_key, source_secret.wrapped_key) as wrapped_key
    from source_secret
    left join source_secret_end using (source, version)
    left join lateral (
      select key_id, wrapped_key from source_secret_wrap wrap
      where wrap.source = source_secret.source and wrap.version = source_secret.version
      order by number desc
      limit 1
    ) latest on true
    where :isAll or source = any(:sources)
    order by source, version desc
    `,
    { isAll: sources === null, sources: [...(sources ?? [])] },
  );
  return rows;
}

/** The version is the caller's to know: it holds the lock of the source. */
export async function insertSecret(
  trx: Transaction,
  secret: {
    readonly source: string;
    readonly version: number;
    readonly origins: string;
    readonly sealed: Sealed;
    readonly setAt: Date;
    readonly setBy: string;
  },
): Promise<void> {
  await trx('source_secret').insert({
    source: secret.source,
    version: secret.version,
    origins: secret.origins,
    ...toSealedColumns(secret.sealed),
    set_at: secret.setAt,
    set_by: secret.setBy,
  });
}

/** Adds the data key of a version under another key. Of two at once, one stands. */
export async function insertWrap(
  db: Database,
  { source, version, sealed, at }: { source: string; version: number; sealed: Sealed; at: Date },
): Promise<void> {
  await db.raw(
    `
    insert into source_secret_wrap (source, version, number, key_id, wrapped_key, wrapped_at)
    select :source, :version, 1 + count(*), :keyId, :wrappedKey, :at
    from source_secret_wrap where source = :source and version = :version
    on conflict do nothing
    `,
    {
      ...{ source, version, at, keyId: sealed.keyId },
      wrappedKey: Buffer.from(sealed.wrappedKey),
    },
  );
}

/** Ends live versions; those that have ended stay as they are. */
export async function endSecrets(
  trx: Transaction,
  ended: {
    readonly source: string;
    readonly versions: readonly number[];
    readonly at: Date;
    readonly by: string;
  },
): Promise<void> {
  if (ended.versions.length === 0) return;
  await trx('source_secret_end')
    .insert(
      ended.versions.map((version) => ({
        source: ended.source,
        version,
        ended_at: ended.at,
        ended_by: ended.by,
      })),
    )
    .onConflict(['source', 'version'])
    .ignore();
}
