import { setTimeout as delay } from 'node:timers/promises';

import { CHECK_PURPOSE } from '../check-purpose.ts';
import { CAPABILITY_NAMES } from '../connector.ts';
import type { CallContext, CapabilityName, Connector, KeyResult } from '../connector.ts';
import type { Network } from '../network.ts';
import type { ConformanceSubject } from './subject.ts';
import { watchSockets, type SocketWatch } from './sockets.ts';
import { createTranscript, type Transcript } from './transcript.ts';
import type { Twin } from './twin.ts';
import { watchConnector } from './watched-connector.ts';

/** A capability as rules see it: keys and records are none of their business. */
export interface AnyCapability {
  readonly batchMax: number;
  readonly idempotent: boolean;
  lookup(keys: readonly unknown[], call: CallContext): Promise<readonly KeyResult<unknown>[]>;
}

/** The questions of one capability. */
export interface Asked {
  readonly capability: CapabilityName;
  readonly keys: Readonly<
    Record<'hit' | 'miss' | 'many' | 'withheld' | 'poison' | 'blank', unknown>
  >;
}

/** One examination: what rules work with. */
export interface Trial {
  readonly subject: ConformanceSubject;
  readonly twin: Twin | null;
  /** In the order of the contract. */
  readonly asked: readonly Asked[];
  readonly transcript: Transcript;
  /**
   * Lends a new connector and closes it.
   *
   * @throws {ZodError} where the subject's own settings or secrets are not what its kind takes.
   */
  withConnector<T>(use: (connector: Connector) => Promise<T>): Promise<T>;
  /** A call that ends after so long, or when the examination is stopped. */
  callWithin(ms: number): CallContext;
  /** Connections open to the source, by its own count where there is a twin. */
  countSockets(): Promise<number>;
  /** The connections of this examination, as the hub's own side sees them. */
  readonly sockets: SocketWatch;
  /** Ends watching. */
  stop(): void;
}

/** Ample for any call to a source that is well. */
export const CALL_MS_MAX = 10_000;
const POLL_MS = 20;

/** Begins an examination. Nothing is read or connected before a rule asks for a connector. */
export function startTrial(subject: ConformanceSubject, signal: AbortSignal): Trial {
  const transcript = createTranscript(subject.secrets);
  const sockets = watchSockets();
  const deadlines = createDeadlines(signal);
  const network = watchNetwork(subject.network, transcript);
  const { clock, kind, twin } = subject;
  return {
    subject,
    twin,
    transcript,
    sockets,
    asked: CAPABILITY_NAMES.flatMap((capability) => {
      const keys = subject.questions[capability];
      return keys === undefined ? [] : [{ capability, keys }];
    }),
    async withConnector(use) {
      const settings = kind.settings.parse(subject.settings);
      const secrets = kind.secrets.parse(subject.secrets);
      const made = kind.create({ settings, secrets, clock, network });
      const connector = watchConnector(made, { transcript, sockets });
      try {
        return await use(connector);
      } finally {
        await connector.close();
      }
    },
    callWithin: (ms) => ({ signal: deadlines.begin(ms), purpose: CHECK_PURPOSE }),
    countSockets: async () => (twin === null ? sockets.countOpen() : twin.openSockets()),
    stop() {
      deadlines.stop();
      sockets.stop();
    },
  };
}

/**
 * Deadlines below one signal. A combination of `AbortSignal.any` and `AbortSignal.timeout` is lost
 * when memory is collected, so that timers hold controllers of their own.
 */
function createDeadlines(outer: AbortSignal): {
  begin(ms: number): AbortSignal;
  stop(): void;
} {
  const running = new Map<AbortController, NodeJS.Timeout>();
  const end = (controller: AbortController): void => {
    clearTimeout(running.get(controller));
    running.delete(controller);
    controller.abort();
  };
  const endAll = (): void => [...running.keys()].forEach(end);
  outer.addEventListener('abort', endAll, { once: true });
  return {
    begin(ms) {
      const controller = new AbortController();
      if (outer.aborted) controller.abort();
      else
        running.set(
          controller,
          setTimeout(() => end(controller), ms),
        );
      return controller.signal;
    },
    stop() {
      outer.removeEventListener('abort', endAll);
      endAll();
    },
  };
}

function watchNetwork(network: Network, transcript: Transcript): Network {
  return {
    resolve(origin) {
      transcript.noteOrigin(origin);
      return network.resolve(origin);
    },
    openDirectory(path) {
      transcript.noteOrigin({ protocol: 'file', host: path, port: 0 });
      return network.openDirectory(path);
    },
  };
}

/** The capability as it can be asked directly. Null where it is not, or from kept rows only. */
export function findCapability(connector: Connector, name: CapabilityName): AnyCapability | null {
  return connector.capabilities[name] ?? null;
}

/** Runs under a fault of the twin, which is well again afterwards. */
export async function underFault<T>(twin: Twin, fault: string, run: () => Promise<T>): Promise<T> {
  await twin.setFault(fault);
  try {
    return await run();
  } finally {
    await twin.clearFault();
  }
}

/** How a wait for something ended. */
export type Settled<T> =
  | { readonly kind: 'GIVEN'; readonly value: T; readonly tookMs: number }
  | { readonly kind: 'THROWN'; readonly error: unknown; readonly tookMs: number }
  | { readonly kind: 'LATE' };

/** Waits for at most so long. What comes later is left alone. */
export async function settleWithin<T>(run: () => Promise<T>, ms: number): Promise<Settled<T>> {
  const startedAt = performance.now();
  const took = (): number => Math.round(performance.now() - startedAt);
  const waiting = new AbortController();
  const late = delay(ms, { kind: 'LATE' } as const, { signal: waiting.signal });
  // Canceling the wait rejects it, and nobody listens any more.
  late.catch(() => undefined);
  const settled = run().then(
    (value) => ({ kind: 'GIVEN', value, tookMs: took() }) as const,
    (error: unknown) => ({ kind: 'THROWN', error, tookMs: took() }) as const,
  );
  const first = await Promise.race([settled, late]);
  waiting.abort();
  return first;
}

/** Waits until something holds, at most so long. False when it never did. */
export async function becomesTrue(holds: () => Promise<boolean>, ms: number): Promise<boolean> {
  const endsAt = performance.now() + ms;
  for (;;) {
    if (await holds()) return true;
    if (performance.now() > endsAt) return false;
    await delay(POLL_MS);
  }
}
