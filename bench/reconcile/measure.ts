import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** What some work cost: CPU of this process, of processes it waited for, and of PostgreSQL. */
export interface Cost {
  readonly cpuSeconds: number;
  readonly seconds: number;
  /** Of this process, as far as it has ever been: it can only grow. */
  readonly peakMegabytes: number;
}

/** Ticks of /proc a second; Linux has no other on the machines this runs on. */
const TICKS = 100;
const run = promisify(execFile);

/** @param postmaster of the server whose CPU counts, or null. */
export async function measure<T>(
  postmaster: number | null,
  work: () => Promise<T>,
): Promise<{ readonly cost: Cost; readonly result: T }> {
  const from = performance.now();
  const before = await ticksOf(postmaster);
  const result = await work();
  const cpuSeconds = ((await ticksOf(postmaster)) - before) / TICKS;
  const seconds = (performance.now() - from) / 1_000;
  const peakMegabytes = process.resourceUsage().maxRSS / 1_024;
  return { cost: { cpuSeconds, seconds, peakMegabytes }, result };
}

async function ticksOf(postmaster: number | null): Promise<number> {
  const own = await statOf(process.pid);
  let sum = own.own + own.children;
  if (postmaster === null) return sum;
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/u.test(name)) continue;
    const stat = await statOf(Number(name)).catch(() => null);
    if (stat?.parent === postmaster) sum += stat.own;
  }
  // Of those that ended, the parent has the sum.
  const server = await statOf(postmaster);
  return sum + server.own + server.children;
}

/** See proc(5), /proc/pid/stat. */
async function statOf(pid: number) {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [parent = 0] = fields.slice(1);
  const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields.slice(11, 15);
  return { parent, own: user + system, children: childUser + childSystem };
}

/** Runs a command of the shell, whose words are this bench's own. */
export async function shell(command: string): Promise<string> {
  const { stdout } = await run('bash', ['-c', command], { maxBuffer: 256 * 1024 * 1024 });
  return stdout;
}

/** Whether the machine has this program. */
export async function hasProgram(name: string): Promise<boolean> {
  return run('which', [name]).then(
    () => true,
    () => false,
  );
}
