import { CHARSETS, DRIFTS, MALFORMED_BODIES, type Fault } from '../../../sandbox/faults.ts';
import type { SpokenSource } from '../../../sandbox/spoken-source.ts';
import type { EvilReply, Twin, TwinFault } from '../../../src/connector-kit/conformance/twin.ts';

/** What one spoken source adds to what all of them can do. */
export interface SpokenPlan {
  /** Operations that are questions; all but these are sessions and probes. */
  readonly operations: readonly string[];
  /** Faults of `integrity` that the source plays. */
  readonly integrity: readonly ('wrong-row' | 'extra')[];
  /** Spoiled replies beyond those of the plan that this source cannot play. */
  readonly without: readonly string[];
  /** Spoiled replies from which the clean answer is right. */
  readonly cleanAllowed: readonly string[];
  /** Faults of the kit that the source has no way of playing. */
  readonly unplayed: readonly TwinFault[];
}

const PLAYED: Readonly<Partial<Record<TwinFault, Fault>>> = {
  REFUSED: { kind: 'refuse' },
  HANG: { kind: 'hang' },
  BAD_TLS: { kind: 'tls', how: 'expired' },
  UNAUTHORIZED: { kind: 'unauthorized' },
  QUOTA: { kind: 'quota', resetAt: null },
  FAILING: { kind: 'down' },
  UNKNOWN_STATUS: { kind: 'drift', how: 'new-status-code' },
};

/** Readers may take these or leave them. */
const EITHER = ['malformed:proto', 'malformed:wrong-content-type', 'charset:bom', 'charset:utf16'];

function listSpoiled(plan: SpokenPlan): ReadonlyMap<string, Fault> {
  const drifts = DRIFTS.filter((how) => how !== 'new-status-code');
  const spoiled: readonly (readonly [string, Fault])[] = [
    ['reset', { kind: 'reset' }],
    ['slow-body', { kind: 'slow-body', ms: 60_000 }],
    ['errors', { kind: 'errors', percent: 100, seed: 1 }],
    ...MALFORMED_BODIES.map((body) => [`malformed:${body}`, { kind: 'malformed', body }] as const),
    ...CHARSETS.map((how) => [`charset:${how}`, { kind: 'charset', how }] as const),
    ...drifts.map((how) => [`drift:${how}`, { kind: 'drift', how }] as const),
    ...plan.integrity.map((how) => [`integrity:${how}`, { kind: 'integrity', how }] as const),
  ];
  return new Map(spoiled.filter(([name]) => !plan.without.includes(name)));
}

/** A source without a control port, as the kit drives it. */
export function createSpokenTwin(source: SpokenSource, plan: SpokenPlan): Twin {
  const spoiled = listSpoiled(plan);
  const allowed = [...EITHER, ...plan.cleanAllowed];
  return {
    faults: (Object.keys(PLAYED) as TwinFault[]).filter((name) => !plan.unplayed.includes(name)),
    evil: [...spoiled.keys()].map((name): EvilReply => ({
      name,
      answer: allowed.includes(name) ? 'CLEAN_ALLOWED' : 'NONE',
    })),
    part: null,
    async setFault(name) {
      const fault = PLAYED[name as TwinFault] ?? spoiled.get(name);
      if (fault === undefined) throw new Error(`no fault ${name}`);
      await source.setFault(fault);
    },
    clearFault: () => source.setFault(null),
    callCount: () =>
      Promise.resolve(
        source.listCalls().filter(({ operation }) => plan.operations.includes(operation)).length,
      ),
    openSockets: () => Promise.resolve(source.countSockets()),
    pendingCalls: () => Promise.resolve(source.countPending()),
    scan: null,
    push: null,
  };
}
