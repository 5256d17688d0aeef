import { createHash } from 'node:crypto';

import type { AssistanceAnswer } from '../model/assistance.ts';
import type { BusinessDate } from '../model/business-date.ts';
import { endOfBusinessDay } from '../model/clock.ts';
import { isOpen } from '../model/judge.ts';
import {
  observeNotAsked,
  observePending,
  observeReply,
  observeUnanswered,
  observeUndelivered,
  type Delivery,
  type Unanswered,
} from '../model/observe/assistance.ts';
import type { About } from '../model/observe/about.ts';
import {
  observeOnSiteEnded,
  observeReport,
  ON_SITE,
  type SignedReport,
} from '../model/observe/person.ts';
import {
  personRanks,
  type AssistanceRung,
  type Requirement,
  type Rung,
  type VerificationPolicy,
} from '../model/policy.ts';
import type { Purpose } from '../model/purpose.ts';
import type { SourceObservation } from '../model/verification.ts';
import { createTurns } from '../sources/turns.ts';
import type { Consultants, Inquiry } from './consult.ts';
import type { Holds } from './holds.ts';

/** How another agency is asked; the assistance room fulfills it. */
export type RequestAssistance = (
  wanted: {
    readonly verificationId: string;
    readonly caseId: string;
    readonly subjectId: string;
    readonly requirement: string;
    readonly rung: AssistanceRung;
  },
  purpose: Purpose,
) => Promise<RequestedHelp>;

/** What became of asking, as far as a verification needs it. */
export interface RequestedHelp {
  readonly request: HelpRequest;
  readonly delivery: Delivery | null;
  /** Other requests of the same that were put independently. */
  readonly others: readonly HelpRequest[];
}

/** A request for assistance, as far as a verification needs it. */
export interface HelpRequest {
  readonly id: string;
  /** Whose people answer. */
  readonly assistingAgency: string;
  readonly dueOn: BusinessDate;
  readonly dueIsProvisional: boolean;
  readonly deliveredAt: Date | null;
  readonly reply: GivenReply | null;
  /** Why no reply is waited for. Null while one is. */
  readonly unanswered: Unanswered | null;
}

/** What was seen on the spot for a requirement of a subject, or that nobody looks any more. */
export interface SeenOnSite {
  readonly orderId: string;
  /** Null where the order was canceled. */
  readonly report: SignedReport | null;
}

/** Orders about a requirement of a subject that are over. */
export type ListSeenOnSite = (about: {
  readonly caseId: string;
  readonly subjectId: string;
  readonly requirement: string;
}) => Promise<readonly SeenOnSite[]>;

/** A reply, as far as a verification needs it. */
export interface GivenReply {
  readonly answers: readonly { readonly question: string; readonly outcome: AssistanceAnswer }[];
  readonly answererName: string;
  readonly asOf: BusinessDate;
  readonly repliedAt: Date;
  readonly attachments: readonly { readonly digest: string }[];
}

/** What the sources said, and until when an answer is still to come. */
export interface Climbed {
  readonly observations: readonly SourceObservation[];
  readonly due: { readonly on: BusinessDate; readonly isProvisional: boolean } | null;
}

/** Climbs the fallback ladders of a policy. */
export interface Ladders {
  /** Climbs every requirement's ladder as far as it needs, all of them side by side. */
  climb(
    policy: VerificationPolicy,
    inquiry: Inquiry & { readonly verificationId: string },
  ): Promise<Climbed>;
  /**
   * Goes on from where a ladder stopped for a slow source: what was heard is not asked again, and
   * rungs that were not climbed are, as far as they are needed.
   */
  climbOn(
    policy: VerificationPolicy,
    inquiry: Inquiry & { readonly verificationId: string },
    heard: readonly SourceObservation[],
  ): Promise<Climbed>;
}

/** Answers to jobs; more at once would keep everybody else from the database. */
const WEIGHED_AT_ONCE = 4;

/** Ladders whose rungs are sources, and at last a person. */
export function createLadders(deps: {
  consultants: Consultants;
  requestAssistance: RequestAssistance;
  listSeenOnSite: ListSeenOnSite;
  holds: Pick<Holds, 'weigh'>;
}): Ladders {
  const { consultants, requestAssistance, listSeenOnSite, holds } = deps;
  const turns = createTurns(WEIGHED_AT_ONCE);

  async function climbOn(
    policy: VerificationPolicy,
    inquiry: Inquiry & { readonly verificationId: string },
    heard: readonly SourceObservation[],
  ): Promise<Climbed> {
    if (policy.exemption !== null) return { observations: [], due: null };
    const climbed = await Promise.all(
      policy.requirements.map((requirement) => {
        const own = heard.filter((one) => one.requirement === requirement.id);
        return climbOne(requirement, inquiry, own);
      }),
    );
    const dues = climbed.flatMap(({ due }) => (due === null ? [] : [due]));
    return {
      observations: climbed.flatMap(({ observations }) => observations),
      due: dues.sort((left, right) => (left.on < right.on ? 1 : -1))[0] ?? null,
    };
  }

  async function climbOne(
    requirement: Requirement,
    inquiry: Inquiry & { readonly verificationId: string },
    already: readonly SourceObservation[],
  ): Promise<Climbed> {
    const observations = [...already];
    for (const rung of requirement.ladder) {
      if (isClimbed(requirement, rung, already)) {
        // What it said is on record and stays as it is.
      } else if (rung.method === 'ONLINE') {
        const heard = await Promise.all(
          rung.consult.map((one) => consultants.consult(inquiry, requirement, one)),
        );
        // What is not believed leaves the requirement open for the next rung.
        const weigh = () => holds.weigh(requirement, heard);
        const believed = inquiry.urgency === 'BATCH' ? turns.take(weigh) : weigh();
        observations.push(...(await believed));
      } else if (inquiry.urgency === 'BATCH') {
        // Thirty thousand requests at once would bury whoever has to answer them.
        observations.push(observeNotAsked(aboutHelp(requirement, rung, inquiry)));
      } else {
        const help = await askForHelp(requirement, rung, inquiry);
        observations.push(...help.observations);
        if (help.due !== null) return { observations, due: help.due };
      }
      // What a slow source will still say may settle it; nobody is bothered meanwhile.
      const isLate = observations.some(({ transport }) => transport === 'DEFERRED');
      if (isLate || !isOpen(requirement, observations)) break;
    }
    return { observations, due: null };
  }

  function aboutHelp(requirement: Requirement, { rank }: AssistanceRung, inquiry: Inquiry): About {
    const source = consultants.assistanceSource();
    const consulted = { dataset: 'ASSISTANCE', source, rank, fieldRanks: [] } as const;
    return consultants.aboutOf(inquiry, requirement, consulted);
  }

  async function askForHelp(
    requirement: Requirement,
    rung: AssistanceRung,
    inquiry: Inquiry & { readonly verificationId: string },
  ): Promise<Climbed> {
    const { subject, purpose, verificationId } = inquiry;
    const about = aboutHelp(requirement, rung, inquiry);
    const key = { caseId: subject.caseId, subjectId: subject.id, requirement: requirement.id };
    const { request, delivery, others } = await requestAssistance(
      { verificationId, ...key, rung },
      purpose,
    );
    // Whatever people have said of the same subject already counts here as it does there.
    const seen = await listSeenOnSite(key);
    const observations = [
      ...[...others, request].map((one) => observeHelp(about, one, one === request && delivery)),
      ...seen.map((one) => observeSeen(consultants, { inquiry, requirement }, one)),
    ];
    if (request.unanswered !== null || request.reply !== null) return { observations, due: null };
    const due = { on: request.dueOn, isProvisional: request.dueIsProvisional };
    return { observations, due };
  }

  return { climb: (policy, inquiry) => climbOn(policy, inquiry, []), climbOn };
}

/** Whether a rung has been asked: each consultation leaves one observation, in order. */
function isClimbed(
  { ladder }: Requirement,
  rung: Rung,
  already: readonly SourceObservation[],
): boolean {
  if (rung.method === 'ASSISTANCE') return already.some(({ method }) => method === 'ASSISTANCE');
  const through = ladder
    .slice(0, ladder.indexOf(rung) + 1)
    .reduce((sum, one) => sum + (one.method === 'ONLINE' ? one.consult.length : 0), 0);
  return already.filter(({ method }) => method === 'ONLINE').length >= through;
}

/** What is known of a request now. */
function observeHelp(
  about: About,
  request: HelpRequest,
  delivery: Delivery | null | false,
): SourceObservation {
  const reference = request.id;
  if (request.unanswered !== null)
    return { ...observeUnanswered(about, request.unanswered), reference };
  if (request.reply !== null) return observeGivenReply(about, request, request.reply);
  const isUntold = delivery !== null && delivery !== false && !delivery.delivered;
  const observed = isUntold
    ? observeUndelivered(about, delivery)
    : observePending(about, endOfBusinessDay(request.dueOn));
  return { ...observed, reference };
}

/** What was seen on the spot, with the authority of whoever the ladder trusts most. */
export function observeSeen(
  consultants: Pick<Consultants, 'aboutOf'>,
  { inquiry, requirement }: { readonly inquiry: Inquiry; readonly requirement: Requirement },
  seen: SeenOnSite,
): SourceObservation {
  const about = consultants.aboutOf(inquiry, requirement, {
    ...{ dataset: 'ON_SITE', source: ON_SITE, ...personRanks(requirement) },
  });
  return seen.report === null
    ? observeOnSiteEnded(about, seen.orderId)
    : observeReport(about, seen.report);
}

/** A reply as an observation; its digest is that of the reply as recorded. */
export function observeGivenReply(
  about: About,
  { id: requestId, assistingAgency }: Pick<HelpRequest, 'id' | 'assistingAgency'>,
  reply: GivenReply,
): SourceObservation {
  const recorded = JSON.stringify([
    requestId,
    reply.answers.map(({ question, outcome }) => [question, outcome]),
    reply.answererName,
    reply.asOf,
    reply.repliedAt.toISOString(),
  ]);
  const observed = observeReply(about, {
    outcomes: reply.answers.map(({ outcome }) => outcome),
    asOf: endOfBusinessDay(reply.asOf),
    repliedAt: reply.repliedAt,
    requestId,
    digest: createHash('sha256').update(recorded).digest('hex'),
  });
  return {
    ...{ ...observed, reference: requestId },
    // Of two agencies two people may have one name.
    witnesses: [`${assistingAgency}/${reply.answererName}`],
    documents: reply.attachments.map(({ digest }) => digest),
  };
}
