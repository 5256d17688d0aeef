import type { HttpClient, HttpReply } from '../http.ts';
import type { PlatformClock } from './platform-clock.ts';
import { findRefusal, type RefusalCodes } from './refusal-codes.ts';
import type { Signature, SignedReply, UnsignedCall } from './scheme.ts';
import { writeRequest } from './signed-request.ts';

/**
 * One call, signed for the gateway's time; once more when the gateway refuses the time stamp and
 * shows its own clock.
 */
export async function callInTime(
  deps: {
    readonly http: HttpClient;
    readonly clock: PlatformClock;
    readonly refusals: RefusalCodes;
    decode(reply: HttpReply): unknown;
    /** A signature for this instant, epoch milliseconds; a new one each time. */
    sign(now: number): Signature;
  },
  call: UnsignedCall,
  signal: AbortSignal,
): Promise<SignedReply> {
  const exchange = async (): Promise<SignedReply> => {
    const request = writeRequest(call, deps.sign(deps.clock.now()));
    const reply = await deps.http.request(request, signal);
    return { reply, value: deps.decode(reply) };
  };
  const first = await exchange();
  const isLate = findRefusal(first.value, deps.refusals) === 'CLOCK';
  return isLate && deps.clock.learn(first.reply) ? exchange() : first;
}
