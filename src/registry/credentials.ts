import type { Clock } from '../model/clock.ts';
import type { SourceSecretVersion } from '../model/registered-source.ts';
import type { Database, Transaction } from '../store/database.ts';
import { sealedOf } from '../vault/sealed-columns.ts';
import type { Vault } from '../vault/vault.ts';
import { endSecrets, insertSecret, listSecrets, type SecretRow } from './secret-queries.ts';

/** Credentials that may be used, opened. For building a connector, and for nothing else. */
export interface LiveSecrets {
  readonly version: number;
  readonly secrets: unknown;
}

/** Credentials of sources: written, used, ended, and never shown. */
export interface Credentials {
  /**
   * Adds a version bound to these places. The version before stays live, so that a source may
   * change over at its own time; the one before that ends.
   */
  set(trx: Transaction, wanted: NewSecrets): Promise<number>;
  end(trx: Transaction, ended: { source: string; version: number; by: string }): Promise<void>;
  /** Live versions bound to exactly these places, newest first, at most two. */
  listLive(
    db: Database | Transaction,
    bound: { readonly source: string; readonly origins: string },
  ): Promise<readonly LiveSecrets[]>;
  /** What may be told of them, newest first. */
  list(db: Database, source: string): Promise<readonly SourceSecretVersion[]>;
}

/** Credentials to be kept. */
export interface NewSecrets {
  readonly source: string;
  /** As `originsText` writes them. */
  readonly origins: string;
  readonly secrets: unknown;
  readonly by: string;
}

const LIVE_MAX = 2;

/** The store of credentials. */
export function createCredentials(deps: { vault: Vault; clock: Clock }): Credentials {
  const { vault, clock } = deps;

  async function set(trx: Transaction, wanted: NewSecrets): Promise<number> {
    const earlier = await listSecrets(trx, [wanted.source]);
    const version = (earlier[0]?.version ?? 0) + 1;
    const { source, origins } = wanted;
    const sealed = vault.seal(
      JSON.stringify(wanted.secrets),
      boundTo({ source, version, origins }),
    );
    const setAt = clock.now();
    await insertSecret(trx, { source, version, origins, sealed, setAt, setBy: wanted.by });
    // Those of another place belong to another revision, which may be in use.
    const displaced = earlier
      .filter((row) => row.ended_at === null && row.origins === origins)
      .slice(LIVE_MAX - 1);
    const versions = displaced.map((row) => row.version);
    await endSecrets(trx, { source, versions, at: setAt, by: 'hub' });
    return version;
  }

  return {
    set,
    end: (trx, { source, version, by }) =>
      endSecrets(trx, { source, versions: [version], at: clock.now(), by }),
    async listLive(db, { source, origins }) {
      const rows = await listSecrets(db, [source]);
      return rows
        .filter((row) => row.ended_at === null && row.origins === origins)
        .slice(0, LIVE_MAX)
        .map((row) => ({ version: row.version, secrets: openRow(vault, row) }));
    },
    list: async (db, source) => (await listSecrets(db, [source])).map(describe),
  };
}

function openRow(vault: Vault, row: SecretRow): unknown {
  return JSON.parse(vault.open(sealedOf(row), boundTo(row))) as unknown;
}

/** A row that was copied to another source, version or place does not open there. */
export function boundTo(row: { source: string; version: number; origins: string }): string {
  return `source_secret ${row.source} ${row.version} ${row.origins}`;
}

function describe(row: SecretRow): SourceSecretVersion {
  return {
    source: row.source,
    version: row.version,
    origins: row.origins.split(' '),
    setAt: row.set_at,
    setBy: row.set_by,
    endedAt: row.ended_at,
  };
}
