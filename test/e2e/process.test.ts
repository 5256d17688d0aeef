import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { SAMPLE } from '../../src/demo/seed.ts';
import { startDemoProcess, type DemoProcess } from '../support/demo-process.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const VERIFY = (key: string) => `mutation { verify(input: {
  caseId: "${SAMPLE.transport.caseId}", subjectId: "${SAMPLE.transport.subjectId}", idempotencyKey: "${key}"
}) { verification { id verdict { code } } userErrors { code } } }`;
const LIST = '{ verifications(first: 100) { nodes { id verdict { code } } } }';

interface Listed {
  readonly verifications: { readonly nodes: readonly { readonly id: string }[] };
}
interface Asked {
  readonly verify: { readonly verification: { readonly id: string; verdict: { code: string } } };
}

let folder: string;
let demo: DemoProcess | null = null;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hecha-process-'));
  // As root, PostgreSQL runs under another account, which has to pass through.
  chmodSync(folder, 0o711);
});
afterEach(async () => {
  demo?.child.kill('SIGKILL');
  await demo?.ended;
  demo = null;
  rmSync(folder, { recursive: true, force: true });
});

test('a first start brings everything up, and the sample question gets its verdict', async () => {
  demo = await startDemoProcess({ folder });

  const { data } = await demo.ask<Asked>(VERIFY('first'));

  expect(data.verify.verification.verdict.code).toBe('CONFIRMED');
  for (const name of ['GraphiQL', 'Console', 'COUNTER', 'demo-tokens.json'])
    expect(demo.output()).toContain(name);
  expect(existsSync(join(folder, 'sandbox.json'))).toBe(true);
  const health = await Promise.all(
    ['livez', 'readyz', 'metrics'].map(
      async (path) => (await fetch(`${demo!.url}/${path}`)).status,
    ),
  );
  expect(health).toEqual([200, 200, 200]);
}, 90_000);

test('SIGTERM ends it with exit code 0, and its PostgreSQL with it', async () => {
  demo = await startDemoProcess({ folder });
  const postmaster = postmasterPid(folder);

  demo.child.kill('SIGTERM');
  const { code, signal } = await demo.ended;

  expect({ code, signal }).toEqual({ code: 0, signal: null });
  expect(isAlive(postmaster)).toBe(false);
}, 90_000);

test('after kill -9 of node and then of PostgreSQL it is up again, and nothing is lost', async () => {
  demo = await startDemoProcess({ folder });
  const written: string[] = [];
  for (const key of ['a', 'b', 'c'])
    written.push((await demo.ask<Asked>(VERIFY(key))).data.verify.verification.id);
  const postmaster = postmasterPid(folder);

  demo.child.kill('SIGKILL');
  await demo.ended;
  if (isAlive(postmaster)) process.kill(postmaster, 'SIGKILL');
  demo = await startDemoProcess({ folder });

  const { data } = await demo.ask<Listed>(LIST);
  expect(data.verifications.nodes.map(({ id }) => id).sort()).toEqual(written.sort());
}, 120_000);

test('after kill -9 of PostgreSQL alone the next start is up again, and nothing is lost', async () => {
  demo = await startDemoProcess({ folder });
  const { data: asked } = await demo.ask<Asked>(VERIFY('a'));

  process.kill(postmasterPid(folder), 'SIGKILL');
  const during = await demo.ask(VERIFY('b'));
  demo.child.kill('SIGTERM');
  await demo.ended;
  demo = await startDemoProcess({ folder });

  const { data } = await demo.ask<Listed>(LIST);
  expect(during.errors ?? during.data).toBeDefined();
  expect(data.verifications.nodes.map(({ id }) => id)).toContain(asked.verify.verification.id);
}, 120_000);

const asRoot = process.getuid?.() === 0 ? test : test.skip;
asRoot(
  'an ordinary user starts it as well',
  async () => {
    const nobody = { uid: 65_534, gid: 65_534 };
    chownSync(folder, nobody.uid, nobody.gid);
    demo = await startDemoProcess({ folder, ids: nobody });

    const { data } = await demo.ask<Asked>(VERIFY('first'));

    expect(data.verify.verification.verdict.code).toBe('CONFIRMED');
  },
  90_000,
);

test.each<[string[], number, RegExp]>([
  [['--help'], 0, /demo[\s\S]*serve[\s\S]*migrate[\s\S]*connector[\s\S]*token/],
  [['serve', '--help'], 0, /DATABASE_URL/],
  [['demo', '--help'], 0, /HECHA_DATA/],
  [['migrate', '--help'], 0, /--check/],
  [['connector', 'check', '--help'], 0, /<source>/],
  [['token', '--help'], 0, /--role/],
  [['demo', '--fast'], 2, /unknown option '--fast'/],
  [['nonsense'], 2, /unknown command 'nonsense'/],
  [['serve'], 1, /DATABASE_URL is not set/],
  [['migrate'], 1, /DATABASE_URL is not set/],
  [['vault', 'rotate'], 1, /DATABASE_URL is not set/],
  [['token', '--role', 'KING', '--agency', '11370800MB28559184'], 2, /COUNTER/],
])('hecha %j exits with %i and says why', (args, code, text) => {
  const run = spawnSync(process.execPath, [join(ROOT, 'bin', 'hecha.js'), ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HECHA_DATA: folder },
    encoding: 'utf8',
  });

  expect(`${run.stdout}${run.stderr}`).toMatch(text);
  expect(run.status).toBe(code);
});

function postmasterPid(data: string): number {
  return Number(
    readFileSync(join(data, 'postgres', 'pgdata', 'postmaster.pid'), 'utf8').split('\n')[0],
  );
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
