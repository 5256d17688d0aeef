import { randomUUID } from 'node:crypto';

import type { CapabilityName } from '../connector-kit/connector.ts';
import { HubError } from '../errors.ts';
import type { Finding, Inquiry } from './inquiry.ts';
import { waitPatiently } from './late.ts';
import { observationOf, unansweredOf } from './observation.ts';
import { limitsOf } from './policy.ts';
import type { Roster, Served } from './roster.ts';
import type { Observation, Question, Sources, SourcesDependencies } from './sources.ts';

/** What asking takes besides the deadline of the call: intent and outcome are made durable. */
const RECORDING_MS = 2_500;

/** What an asker works with. */
export interface AskDependencies extends Pick<SourcesDependencies, 'clock' | 'log' | 'onLate'> {
  readonly roster: Roster;
  inquire(inquiry: Inquiry): Promise<Finding>;
}

/** See `Sources.ask`. A question stays with the station it began at. */
export function createAsk(deps: AskDependencies): Sources['ask'] {
  return async function ask<N extends CapabilityName>(
    question: Question<N>,
  ): Promise<Observation<N>> {
    const served = deps.roster.get(question.source);
    const intentId = randomUUID();
    const { policy } = served.of;
    const { patienceMs } = question;
    const isPatient = patienceMs !== undefined && policy.lateMs > 0;
    const limitMs = limitsOf(policy, isPatient ? 'PATIENT' : 'PROMPT').deadlineMs;
    let onAsked: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => (onAsked = resolve));

    const inquiry = inquiryOf(question, { served, intentId, isPatient, onAsked });
    const ended = deps
      .inquire(inquiry)
      .then((result) => observationOf(question, result, deps.clock));
    void served.use(ended, limitMs + RECORDING_MS).catch(ignore);
    if (!isPatient) return ended;

    const { source } = question;
    const waited = await waitPatiently({ source, patienceMs, limitMs, asked, ended });
    if (!waited.isLate) return waited.value;
    void served.use(tellLate(deps, question, ended), limitMs + RECORDING_MS);
    return unansweredOf(question, { intentId, fault: waited.fault, clock: deps.clock });
  };
}

function inquiryOf(
  question: Question<CapabilityName>,
  given: {
    readonly served: Served;
    readonly intentId: string;
    readonly isPatient: boolean;
    readonly onAsked: () => void;
  },
): Inquiry {
  const { intentId, onAsked } = given;
  const desk = given.served.station.desks.get(question.capability);
  return {
    intentId,
    onAsked,
    source: question.source,
    name: question.capability,
    key: question.key,
    purpose: question.purpose,
    caseId: question.purpose.caseId,
    maxAgeMs: question.maxAgeMs,
    urgency: question.urgency ?? 'INTERACTIVE',
    pace: given.isPatient ? 'PATIENT' : 'PROMPT',
    lane: desk?.lane ?? null,
    vouches: (waitMs) => desk?.watch.isRight(waitMs) ?? Promise.resolve(false),
  };
}

/** Never rejects. A question whose outcome could not be recorded has none to tell. */
async function tellLate<N extends CapabilityName>(
  { log, onLate }: AskDependencies,
  question: Question<N>,
  ended: Promise<Observation<N>>,
): Promise<void> {
  const { source, capability } = question;
  try {
    await onLate?.(await ended, question);
  } catch (error) {
    const reason = error instanceof HubError ? error.code : 'BUG';
    log.warn({ source, capability, reason }, 'late answer could not be passed on');
  }
}

function ignore(): void {
  // Whoever asked hears of it.
}
