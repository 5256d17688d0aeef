import type { KeyObject } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Command } from 'commander';

import { FIXTURES } from '../../sandbox/fixtures.ts';
import type { EnterpriseRecord } from '../../sandbox/publicity-tables.ts';
import { addReconcile } from '../../src/commands/reconcile.ts';
import { DefineCrossCheckDocument } from '../generated/operations.ts';
import { makeEnterprises } from '../support/bulk.ts';
import {
  AS_OPERATOR,
  definition,
  runCheck,
  seedCommitments,
  type RunSeen,
} from '../support/cross-check.ts';
import { createTestClock, startTestHub, TEST_SIGNING_KEY } from '../support/hub.ts';
import { MATTERS } from '../support/journey.ts';

export const HOUR_MS = 3_600_000;
export const ROWS = 120;
export const OF_MATTERS = [
  [MATTERS.registration, 0, 100],
  [MATTERS.food, 100, 117],
  [MATTERS.sanitation, 117, ROWS],
] as const;
/** Who changes, apart from each other. */
export const AT = [3, 24, 45, 66, 118] as const;
const enterprises: readonly EnterpriseRecord[] = makeEnterprises(ROWS).map((one) => ({
  ...one,
  ...{ stateCode: '1', stateText: '存续（在营、开业、在册）', canceledOn: null },
}));
const WITHDRAWN = { stateCode: '2', stateText: '吊销，未注销' };
const UNREADABLE = { stateCode: '77', stateText: '待核验' };
const changed = enterprises.map((one, at) =>
  AT.some((other) => other === at) ? { ...one, ...(at === AT[4] ? UNREADABLE : WITHDRAWN) } : one,
);

/** 22:00 in Asia/Shanghai. */
const clock = createTestClock('2026-11-23T14:00:00Z');

/** A hub whose register has changed, and a first run that is complete. */
export async function startNights() {
  const folder = await mkdtemp(join(tmpdir(), 'hecha-signed-'));
  const population = { ...FIXTURES, enterprises: [...FIXTURES.enterprises, ...changed] };
  const hub = await startTestHub({ sandbox: { population }, clock, policy: { restMs: 500 } });
  for (const [matter, from, until] of OF_MATTERS)
    await seedCommitments(hub.database.db, enterprises.slice(from, until), {
      matter,
      from: from + 1,
    });
  await hub.hub.sources.readCanaries();

  async function define(key: string, more: Partial<Parameters<typeof definition>[0]>) {
    const input = definition({
      ...{ key, left: 'LIVE_COMMITMENTS', right: 'PUBLICITY_SYSTEM', keys: ['HOLDER_CODE'] },
      ...{ fields: [{ field: 'STATUS', rule: 'IN_FORCE' }], ...more },
    });
    const { defineCrossCheck } = await hub.get(DefineCrossCheckDocument, { input }, AS_OPERATOR);
    return defineCrossCheck.userErrors;
  }

  await define('register', {});
  await define('planned', {
    strategy: 'BY_DEADLINE',
    planning: { quotaPerDay: 100, reserveShare: 0.2, stalenessDaysMax: 30, samplePerNight: 40 },
  });
  const run = await runCheck(hub, 'register');
  return {
    ...{ hub, folder, run, define },
    pass(ms: number): void {
      clock.set(new Date(clock.now().getTime() + ms).toISOString());
    },
    async stop(): Promise<void> {
      await hub.stop();
      await rm(folder, { recursive: true });
    },
  };
}

/** The signed summary, and its document as it was read. */
export function summaryOf({ signedSummary }: RunSeen) {
  if (signedSummary === null) throw new Error('nothing was signed');
  return { ...signedSummary, told: JSON.parse(signedSummary.document) as Record<string, never> };
}

export const publicPem = (key: KeyObject) => key.export({ format: 'pem', type: 'spki' }).toString();

export const hubKey = () => TEST_SIGNING_KEY.publicKey;

/** What the command prints and tells of these files, and its exit code. */
export async function reconcile(...args: readonly string[]) {
  const seen = { code: 0, printed: [] as string[], told: [] as string[] };
  const program = new Command();
  const world = {
    ...{ environment: {}, isTerminal: false, write: () => undefined, draw: () => undefined },
    print: (text: string) => void seen.printed.push(text),
    tell: (text: string) => void seen.told.push(text),
  };
  addReconcile(program, world, (code) => void (seen.code = code));
  await program.parseAsync(['reconcile', ...args], { from: 'user' });
  return seen;
}

/** Verifies these bytes by these keys. */
export async function verifyFiles(
  folder: string,
  given: {
    readonly report: Uint8Array | string;
    readonly summary: object;
    readonly key?: KeyObject;
    readonly counters?: readonly KeyObject[];
  },
) {
  const put = async (name: string, bytes: Uint8Array | string) => {
    await writeFile(join(folder, name), bytes);
    return join(folder, name);
  };
  const counters = await Promise.all(
    (given.counters ?? []).map(async (key, at) => [
      '--counter',
      await put(`counter-${at}.pub`, publicPem(key)),
    ]),
  );
  return reconcile(
    ...['verify', '--report', await put('report.jsonl', given.report)],
    ...['--summary', await put('summary.json', JSON.stringify(given.summary))],
    ...['--key', await put('hub.pub', publicPem(given.key ?? hubKey()))],
    ...counters.flat(),
  );
}
