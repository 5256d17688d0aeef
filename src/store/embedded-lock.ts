import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';

const WAIT_MS_MAX = 90_000;
const POLL_MS = 50;

/**
 * Runs `work` while no other process runs it for the same file. A lock whose process is gone is
 * taken over.
 */
export async function withFolderLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const until = performance.now() + WAIT_MS_MAX;
  while (!tryLock(path)) {
    if (performance.now() > until)
      throw new Error(`Another process has held ${path} for ${WAIT_MS_MAX / 1_000} s.`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

function tryLock(path: string): boolean {
  try {
    const file = openSync(path, 'wx', 0o600);
    writeSync(file, String(process.pid));
    closeSync(file);
    return true;
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'EEXIST') throw error;
    if (isHeld(path)) return false;
    rmSync(path, { force: true });
    return false;
  }
}

function isHeld(path: string): boolean {
  let pid: number;
  try {
    pid = Number(readFileSync(path, 'utf8'));
  } catch {
    // It was released between the two looks: try again.
    return true;
  }
  // Empty while its maker is between opening and writing.
  if (!Number.isInteger(pid) || pid === 0) return true;
  if (pid === process.pid) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
