import { FAULTS, type Fault } from '../../../sandbox/faults.ts';
import type { Sandbox } from '../../../sandbox/sandbox.ts';
import type { SourceId } from '../../../sandbox/wire.ts';
import type { EvilReply, Twin, TwinFault } from '../../../src/connector-kit/conformance/twin.ts';

/** What one source of the sandbox adds to what all of them can do. */
export interface TwinPlan {
  readonly id: SourceId;
  /** Operations that are questions, among all that the source counts. */
  readonly operations: readonly string[];
  /** The operation that reads `part`. Null where nothing can be denied by itself. */
  readonly denied: { readonly part: string; readonly operation: string } | null;
  /** A fault, or a record that is put while the state is unknown. Null where there is no state. */
  readonly unknownStatus: Fault | { readonly path: string; readonly record: object } | null;
  /** Spoiled replies from which the clean answer is right for this source. */
  readonly cleanAllowed: readonly string[];
  /** Path of the record of a pushed commitment at the control port. Null: it takes none. */
  readonly pushed: string | null;
}

const PLAYED: Readonly<Partial<Record<TwinFault, Fault>>> = {
  REFUSED: { kind: 'refuse' },
  HANG: { kind: 'hang' },
  BAD_TLS: { kind: 'tls', how: 'expired' },
  UNAUTHORIZED: { kind: 'unauthorized' },
  QUOTA: { kind: 'quota', resetAt: null },
  FAILING: { kind: 'down' },
};

/** Kinds of the sandbox's faults that spoil a reply. */
const SPOILING = ['reset', 'slow-body', 'errors', 'malformed', 'charset', 'drift', 'integrity'];

/** A source of the sandbox as the kit drives it, through its control port. */
export function createSandboxTwin(sandbox: Sandbox, plan: TwinPlan): Twin {
  const { controlUrl } = sandbox.sources[plan.id];
  const control = createControl(controlUrl);
  const { denied, unknownStatus } = plan;
  const variants = FAULTS.filter(
    ({ sources, fault, name }) =>
      sources.includes(plan.id) &&
      SPOILING.includes(fault.kind) &&
      name !== 'drift:new-status-code',
  );
  let undo: (() => Promise<void>) | null = null;
  const play = async (name: string): Promise<void> => {
    const fault =
      PLAYED[name as TwinFault] ?? variants.find((variant) => variant.name === name)?.fault;
    if (fault !== undefined) return control.put('/fault', fault);
    if (name === 'PART_DENIED' && denied !== null) {
      return control.put('/fault', { kind: 'unauthorized', operation: denied.operation });
    }
    if (name !== 'UNKNOWN_STATUS' || unknownStatus === null) throw new Error(`no fault ${name}`);
    if ('kind' in unknownStatus) return control.put('/fault', unknownStatus);
    const path = `/records/${unknownStatus.path}`;
    const held = await control.get(path);
    undo = () => control.put(path, held);
    return control.put(path, unknownStatus.record);
  };
  return {
    faults: [
      ...(Object.keys(PLAYED) as TwinFault[]),
      ...(denied === null ? [] : (['PART_DENIED'] as const)),
      ...(unknownStatus === null ? [] : (['UNKNOWN_STATUS'] as const)),
    ],
    evil: variants.map(({ name, answer }): EvilReply => {
      const isAllowed = answer !== 'NONE' || plan.cleanAllowed.includes(name);
      return { name, answer: isAllowed ? 'CLEAN_ALLOWED' : 'NONE' };
    }),
    part: denied?.part ?? null,
    setFault: play,
    async clearFault() {
      await undo?.();
      undo = null;
      await control.remove('/fault');
    },
    async callCount() {
      const { calls } = (await control.get('/calls')) as { calls: { operation: string }[] };
      return calls.filter(({ operation }) => plan.operations.includes(operation)).length;
    },
    async openSockets() {
      const { openSockets } = (await control.get('/')) as { openSockets: number };
      return openSockets;
    },
    async pendingCalls() {
      const { pendingCalls } = (await control.get('/')) as { pendingCalls: number };
      return pendingCalls;
    },
    scan: null,
    push:
      plan.pushed === null
        ? null
        : {
            async effects(code) {
              const kept = (await control.get(`/records/${plan.pushed}/${code}`)) as {
                effects: number;
              };
              return kept.effects;
            },
          },
  };
}

/** A control port of the sandbox. */
export function createControl(controlUrl: string) {
  const send = async (path: string, init: RequestInit = {}): Promise<unknown> => {
    const response = await fetch(`${controlUrl}${path}`, init);
    if (!response.ok) throw new Error(`control port: ${response.status} for ${path}`);
    return response.json();
  };
  return {
    get: (path: string) => send(path),
    async put(path: string, body: unknown): Promise<void> {
      await send(path, { method: 'PUT', body: JSON.stringify(body) });
    },
    async remove(path: string): Promise<void> {
      await send(path, { method: 'DELETE' });
    },
  };
}
