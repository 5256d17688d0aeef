import type { FastifyInstance } from 'fastify';

import type { Metrics } from '../metrics.ts';
import type { Readiness } from './gateway.ts';

const READINESS_MS = 2_000;

/** For load balancers and monitoring: alive, ready, and how it goes. Nobody signs in here. */
export function serveHealth(
  app: FastifyInstance,
  deps: {
    readonly metrics: Metrics;
    readonly readiness: () => Promise<readonly Readiness[]>;
    isDraining(): boolean;
  },
): void {
  // That the process turns is all it says: restarting the hub cures nothing else.
  app.get('/livez', { logLevel: 'silent' }, async () => ({ alive: true }));

  app.get('/readyz', { logLevel: 'silent' }, async (_request, reply) => {
    const missing = deps.isDraining() ? ['draining'] : await findMissing(deps.readiness);
    return reply.code(missing.length === 0 ? 200 : 503).send({
      ready: missing.length === 0,
      missing,
    });
  });

  app.get('/metrics', { logLevel: 'silent' }, async (_request, reply) =>
    reply.header('content-type', deps.metrics.contentType).send(await deps.metrics.text()),
  );
}

/** Names of what is missing. A check that fails or takes too long is missing itself. */
async function findMissing(
  readiness: () => Promise<readonly Readiness[]>,
): Promise<readonly string[]> {
  const { promise: late, resolve, timer } = afterMs(READINESS_MS);
  try {
    const checks = await Promise.race([readiness(), late]);
    return checks.filter(({ ok }) => !ok).map(({ name }) => name);
  } catch {
    // What went wrong is in the log of whoever checked.
    return ['readiness'];
  } finally {
    clearTimeout(timer);
    resolve([]);
  }
}

function afterMs(timeoutMs: number) {
  let resolve: (checks: readonly Readiness[]) => void = () => undefined;
  const promise = new Promise<readonly Readiness[]>((settle) => {
    resolve = settle;
  });
  const timer = setTimeout(() => {
    resolve([{ name: 'readiness', ok: false }]);
  }, timeoutMs);
  return { promise, resolve, timer };
}
