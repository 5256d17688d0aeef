import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startEmbeddedPostgres } from '../../src/store/embedded-postgres.ts';
import { identifyProcess } from '../../src/store/process-identity.ts';

const PREFIX = 'hecha-test-';
const RUN_FILE = 'run';

/** Tests throw their data away: what makes writes durable only makes them slow. */
export const FAST_SETTINGS = {
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  max_connections: '200',
};

/** What is to be undone after the run. */
interface Kept {
  stop(): Promise<void>;
}

// Setup and teardown run in one process but share no module state.
const PLACE = Symbol.for('hecha.test.kept');
const places = globalThis as { [PLACE]?: Kept | null };

export function keep(kept: Kept): void {
  places[PLACE] = kept;
}

/** Null when there is nothing to undo. */
export function takeKept(): Kept | null {
  const kept = places[PLACE] ?? null;
  places[PLACE] = null;
  return kept;
}

/**
 * Starts the PostgreSQL of one test run in a folder of its own, so that runs do not meet. The
 * server ends with this process, however that ends; folders that killed runs left are removed.
 */
export async function startTestServer(): Promise<{ url: string; stop(): Promise<void> }> {
  removeAbandonedFolders();
  const folder = mkdtempSync(join(tmpdir(), PREFIX));
  // Root's server runs as another account, which has to get through to its files.
  chmodSync(folder, 0o711);
  writeFileSync(join(folder, RUN_FILE), identifyProcess(process.pid) ?? '');
  const server = await startEmbeddedPostgres({
    folder: join(folder, 'postgres'),
    log: () => undefined,
    settings: FAST_SETTINGS,
  });
  const stop = async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  stopOnInterrupt(stop);
  return { url: server.url, stop };
}

function stopOnInterrupt(stop: () => Promise<void>): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => {
      void stop().finally(() => process.kill(process.pid, signal));
    });
}

function removeAbandonedFolders(): void {
  for (const name of readdirSync(tmpdir()).filter((one) => one.startsWith(PREFIX))) {
    const folder = join(tmpdir(), name);
    try {
      const run = readFileSync(join(folder, RUN_FILE), 'utf8');
      if (identifyProcess(Number.parseInt(run)) === run) continue;
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // Just being made, just removed, or another user's: theirs to deal with.
    }
  }
}
