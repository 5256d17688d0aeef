import { HubError } from '../errors.ts';
import type { CapabilityName, CheckLine } from './connector.ts';

/** What a kind of source advises the operator to do, in its own words. */
export interface CheckAdvice {
  /** By fault code. */
  readonly byFault: Readonly<Record<string, string>>;
  readonly tls: string;
  readonly plain: string;
  readonly clock: string;
}

/** A capability, and how its test records are read. Null: there are none. */
export interface ReadProbe {
  readonly capability: CapabilityName;
  /** Rejects with a fault when they are not as they must be. */
  readonly read: ((signal: AbortSignal) => Promise<void>) | null;
}

/** What came of one probe. */
export interface Attempt<T> {
  readonly value: T | null;
  readonly fault: HubError | null;
  readonly tookMs: number;
}

const SKEW_WARN_MS = 60_000;
const SKEW_FAIL_MS = 600_000;
const CANARY_ADVICE = 'Set a canary, so that absence at this source can mean something.';

/** Runs one probe. Never rejects: a bug shows as a fault without a reason. */
export async function attempt<T>(run: () => Promise<T>): Promise<Attempt<T>> {
  const startedAt = performance.now();
  const took = (): number => Math.round(performance.now() - startedAt);
  try {
    return { value: await run(), fault: null, tookMs: took() };
  } catch (error) {
    const fault =
      error instanceof HubError
        ? error
        : new HubError('SOURCE_MALFORMED', { details: { hop: 'CONNECTOR' }, cause: error });
    return { value: null, fault, tookMs: took() };
  }
}

/** The lines every check has, with the advice of the kind. */
export function createCheckLines(advice: CheckAdvice) {
  function line(
    probe: string,
    told: {
      readonly fault?: HubError | null;
      readonly result?: CheckLine['result'];
      readonly advice?: string | null;
      readonly tookMs?: number;
    },
  ): CheckLine {
    const { fault = null, tookMs = 0 } = told;
    return {
      probe,
      result: told.result ?? (fault === null ? 'PASS' : 'FAIL'),
      code: fault?.code ?? 'OK',
      advice: told.advice ?? (fault === null ? null : (advice.byFault[fault.code] ?? null)),
      tookMs,
    };
  }

  /** Network, TLS, credentials and clock, from one attempt to reach the source. */
  function reach(
    { fault, tookMs }: Attempt<unknown>,
    { isEncrypted, skewMs }: { readonly isEncrypted: boolean; readonly skewMs: number | null },
  ): CheckLine[] {
    const hop = fault?.details['hop'];
    const isTls = String(fault?.details['reason'] ?? '').startsWith('TLS_');
    const isDown = !isTls && (hop === 'NETWORK' || hop === 'HUB');
    const behind = isDown ? { result: 'SKIP' as const } : {};
    const tls = isTls ? { fault, advice: advice.tls } : behind;
    return [
      line('network', { fault: isDown ? fault : null, tookMs }),
      line('TLS', isEncrypted ? tls : { result: 'WARN', advice: advice.plain }),
      line('credentials', isDown || isTls ? { result: 'SKIP' } : { fault }),
      clock(skewMs),
    ];
  }

  function clock(skewMs: number | null): CheckLine {
    if (skewMs === null) return line('clock', { result: 'SKIP' });
    const far = Math.abs(skewMs);
    if (far < SKEW_WARN_MS) return line('clock', {});
    return line('clock', { result: far < SKEW_FAIL_MS ? 'WARN' : 'FAIL', advice: advice.clock });
  }

  /** One line for each capability, by its test records; none is read while the source is out. */
  async function reads(
    probes: readonly ReadProbe[],
    { isIn, signal }: { readonly isIn: boolean; readonly signal: AbortSignal },
  ): Promise<readonly CheckLine[]> {
    const lines: CheckLine[] = [];
    for (const { capability, read } of probes) {
      const probe = `read ${capability}`;
      lines.push(
        !isIn || read === null
          ? line(probe, { result: 'SKIP', advice: isIn ? CANARY_ADVICE : null })
          : line(probe, await attempt(() => read(signal))),
      );
    }
    return lines;
  }

  return { line, reach, reads };
}
