import type { SourceRevision } from '../model/registered-source.ts';
import { mistake, type UserError } from '../model/user-error.ts';
import type { Transaction } from '../store/database.ts';
import type { Credentials } from './credentials.ts';
import { originsText, type BuildableKind } from './kinds.ts';

/** What it takes to know whether a revision can be built. */
export interface BoundSecrets {
  readonly kinds: ReadonlyMap<string, BuildableKind>;
  readonly credentials: Pick<Credentials, 'listLive'>;
}

/** Why a revision cannot be built now; none when it can. */
export async function findMissingSecrets(
  { kinds, credentials }: BoundSecrets,
  trx: Transaction,
  target: SourceRevision,
): Promise<readonly UserError[]> {
  const kind = kinds.get(target.kind);
  const settings = kind?.readSettings(target.settings);
  if (kind === undefined || settings?.ok !== true)
    return [mistake('UNKNOWN_KIND', ['revision'], 'This hub can no longer build it.')];
  if (kind.readSecrets({}).ok) return [];
  const origins = originsText(settings.value.origins);
  const live = await credentials.listLive(trx, { source: target.source, origins });
  if (live.length > 0) return [];
  const message = 'No live secrets are bound to where it leads. Set them for this revision.';
  return [mistake('SECRETS_MISSING', ['revision'], message)];
}
