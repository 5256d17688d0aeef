import { HubError } from '../errors.ts';
import type { CapabilityName, CheckLine, KeyResult, SubjectKey } from './connector.ts';
import { integrityFault } from './fault.ts';
import type { ReplyHead } from './http-status.ts';

/** What a check needs to know of a source. */
export interface CheckPlan {
  readonly isEncrypted: boolean;
  /** One light call that is refused without the credentials and asks about nobody. */
  reach(signal: AbortSignal): Promise<ReplyHead>;
  readonly reads: readonly ReadProbe[];
}

interface ReadProbe {
  readonly capability: CapabilityName;
  /** Reads the test records; rejects with a fault when they are not as they must be. Null: none. */
  readonly read: ((signal: AbortSignal) => Promise<void>) | null;
}

const SKEW_WARN_MS = 60_000;
const SKEW_FAIL_MS = 600_000;

const ADVICE: Readonly<Record<string, string>> = {
  SOURCE_UNREACHABLE: 'Check the base URL, the route to the source and whether it is up.',
  SOURCE_TIMEOUT: 'Check the route to the source and how busy it is.',
  SOURCE_UNAUTHORIZED: 'Check the credentials and what the source has granted to them.',
  SOURCE_QUOTA_EXHAUSTED: 'Wait until the source allows calls again, or ask for a higher ceiling.',
  SOURCE_SCHEDULED_OUTAGE: 'Wait until the maintenance of the source is over.',
  SOURCE_MALFORMED: 'Check that the base URL is that of the interface and not of a login page.',
  SOURCE_INTEGRITY_FAILED: 'Check the keys of the envelope and the test records.',
  SOURCE_SCHEMA_DRIFT: 'Compare the reply of the source with the page that describes it.',
  SOURCE_UNSUPPORTED: 'Ask the operator of the source to offer this, or leave it out.',
};
const TLS_ADVICE = 'Check the certificate of the source and the authority pinned for it.';
const CANARY_ADVICE = 'Set a canary, so that absence at this source can mean something.';
const CLOCK_ADVICE = 'Set the clocks of hub and source by the same time server.';

/** Network, TLS, credentials, clock and one line for each capability. Never rejects. */
export async function checkSource(
  plan: CheckPlan,
  signal: AbortSignal,
): Promise<readonly CheckLine[]> {
  const reached = await attempt(() => plan.reach(signal));
  const lines = describeReach(reached, plan.isEncrypted);
  const isIn = reached.fault === null;
  for (const { capability, read } of plan.reads) {
    const probe = `read ${capability}`;
    if (!isIn || read === null) {
      lines.push(line(probe, { result: 'SKIP', advice: isIn ? CANARY_ADVICE : null }));
      continue;
    }
    const { fault, tookMs } = await attempt(() => read(signal));
    lines.push(line(probe, { fault, tookMs }));
  }
  return lines;
}

/** The canary did not behave: the source must not be believed when it says "none". */
export function canaryFault(which: 'PRESENT' | 'ABSENT'): HubError {
  return integrityFault(`CANARY_${which}`);
}

/** Asks for both test subjects at once and rejects unless exactly the present one is found. */
export async function checkSubjectCanary(
  canary: { readonly present: SubjectKey; readonly absent: SubjectKey },
  lookup: (keys: readonly SubjectKey[]) => Promise<readonly KeyResult<unknown>[]>,
): Promise<void> {
  const [present, absent] = await lookup([canary.present, canary.absent]);
  for (const result of [present, absent]) if (result?.ok === false) throw result.fault;
  if (!(present?.ok === true && present.answer.records.length === 1)) throw canaryFault('PRESENT');
  if (!(absent?.ok === true && absent.answer.records.length === 0)) throw canaryFault('ABSENT');
}

interface Attempt<T> {
  readonly value: T | null;
  readonly fault: HubError | null;
  readonly tookMs: number;
}

async function attempt<T>(run: () => Promise<T>): Promise<Attempt<T>> {
  const startedAt = performance.now();
  const took = (): number => Math.round(performance.now() - startedAt);
  try {
    return { value: await run(), fault: null, tookMs: took() };
  } catch (error) {
    // A check reports whatever happens; a bug shows as a fault without a reason.
    const fault =
      error instanceof HubError
        ? error
        : new HubError('SOURCE_MALFORMED', { details: { hop: 'CONNECTOR' }, cause: error });
    return { value: null, fault, tookMs: took() };
  }
}

function describeReach(reached: Attempt<ReplyHead>, isEncrypted: boolean): CheckLine[] {
  const { fault, value, tookMs } = reached;
  const reason = String(fault?.details['reason'] ?? '');
  const isTls = reason.startsWith('TLS_');
  const isDown = fault?.details['hop'] === 'NETWORK' && !isTls;
  const behind = isDown ? { result: 'SKIP' as const } : {};
  const tls = isEncrypted
    ? line('TLS', isTls ? { fault, advice: TLS_ADVICE } : behind)
    : line('TLS', { result: 'WARN', advice: 'Use https where the source offers it.' });
  return [
    line('network', { fault: isDown ? fault : null, tookMs }),
    tls,
    line('credentials', isDown || isTls ? { result: 'SKIP' } : { fault }),
    describeClock(value),
  ];
}

function describeClock(head: ReplyHead | null): CheckLine {
  if (head === null || head.serverDate === null) return line('clock', { result: 'SKIP' });
  const skewMs = Math.abs(head.serverDate.getTime() - head.receivedAt.getTime());
  if (skewMs < SKEW_WARN_MS) return line('clock', {});
  return line('clock', { result: skewMs < SKEW_FAIL_MS ? 'WARN' : 'FAIL', advice: CLOCK_ADVICE });
}

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
    advice: told.advice ?? (fault === null ? null : (ADVICE[fault.code] ?? null)),
    tookMs,
  };
}
