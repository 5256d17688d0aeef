import type { Capabilities, CapabilityName } from '../connector-kit/connector.ts';
import type { HubError } from '../errors.ts';
import type { Clock } from '../model/clock.ts';
import type { Finding } from './inquiry.ts';
import type { Observation, Question, Unanswered } from './sources.ts';
import { hopOf, reasonOf, retryAtOf, transportOf } from './transport.ts';

/** What became of a question, as its asker sees it. */
export function observationOf<N extends CapabilityName>(
  question: Question<N>,
  result: Finding,
  clock: Clock,
): Observation<N> {
  const { source, capability } = question;
  const { intentId } = result;
  if (!result.ok) return unansweredOf(question, { intentId, fault: result.fault, clock });
  const records = result.shown.records as readonly Capabilities[N]['record'][];
  return { transport: 'ANSWERED', source, capability, intentId, ...result.shown, records };
}

/** A fault as its asker sees it. */
export function unansweredOf(
  { source, capability }: Question<CapabilityName>,
  ended: { readonly intentId: string; readonly fault: HubError; readonly clock: Clock },
): Unanswered {
  const { intentId, fault, clock } = ended;
  return {
    transport: transportOf(fault),
    source,
    capability,
    intentId,
    hop: hopOf(fault),
    reason: reasonOf(fault),
    fault,
    retryAt: retryAtOf(fault, clock.now()),
  };
}
