import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';

/**
 * A text that belongs to one run of one process: process ids are used again, soon so in containers.
 * Null when no such process runs.
 */
export function identifyProcess(pid: number): string | null {
  if (!Number.isInteger(pid) || pid <= 0) return null;
  if (process.platform !== 'linux') {
    const started = ask(pid, 'lstart=');
    return started === null ? null : `${pid} ${started}`;
  }
  const stat = read(`/proc/${pid}/stat`);
  if (stat === null) return null;
  // The second field is the program's name in parentheses and may hold anything; fields from the
  // third on follow the last parenthesis. The 22nd is the start, in ticks since the boot.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state] = fields;
  if (state === 'Z' || state === 'X') return null;
  return `${pid} ${fields[19]} ${read('/proc/sys/kernel/random/boot_id')?.trim()}`;
}

/** Whether the process with this id is a PostgreSQL server on these files, run by this account. */
export function isPostmasterOf(cluster: string, pid: number, uid: number): boolean {
  if (identifyProcess(pid) === null) return false;
  if (process.platform !== 'linux')
    return ask(pid, 'command=')?.includes(`-D ${cluster} `) ?? false;
  const words = read(`/proc/${pid}/cmdline`)?.split('\0') ?? [];
  return words[words.indexOf('-D') + 1] === cluster && ownerOf(pid) === uid;
}

function ownerOf(pid: number): number | null {
  try {
    return statSync(`/proc/${pid}`).uid;
  } catch {
    // It has ended in the meantime.
    return null;
  }
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // No such process, or none that this account may look at.
    return null;
  }
}

function ask(pid: number, column: string): string | null {
  const { status, stdout } = spawnSync('ps', ['-o', column, '-p', String(pid)], {
    encoding: 'utf8',
    env: { PATH: '/bin:/usr/bin', LC_ALL: 'C' },
  });
  return status === 0 && stdout.trim() !== '' ? stdout.trim() : null;
}
