import type { Clock } from '../../model/clock.ts';
import type { Canary, Connector, ConnectorKind } from '../connector.ts';
import type { Network } from '../network.ts';
import type { ConformanceSubject, Questions } from './subject.ts';

/** A registered source as the registry holds it. */
export interface RegisteredSource {
  readonly kind: ConnectorKind;
  readonly settings: unknown;
  readonly secrets: unknown;
  readonly network: Network;
  readonly clock: Clock;
  /** What its connector offers, and its test records. */
  readonly connector: Pick<Connector, 'capabilities' | 'canaries'>;
}

/**
 * A registered source as a subject: it is asked about its canaries only, never made to fail, never
 * written to, and asked for nobody's assistance. Rules that need more are skipped.
 */
export function conformanceOfRegistered(source: RegisteredSource): ConformanceSubject {
  const { kind, settings, secrets, network, clock, connector } = source;
  const questions = connector.canaries
    .filter(({ capability }) => capability !== 'assistance.request')
    // To find one key among rows that are kept, all of them would have to be read.
    .filter(({ capability }) => connector.capabilities[capability] !== undefined)
    .map((canary) => [canary.capability, questionsOf(canary)] as const);
  return {
    kind,
    settings,
    secrets,
    network,
    clock,
    questions: Object.fromEntries(questions),
    push: {},
    twin: null,
    logged: null,
  };
}

function questionsOf({ present, absent }: Canary): Questions {
  return { hit: present, miss: absent, many: null, withheld: null, poison: null, blank: null };
}
