import type { BusinessDate } from '../model/business-date.ts';
import type { Caller } from '../model/caller.ts';
import type { SubjectInCase } from '../model/case-file.ts';
import type { CreditListing, CreditProfile } from '../model/credit.ts';
import type { AdverseRecord, EligibilityFacts } from '../model/eligibility.ts';
import type { Enterprise, Penalty } from '../model/enterprise.ts';
import type { SourceRecord } from '../model/objection.ts';
import type { Sourced } from '../model/sourced.ts';
import { isSourceFault } from '../sources/transport.ts';

/** Where the facts come from; the rooms of subjects and of their files fulfill it. */
export interface FactSources {
  /** @throws {HubError} SOURCE_… when the source gave no usable answer. */
  askCreditProfile(caller: Caller, question: Question): Promise<Sourced<CreditProfile>>;
  askRegistration(caller: Caller, question: Question): Promise<Sourced<Enterprise>>;
  /** False commitments on record at the hub itself. */
  listAdverse(subjectCode: string): Promise<readonly AdverseRecord[]>;
  /** Of these codes (承诺编码), those of commitments whose keeping was decided at the hub. */
  listDecided(codes: readonly string[]): Promise<readonly string[]>;
  /** What sources tell and is objected to now (异议). */
  listDisputed(subjectCode: string): Promise<readonly SourceRecord[]>;
}

interface Question extends SubjectInCase {
  readonly maxAgeSeconds: number;
}

/**
 * Everything that may speak against an applicant. A source that does not answer, shows several
 * records, or shows none without showing all, is named in `unanswered`: it says nothing.
 *
 * @throws {HubError} other than SOURCE_…, e.g. AUDIT_UNAVAILABLE.
 */
export async function gatherFacts(
  sources: FactSources,
  caller: Caller,
  { subjectInCase, today }: { subjectInCase: SubjectInCase; today: BusinessDate },
): Promise<EligibilityFacts> {
  const { subject } = subjectInCase;
  const question = { ...subjectInCase, maxAgeSeconds: 0 };
  const [own, disputed, credit, registration] = await Promise.all([
    sources.listAdverse(subject.code),
    sources.listDisputed(subject.code),
    weigh(sources.askCreditProfile(caller, question), {
      read: (one, from) => ofProfile(one, from, today),
      needed: ['GRADE', 'LISTINGS', 'PENALTIES', 'COMMITMENTS'],
    }),
    // The publicity system holds market entities only.
    subject.kind === 'PERSON'
      ? WHOLE_AND_CLEAN
      : weigh(sources.askRegistration(caller, question), {
          read: (one, from) => ofEnterprise(one, from, today),
          needed: ['ABNORMAL_OPERATIONS', 'SERIOUS_VIOLATIONS', 'PENALTIES'],
        }),
  ]);
  const told = [...credit.records, ...registration.records].map(disputing(disputed));
  return {
    records: withoutRepeatedPenalties([...own, ...(await withoutEchoes(sources, told))]),
    unanswered: [
      ...(credit.isWhole ? [] : ['CREDIT']),
      ...(registration.isWhole ? [] : ['REGISTRATION']),
    ],
  };
}

/**
 * What a platform tells of commitments that were decided here is what it was told by us once: the
 * hub's own file says how they stand, with what was annulled, repaired or is objected to.
 */
async function withoutEchoes(
  sources: FactSources,
  told: readonly AdverseRecord[],
): Promise<readonly AdverseRecord[]> {
  const isOfCommitment = ({ ground }: AdverseRecord) => ground === 'FALSE_COMMITMENT';
  const codes = told.filter(isOfCommitment).map(({ reference }) => reference);
  const decided = await sources.listDecided(codes);
  return told.filter((one) => !isOfCommitment(one) || !decided.includes(one.reference));
}

/** Marks what is objected to. */
function disputing(disputed: readonly SourceRecord[]) {
  return (record: AdverseRecord): AdverseRecord => {
    const { source, ground, reference } = record;
    const isDisputed = disputed.some(
      (one) => one.source === source && one.ground === ground && one.reference === reference,
    );
    return isDisputed ? { ...record, isDisputed } : record;
  };
}

/** What one source says against an applicant, and whether it told everything that might be. */
interface Weighed {
  readonly records: readonly AdverseRecord[];
  readonly isWhole: boolean;
}

const WHOLE_AND_CLEAN: Weighed = { records: [], isWhole: true };
const NO_ANSWER: Weighed = { records: [], isWhole: false };

/** A source that leaves a needed part out is not whole, whatever the other parts say. */
async function weigh<R extends CreditProfile | Enterprise>(
  asked: Promise<Sourced<R>>,
  how: {
    readonly read: (record: R, from: From) => readonly AdverseRecord[];
    readonly needed: readonly R['notTold'][number][];
  },
): Promise<Weighed> {
  try {
    const answer = await asked;
    const { recordOutcome } = answer.provenance;
    if (recordOutcome !== 'FOUND_ONE' && recordOutcome !== 'ABSENT_COVERED') return NO_ANSWER;
    return {
      records: answer.records.flatMap((record) => how.read(record, answer)),
      isWhole: answer.records.every((record) => {
        const notTold: readonly string[] = record.notTold;
        return how.needed.every((part) => !notTold.includes(part));
      }),
    };
  } catch (error) {
    if (isSourceFault(error)) return NO_ANSWER;
    throw error;
  }
}

type From = Pick<Sourced<unknown>, 'provenance'>;

function ofProfile(
  { grade, listings, penalties, commitments }: CreditProfile,
  from: From,
  today: BusinessDate,
): readonly AdverseRecord[] {
  const listed = listings.flatMap((listing) => {
    const ground = GROUND_OF_LIST[listing.list];
    if (ground === null) return [];
    const { since, removedOn } = listing;
    return [recordOf(from, { ground, reference: listing.list, since, endedOn: removedOn })];
  });
  const graded =
    grade?.value === 'D'
      ? [recordOf(from, { ground: 'GRADE_D', reference: 'D', since: grade.gradedOn })]
      : [];
  const broken = commitments
    .filter(({ fulfillment }) => fulfillment === 'NOT_FULFILLED')
    .map(({ code, madeOn }) =>
      recordOf(from, { ground: 'FALSE_COMMITMENT', reference: code, since: madeOn }),
    );
  return [...listed, ...graded, ...broken, ...ofPenalties(penalties, from, today)];
}

const GROUND_OF_LIST: Readonly<Record<CreditListing['list'], AdverseRecord['ground'] | null>> = {
  SERIOUSLY_DISHONEST: 'SERIOUSLY_DISHONEST',
  ABNORMAL_OPERATION: 'ABNORMAL_OPERATION',
  TRUSTWORTHY: null,
  UNKNOWN: 'UNKNOWN_LIST',
};

function ofEnterprise(
  { abnormalOperations, seriousViolations, penalties }: Enterprise,
  from: From,
  today: BusinessDate,
): readonly AdverseRecord[] {
  return [
    ...abnormalOperations.map(({ since, removedOn, mode }) =>
      recordOf(from, {
        ...{ ground: 'ABNORMAL_OPERATION', reference: mode },
        ...{ since, endedOn: removedOn },
      }),
    ),
    ...seriousViolations.map(({ since, removedOn }) =>
      recordOf(from, {
        ...{ ground: 'SERIOUS_VIOLATION', reference: 'SERIOUS_VIOLATION' },
        ...{ since, endedOn: removedOn },
      }),
    ),
    ...ofPenalties(penalties, from, today),
  ];
}

/** Penalties that are in publicity: what is no longer shown may not be held against anyone. */
function ofPenalties(
  penalties: readonly Penalty[],
  from: From,
  today: BusinessDate,
): readonly AdverseRecord[] {
  return penalties
    .filter(({ publicUntil }) => publicUntil === null || publicUntil >= today)
    .map(({ documentNumber, decidedOn, publicUntil }) =>
      recordOf(from, {
        ...{ ground: 'PENALTIES', reference: documentNumber ?? 'PENALTY' },
        ...{ since: decidedOn, publicUntil },
      }),
    );
}

function recordOf(
  { provenance }: From,
  told: Pick<AdverseRecord, 'ground' | 'reference' | 'since'> & Partial<AdverseRecord>,
): AdverseRecord {
  return {
    source: provenance.source,
    endedOn: null,
    publicUntil: null,
    isDisputed: false,
    evidenceDigest: provenance.evidenceDigest,
    ...told,
  };
}

/** Two platforms show the same penalty under the number of its document; it counts once. */
function withoutRepeatedPenalties(records: readonly AdverseRecord[]): readonly AdverseRecord[] {
  const seen = new Set<string>();
  return records.filter(({ ground, reference }) => {
    if (ground !== 'PENALTIES' || reference === 'PENALTY') return true;
    if (seen.has(reference)) return false;
    seen.add(reference);
    return true;
  });
}
