import { requiredFieldsOf, type CrossCheck } from '../model/cross-check.ts';
import {
  compareSources,
  compareWithSource,
  type SubjectDecision,
} from '../model/cross-check-compare.ts';
import type { ClaimField, Consultation, Requirement } from '../model/policy.ts';
import type { SourceObservation } from '../model/verification.ts';
import {
  dayOf,
  failed,
  type Asked,
  type AskDependencies,
  type AskedSubject,
  type Question,
} from './asking.ts';
import { listLicenseIdentifiers } from './observation-queries.ts';

type AskedDataset = Consultation['dataset'];

/** What a subject heard from one dataset; null where asking itself failed. */
interface HeardOne {
  readonly observation: SourceObservation | null;
  readonly failure: Asked | null;
}

const HOUR_SECONDS = 3_600;

/** Asks the sources of a definition about each subject, and those that miss it once more. */
export async function askSources(
  deps: AskDependencies,
  question: Question,
): Promise<readonly Asked[]> {
  const { check, run, subjects } = question;
  const since = (deps.clock.now().getTime() - run.openedAt.getTime()) / 1_000;
  // What was asked since the run began is on record: a worker that died has not asked in vain.
  const maxAgeSeconds = Math.max(0, Math.ceil(since)) + check.evidenceHoursMax * HOUR_SECONDS;
  const [first, second] = datasetsOf(check);
  const left = await hear(deps, question, { dataset: first, maxAgeSeconds, subjects });
  const right =
    second === null
      ? null
      : await hear(deps, question, { dataset: second, maxAgeSeconds, subjects });
  const decided = subjects.map((subject, at) =>
    decide(subject, [left[at], right?.[at] ?? null], null),
  );
  const doubted = subjects.flatMap((subject, at) =>
    decided[at]?.decision.what === 'CONFIRM' ? [{ subject, at }] : [],
  );
  if (doubted.length > 0) {
    const asked = doubted.map(({ subject }) => subject);
    const again = await hear(deps, question, { dataset: first, maxAgeSeconds: 0, subjects: asked });
    doubted.forEach(({ subject, at }, index) => {
      decided[at] = decide(subject, [left[at], null], again[index] ?? null);
    });
  }
  return first === 'LICENSE' ? withIdentifiers(deps, decided) : decided;
}

function datasetsOf({ left, right }: CrossCheck): readonly [AskedDataset, AskedDataset | null] {
  if (left === 'ENTERPRISE_REGISTER') return ['REGISTRATION', 'CREDIT'];
  switch (right) {
    case 'LICENSE_LIBRARY':
      return ['LICENSE', null];
    case 'PUBLICITY_SYSTEM':
      return ['REGISTRATION', null];
    default:
      return ['CREDIT', null];
  }
}

/** In the order of `subjects`. What suddenly speaks against too many is held back. */
async function hear(
  deps: AskDependencies,
  { check, run }: Question,
  asked: {
    readonly dataset: AskedDataset;
    readonly maxAgeSeconds: number;
    readonly subjects: readonly AskedSubject[];
  },
): Promise<readonly HeardOne[]> {
  const requirement = requirementOf(check);
  const heard = await Promise.all(
    asked.subjects.map(async (subject): Promise<HeardOne> => {
      try {
        const observation = await deps.consult(
          {
            ...{ subject: subject.about.subject, purpose: subject.purpose, urgency: 'BATCH' },
            ...{ relevantOn: dayOf(run), claimsOf: () => claimsOf(subject, asked.dataset) },
          },
          requirement,
          {
            ...{ dataset: asked.dataset, rank: 1, fieldRanks: [] },
            licenseTypeCode: asked.dataset === 'LICENSE' ? subject.part : null,
            maxAgeSeconds: asked.maxAgeSeconds,
          },
        );
        return { observation, failure: null };
      } catch (error) {
        return { observation: null, failure: failed(deps, error, { run }) };
      }
    }),
  );
  const said = heard.flatMap(({ observation }) => observation ?? []);
  const believed = await deps.weigh(requirement, said);
  const byObservation = new Map(said.map((one, at) => [one, believed[at] ?? one]));
  return heard.map(({ observation, failure }) => ({
    observation: observation === null ? null : (byObservation.get(observation) ?? observation),
    failure,
  }));
}

/** The fields of a definition, each of which decides; a successor stands for what it replaced. */
function requirementOf(check: CrossCheck): Requirement {
  return {
    ...{ id: check.key, label: check.title, ladder: [], acceptsSuccessor: true },
    fields: requiredFieldsOf(check),
  };
}

/** By identifier where one is known: only that shows licenses that are no longer in force. */
function claimsOf(
  { latest, claimedIdentifier }: AskedSubject,
  dataset: AskedDataset,
): ReadonlyMap<ClaimField, string> {
  const identifier = latest?.recordKey ?? claimedIdentifier;
  if (dataset !== 'LICENSE' || identifier === null) return new Map();
  return new Map([['LICENSE_IDENTIFIER', identifier]]);
}

function decide(
  { latest }: AskedSubject,
  [left, right]: readonly [HeardOne | undefined, HeardOne | null],
  again: HeardOne | null,
): Asked {
  const heard = [left ?? null, right, again].flatMap((one) => one ?? []);
  const failure = heard.flatMap((one) => one.failure ?? [])[0];
  if (failure !== undefined) return failure;
  const told = heard.flatMap(({ observation }) => observation ?? []);
  const [first, second] = told;
  if (first === undefined) throw new Error('a subject was not asked about');
  const decision: SubjectDecision =
    right !== null && second !== undefined
      ? compareSources(first, second)
      : compareWithSource(first, { latest, again: again?.observation ?? null });
  return { decision, told, recordKey: null };
}

/** The identifier of the license that was met, so that the next night can ask for it. */
async function withIdentifiers(
  { db }: AskDependencies,
  decided: readonly Asked[],
): Promise<readonly Asked[]> {
  const ids = decided.flatMap(({ told }) => told.flatMap(({ evidenceId }) => evidenceId ?? []));
  const identifiers = await listLicenseIdentifiers(db, ids);
  return decided.map((one) => {
    const met = one.told.flatMap(({ evidenceId }) => identifiers.get(evidenceId ?? '') ?? []);
    return { ...one, recordKey: met.at(-1) ?? null };
  });
}
