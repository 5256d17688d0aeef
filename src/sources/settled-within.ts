/** Waits until all have ended, however they end, and no longer than `ms`. Never rejects. */
export async function settledWithin(
  promises: readonly Promise<unknown>[],
  ms: number,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => void (timer = setTimeout(resolve, ms)));
  await Promise.race([Promise.allSettled(promises), limit]);
  clearTimeout(timer);
}
