/**
 * Resolves when the process is told to end, by SIGTERM or SIGINT. A second signal ends it at once.
 */
export function untilTold(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
}
