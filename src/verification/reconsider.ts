import type { CaseFile, CaseRecords, CaseSubject } from '../model/case-file.ts';
import { withObservation } from '../model/independence.ts';
import type { Matter } from '../model/matter.ts';
import { matterUnder } from '../model/policy-choice.ts';
import { observeUnanswered, type Unanswered } from '../model/observe/assistance.ts';
import type { AssistanceRung, Requirement } from '../model/policy.ts';
import type {
  SourceObservation,
  Verdict,
  VerdictCause,
  Verification,
} from '../model/verification.ts';
import type { Transaction } from '../store/database.ts';
import type { Consultants, Inquiry } from './consult.ts';
import { inquiryOf } from './inquiry.ts';
import { observeGivenReply, observeSeen, type GivenReply, type SeenOnSite } from './ladder.ts';
import { listVerificationsOf } from './queries.ts';
import { listVerdictsOf } from './verdict-queries.ts';
import type { Verdicts } from './verdicts.ts';

// More verifications of one subject in one case than any agency makes; the bound keeps one reply
// from becoming a long transaction.
const WAITING_MAX = 100;

/** What came in from people, and to which requirement of which subject. */
export interface CameIn {
  readonly agencyCode: string;
  readonly caseId: string;
  readonly subjectId: string;
  readonly requirement: string;
  readonly told: ToldByAgency | ToldOnSite;
}

/** A reply, or that none is waited for any more. */
export interface ToldByAgency {
  readonly method: 'ASSISTANCE';
  readonly request: { readonly id: string; readonly assistingAgency: string };
  /** Null where none came: then `unanswered` says why none is waited for. */
  readonly reply: GivenReply | null;
  readonly unanswered: Unanswered;
}

/** A signed report, or that nobody looks any more. */
export interface ToldOnSite {
  readonly method: 'ON_SITE';
  /** Judged anew in any case: an order may be made for what was settled already. */
  readonly verificationId: string;
  readonly seen: SeenOnSite;
}

/**
 * Judges every verification anew that waits for this, in the transaction that records it. The other
 * sources are not asked again: what they said is on record and stays as it is.
 */
export type Reconsider = (trx: Transaction, cameIn: CameIn) => Promise<readonly Verdict[]>;

/** What people were asked about. */
interface Asked {
  readonly caseFile: CaseFile;
  readonly subject: CaseSubject;
  readonly matter: Matter;
  readonly requirement: Requirement;
}

/** Reconsideration over the verdicts that are on record. */
export function createReconsider(deps: {
  records: CaseRecords;
  verdicts: Verdicts;
  consultants: Consultants;
}): Reconsider {
  const { records, verdicts, consultants } = deps;

  return async (trx, cameIn) => {
    const waiting = await listVerificationsOf(trx, {
      agencyCode: cameIn.agencyCode,
      by: 'subject_id',
      ids: [cameIn.subjectId],
      each: WAITING_MAX,
    });
    const all = await listVerdictsOf(
      trx,
      waiting.map(({ id }) => id),
    );
    const judged: Verdict[] = [];
    for (const verification of waiting) {
      const current = all.filter((one) => one.verificationId === verification.id).at(-1);
      if (current === undefined || !isConcerned(verification, current, cameIn)) continue;
      const asked = await findAsked(cameIn, current);
      const verdict = await judgeAnew(trx, { cameIn, asked, verification, current });
      if (verdict !== null) judged.push(verdict);
    }
    return judged;
  };

  /** The verifications that wait for one answer may be judged under different policies. */
  async function findAsked(cameIn: CameIn, { policyChoice }: Verdict): Promise<Asked> {
    const { agencyCode, subjectId, caseId } = cameIn;
    const [caseFile = null] = await records.listCases(agencyCode, [caseId]);
    const [subject = null] = await records.listSubjects(agencyCode, [subjectId]);
    if (caseFile === null || subject === null) throw new Error('a case on record is not there');
    const [found = null] = await records.listMatterVersions([
      { code: caseFile.matterCode, version: caseFile.matterVersion },
    ]);
    const matter = found === null ? null : matterUnder(found, policyChoice);
    const requirement = matter?.policy.requirements.find(({ id }) => id === cameIn.requirement);
    if (matter === null || requirement === undefined)
      throw new Error('a policy by which people were asked does not name the requirement');
    return { caseFile, subject, matter, requirement };
  }

  /** Null where it changes nothing. */
  async function judgeAnew(
    trx: Transaction,
    one: { cameIn: CameIn; asked: Asked; verification: Verification; current: Verdict },
  ): Promise<Verdict | null> {
    const { cameIn, verification, current, asked } = one;
    const { caseFile, subject, matter } = asked;
    const inquiry = inquiryOf(
      {
        caller: { account: verification.askedBy, requestId: referenceOf(cameIn) },
        caseFile,
        subject,
        matter,
        relevantOn: current.relevantOn,
      },
      verification.claims,
    );
    const observed = observe(cameIn, asked, inquiry);
    const observations = withObservation(current.observations, observed);
    if (JSON.stringify(observations) === JSON.stringify(current.observations)) return null;
    const isStillWaiting = observations.some(({ transport }) => transport === 'DEFERRED');
    return verdicts.recordIn(trx, {
      verification,
      matter,
      relevantOn: current.relevantOn,
      climbed: {
        observations,
        due:
          isStillWaiting && current.dueOn !== null
            ? { on: current.dueOn, isProvisional: current.dueIsProvisional }
            : null,
      },
      cause: causeOf(cameIn),
      supersedes: current,
    });
  }

  function observe({ told }: CameIn, { requirement }: Asked, inquiry: Inquiry): SourceObservation {
    if (told.method === 'ON_SITE')
      return observeSeen(consultants, { inquiry, requirement }, told.seen);
    const rung = assistanceRung(requirement);
    if (rung === null) throw new Error('a policy that asked for assistance does not name it');
    const about = consultants.aboutOf(inquiry, requirement, {
      dataset: 'ASSISTANCE',
      source: consultants.assistanceSource(),
      rank: rung.rank,
      fieldRanks: [],
    });
    const reference = told.request.id;
    return told.reply === null
      ? { ...observeUnanswered(about, told.unanswered), reference }
      : observeGivenReply(about, told.request, told.reply);
  }
}

/**
 * A reply concerns who waits for it or rests on it. What was seen on the spot concerns whoever has
 * looked at the requirement by people, and what the order was made for.
 */
function isConcerned(
  verification: Verification,
  { observations }: Verdict,
  { told, requirement }: CameIn,
): boolean {
  const ofPeople = observations.some(
    (one) => one.requirement === requirement && one.method === 'ASSISTANCE',
  );
  return ofPeople || (told.method === 'ON_SITE' && told.verificationId === verification.id);
}

function causeOf({ told }: CameIn): VerdictCause {
  if (told.method === 'ON_SITE')
    return told.seen.report === null ? 'ON_SITE_ENDED' : 'ON_SITE_REPORTED';
  return told.reply === null ? 'ASSISTANCE_UNANSWERED' : 'ASSISTANCE_REPLIED';
}

function referenceOf({ told }: CameIn): string {
  return told.method === 'ON_SITE'
    ? `work-order-${told.seen.orderId}`
    : `assistance-${told.request.id}`;
}

function assistanceRung(requirement: Requirement): AssistanceRung | null {
  for (const rung of requirement.ladder) if (rung.method === 'ASSISTANCE') return rung;
  return null;
}
