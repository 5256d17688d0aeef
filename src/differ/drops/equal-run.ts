import type { FileWindow } from './file-window.ts';

/**
 * Bytes that are compared in one go: enough for the machine's fastest loop to be all that counts,
 * few enough that what differs is found again in them for little.
 */
const BLOCK_BYTES = 64 * 1024;

/**
 * How many bytes two files have in common from these places on. `onStep` is told now and then how
 * far it is, and may stop it by throwing.
 */
export async function equalRun(
  one: { readonly window: FileWindow; readonly at: number },
  other: { readonly window: FileWindow; readonly at: number },
  onStep: () => Promise<void> | undefined,
): Promise<number> {
  const most = Math.min(one.window.size - one.at, other.window.size - other.at);
  for (let done = 0; done < most;) {
    const left = one.window.hold(one.at + done, 1);
    const right = other.window.hold(other.at + done, 1);
    // As much as both hold: asking for more would move what is held.
    const held = Math.min(one.window.end - left, other.window.end - right, most - done);
    const length = Math.min(held, BLOCK_BYTES);
    const same = commonLength(
      one.window.bytes.subarray(left, left + length),
      other.window.bytes.subarray(right, right + length),
    );
    done += same;
    if (same < length) return done;
    const turn = onStep();
    if (turn !== undefined) await turn;
  }
  return most;
}

/** By halves: comparing is for the machine's fastest loop, and 64 bytes are left to this one. */
function commonLength(one: Buffer, other: Buffer): number {
  let low = 0;
  let high = one.length;
  if (one.equals(other)) return high;
  while (high - low > 64) {
    const middle = (low + high) >>> 1;
    if (one.compare(other, low, middle, low, middle) === 0) low = middle;
    else high = middle;
  }
  while (low < high && one[low] === other[low]) low += 1;
  return low;
}
