import {
  CAPABILITY_NAMES,
  type CapabilityName,
  type Connector,
  type Reread,
} from '../connector-kit/connector.ts';
import type { Holdings } from '../connector-kit/scan.ts';
import { createAnswers, type AnswerDeps } from './answers.ts';
import { rereadHeld } from './held-reply.ts';
import type { HeldSource } from './held-source.ts';

/**
 * The connector with what its kept rows answer among its capabilities. What the source itself can
 * be asked is still asked of the source.
 */
export function withHoldings(connector: Connector, held: HeldSource, deps: AnswerDeps): Connector {
  const { capabilities } = connector;
  return {
    ...connector,
    capabilities: { ...createAnswers(deps, held), ...capabilities },
    reread: joinReread(connector, held.holdings),
    check: (signal) => connector.check(signal),
    close: () => connector.close(),
  };
}

/** Bytes of a capability that rows answer are rows; all others are the connector's own. */
function joinReread({ capabilities, reread }: Connector, holdings: Holdings): Reread | null {
  const isHeld = (name: CapabilityName): boolean =>
    holdings.answers[name] !== undefined && capabilities[name] === undefined;
  const asksItself = CAPABILITY_NAMES.some((name) => capabilities[name] !== undefined);
  if (reread === null && asksItself) return null;
  return (capability, key, raw) =>
    reread === null || isHeld(capability)
      ? rereadHeld(holdings, capability, key, raw)
      : reread(capability, key, raw);
}
