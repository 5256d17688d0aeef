import type { HubError } from '../errors.ts';
import { attempt, createCheckLines, type ReadProbe } from './check-lines.ts';
import type { CheckLine, KeyResult, SubjectKey } from './connector.ts';
import { integrityFault } from './fault.ts';
import type { ReplyHead } from './http-status.ts';

/** What a check needs to know of a source. */
export interface CheckPlan {
  readonly isEncrypted: boolean;
  /** One light call that is refused without the credentials and asks about nobody. */
  reach(signal: AbortSignal): Promise<ReplyHead>;
  readonly reads: readonly ReadProbe[];
}

const BY_FAULT: Readonly<Record<string, string>> = {
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
const LINES = createCheckLines({
  byFault: BY_FAULT,
  tls: 'Check the certificate of the source and the authority pinned for it.',
  plain: 'Use https where the source offers it.',
  clock: 'Set the clocks of hub and source by the same time server.',
});

/** Network, TLS, credentials, clock and one line for each capability. Never rejects. */
export async function checkSource(
  plan: CheckPlan,
  signal: AbortSignal,
): Promise<readonly CheckLine[]> {
  const reached = await attempt(() => plan.reach(signal));
  const skewMs = skewOf(reached.value);
  const isIn = reached.fault === null;
  return [
    ...LINES.reach(reached, { isEncrypted: plan.isEncrypted, skewMs }),
    ...(await LINES.reads(plan.reads, { isIn, signal })),
  ];
}

/** Null where the source does not tell its time. */
function skewOf(head: ReplyHead | null): number | null {
  if (head === null || head.serverDate === null) return null;
  return head.serverDate.getTime() - head.receivedAt.getTime();
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
