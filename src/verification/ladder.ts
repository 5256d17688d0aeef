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

  async function climb(
    policy: VerificationPolicy,
    inquiry: Inquiry & { readonly verificationId: string },
  ): Promise<Climbed> {
    if (policy.exemption !== null) return { observations: [], due: null };
    const climbed = await Promise.all(
      policy.requirements.map((requirement) => climbOne(requirement, inquiry)),
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
  ): Promise<Climbed> {
    const observations: SourceObservation[] = [];
    for (const rung of requirement.ladder) {
      if (rung.method === 'ONLINE') {
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

  return { climb };
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
