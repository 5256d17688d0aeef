import { canonicalJson } from '../model/canonical-json.ts';
import type { Clock } from '../model/clock.ts';
import type { SourceRevision } from '../model/registered-source.ts';
import { isInUse } from '../model/source-life.ts';
import type { Database, Transaction } from '../store/database.ts';
import type { Credentials } from './credentials.ts';
import { originsText, type BuildableKind } from './kinds.ts';
import {
  checkIntroduction,
  checkProposal,
  type Introduction,
  type Proposal,
  type SoundProposal,
} from './proposal.ts';
import {
  insertEvents,
  insertRevision,
  insertSource,
  listRevisions,
  lockSource,
} from './revision-queries.ts';

/** A source that the deployment itself lists, with its secrets. */
export interface FoundingSource extends Introduction, Proposal {
  readonly secrets: unknown;
}

/** Who acts where a deployment's own configuration does. */
const DEPLOYMENT = 'deployment';

interface AdoptionDependencies {
  readonly db: Database;
  readonly clock: Clock;
  readonly kinds: ReadonlyMap<string, BuildableKind>;
  readonly credentials: Credentials;
}

/**
 * Brings the registry in line with what the deployment lists: a source that is not there is
 * registered and activated, one whose listing changed since the last start gets a further
 * revision, credentials that changed are set. What operators registered besides stays.
 *
 * @throws {Error} that names source and field, never a value.
 */
export async function adoptSources(
  deps: AdoptionDependencies,
  founding: readonly FoundingSource[],
  requestId: string,
): Promise<void> {
  for (const listed of founding) {
    const proposal = requireSound(deps, listed);
    await deps.db.transaction(async (trx) => {
      await lockSource(trx, listed.id);
      await adoptOne(deps, trx, { listed, proposal, requestId });
      await adoptSecrets(deps, trx, { listed, proposal });
    });
  }
}

interface Listed {
  readonly listed: FoundingSource;
  readonly proposal: SoundProposal;
}

async function adoptOne(
  { clock }: AdoptionDependencies,
  trx: Transaction,
  { listed, proposal, requestId }: Listed & { readonly requestId: string },
): Promise<void> {
  const now = clock.now();
  await insertSource(trx, { ...listed, registeredAt: now, registeredBy: DEPLOYMENT });
  const revisions = await listRevisions(trx, [listed.id]);
  const lastListed = revisions.find(({ createdBy }) => createdBy === DEPLOYMENT);
  if (lastListed?.digest === proposal.digest) return;

  const number = (revisions[0]?.number ?? 0) + 1;
  const { settings, policy, routes, note, digest } = proposal;
  await insertRevision(trx, {
    ...{ source: listed.id, number, kind: listed.kind, settings, policy, routes, note, digest },
    createdAt: now,
    createdBy: DEPLOYMENT,
  });
  const told = { source: listed.id, until: null, at: now, actor: DEPLOYMENT, requestId };
  const former = revisions.filter(({ state }: SourceRevision) => isInUse(state));
  await insertEvents(trx, [
    { ...told, revision: number, step: 'REGISTER', state: 'DRAFT', reason: null },
    ...former.map((one) => ({
      ...({ ...told, revision: one.number, step: 'REPLACE', state: 'REPLACED' } as const),
      reason: `revision ${number}`,
    })),
    { ...told, revision: number, step: 'ACTIVATE', state: 'ACTIVE', reason: note },
  ]);
}

async function adoptSecrets(
  { credentials }: AdoptionDependencies,
  trx: Transaction,
  { listed, proposal }: Listed,
): Promise<void> {
  const { id: source, secrets } = listed;
  const origins = originsText(proposal.origins);
  const [live] = await credentials.listLive(trx, { source, origins });
  if (live !== undefined && canonicalJson(live.secrets) === canonicalJson(secrets)) return;
  await credentials.set(trx, { source, origins, secrets, by: DEPLOYMENT });
}

function requireSound({ kinds }: AdoptionDependencies, listed: FoundingSource): SoundProposal {
  const proposal = checkProposal(listed, kinds);
  const errors = [...checkIntroduction(listed), ...(proposal.ok ? [] : proposal.errors)];
  const [first] = errors;
  if (first !== undefined)
    throw new Error(`Source ${listed.id}: ${first.field.join('.')}: ${first.message}`);
  if (!proposal.ok) throw new Error(`Source ${listed.id} is not right.`);
  const secrets = proposal.value.kind.readSecrets(listed.secrets);
  if (secrets.ok) return proposal.value;
  const [problem] = secrets.problems;
  const field = ['secrets', ...(problem?.path ?? [])].join('.');
  throw new Error(`Source ${listed.id}: ${field}: ${problem?.message ?? 'not right'}.`);
}
