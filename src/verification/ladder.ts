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
import type { AssistanceRung, Requirement, VerificationPolicy } from '../model/policy.ts';
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

/** A request for assistance, as far as a verification needs it. */
export interface RequestedHelp {
  readonly request: {
    readonly id: string;
    readonly dueOn: BusinessDate;
    readonly dueIsProvisional: boolean;
    readonly deliveredAt: Date | null;
    readonly reply: GivenReply | null;
    /** Why no reply is waited for. Null while one is. */
    readonly unanswered: Unanswered | null;
  };
  readonly delivery: Delivery | null;
}

/** A reply, as far as a verification needs it. */
export interface GivenReply {
  readonly answers: readonly { readonly question: string; readonly outcome: AssistanceAnswer }[];
  readonly answererName: string;
  readonly asOf: BusinessDate;
  readonly repliedAt: Date;
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
  holds: Pick<Holds, 'weigh'>;
}): Ladders {
  const { consultants, requestAssistance, holds } = deps;
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
        observations.push(help.observation);
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
  ): Promise<{ observation: SourceObservation; due: Climbed['due'] }> {
    const { subject, purpose, verificationId } = inquiry;
    const about = aboutHelp(requirement, rung, inquiry);
    const { request, delivery } = await requestAssistance(
      {
        verificationId,
        caseId: subject.caseId,
        subjectId: subject.id,
        requirement: requirement.id,
        rung,
      },
      purpose,
    );
    if (request.unanswered !== null)
      return { observation: observeUnanswered(about, request.unanswered), due: null };
    if (request.reply !== null)
      return { observation: observeGivenReply(about, request.id, request.reply), due: null };

    const due = { on: request.dueOn, isProvisional: request.dueIsProvisional };
    const observation =
      delivery !== null && !delivery.delivered
        ? observeUndelivered(about, delivery)
        : observePending(about, endOfBusinessDay(request.dueOn));
    return { observation, due };
  }

  return { climb };
}

/** A reply as an observation; its digest is that of the reply as recorded. */
export function observeGivenReply(
  about: About,
  requestId: string,
  reply: GivenReply,
): SourceObservation {
  const recorded = JSON.stringify([
    requestId,
    reply.answers.map(({ question, outcome }) => [question, outcome]),
    reply.answererName,
    reply.asOf,
    reply.repliedAt.toISOString(),
  ]);
  return observeReply(about, {
    outcomes: reply.answers.map(({ outcome }) => outcome),
    asOf: endOfBusinessDay(reply.asOf),
    repliedAt: reply.repliedAt,
    requestId,
    digest: createHash('sha256').update(recorded).digest('hex'),
  });
}
