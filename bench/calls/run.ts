import { createHmac, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';

import { makePopulation } from '../../sandbox/population.ts';
import { startSandbox } from '../../sandbox/sandbox.ts';
import type { SubjectKey } from '../../src/connector-kit/connector.ts';
import { OPEN_NETWORK } from '../../src/connector-kit/network.ts';
import { KINDS } from '../../src/kinds.ts';
import { systemClock } from '../../src/model/clock.ts';
import type { Purpose } from '../../src/model/purpose.ts';
import { DEFAULT_POLICY } from '../../src/sources/policy.ts';
import { createSources, type Sources } from '../../src/sources/sources.ts';
import { openDatabase } from '../../src/store/database.ts';
import { createChildren } from '../children.ts';
import { createBenchDatabase } from '../database.ts';
import { instant } from '../wiring.ts';

const RESULT_FILE = join(import.meta.dirname, '..', 'results', 'calls.json');
const SOURCE = 'credit-platform';
const CAPABILITY = 'credit.profile';
/** Unique keys, each asked for by so many cases. */
const SIZES = [20, 160, 1_000] as const;
const ASKERS_OF_A_KEY = 3;
const SPREADS_MS = [0, 20, 200] as const;
const DEADLINE_MS = 60_000;
const WAITING_MAX = 5_000;

interface Result {
  readonly uniqueKeys: number;
  readonly askers: number;
  /** Over so many milliseconds the askers came. */
  readonly spreadMs: number;
  readonly batchMax: number;
  readonly least: number;
  /** Counted at the source. */
  readonly calls: number;
}

const population = makePopulation({ seed: 20_204, enterprises: Math.max(...SIZES) });

/** Asks one source for many keys at once and counts at the source what arrives. */
async function run(): Promise<void> {
  const children = createChildren();
  const folder = await mkdtemp(join(tmpdir(), 'hecha-bench-calls-'));
  const sandbox = await startSandbox({ population });
  const results: Result[] = [];
  try {
    const database = await createBenchDatabase(children, folder);
    const db = openDatabase(database.url, { applicationName: 'hecha-bench', connectionsMax: 10 });
    const { baseUrl, controlUrl } = sandbox.sources[SOURCE];
    const kind = KINDS.find((one) => one.kind.kind === SOURCE);
    const connector = kind?.build({
      settings: { baseUrl, allowPlainHttp: true },
      secrets: { appKey: sandbox.credentials.creditAppKey },
      ...{ clock: systemClock, network: OPEN_NETWORK },
    });
    if (connector === undefined) throw new Error(`no kind ${SOURCE}`);
    const patient = { deadlineMs: DEADLINE_MS, attemptMs: DEADLINE_MS, waitingMax: WAITING_MAX };
    const policy = { ...DEFAULT_POLICY, ...patient };
    const sources = createSources({
      registered: [{ id: SOURCE, title: SOURCE, connector, label: `${SOURCE}@1.0.0`, policy }],
      ...{ db, clock: systemClock, log: { warn: () => undefined, info: () => undefined } },
      digestKey: (text) => createHmac('sha256', 'bench').update(text).digest('hex'),
    });
    for (const uniqueKeys of SIZES)
      for (const spreadMs of SPREADS_MS) {
        await fetch(`${controlUrl}/calls`, { method: 'DELETE' });
        await askAll(sources, { uniqueKeys, spreadMs });
        const counted = (await (await fetch(`${controlUrl}/calls`)).json()) as { calls: unknown[] };
        const batchMax = sources.plan(SOURCE, CAPABILITY)?.batchMax ?? 1;
        const told = {
          batchMax,
          least: Math.ceil(uniqueKeys / batchMax),
          calls: counted.calls.length,
        };
        const askers = uniqueKeys * ASKERS_OF_A_KEY;
        results.push({ uniqueKeys, askers, spreadMs, ...told });
        process.stdout.write(`${lineOf(results.at(-1) as Result)}\n`);
      }
    await sources.close();
    await db.destroy();
    await database.drop();
  } finally {
    await sandbox.stop();
    await children.stopAll();
    await rm(folder, { recursive: true, force: true });
  }
  await mkdir(join(RESULT_FILE, '..'), { recursive: true });
  const machine = { cores: cpus().length, load: loadavg()[0], measuredAt: instant().toISOString() };
  await writeFile(RESULT_FILE, `${JSON.stringify({ machine, results }, null, 2)}\n`);
}

/** @throws {Error} when a question was not answered: then nothing was counted. */
async function askAll(
  sources: Sources,
  { uniqueKeys, spreadMs }: { uniqueKeys: number; spreadMs: number },
): Promise<void> {
  const subjects = population.enterprises.slice(0, uniqueKeys);
  const keys = subjects.map(({ kind, code, name }): SubjectKey => ({ kind, code, name }));
  const asked = Array.from({ length: ASKERS_OF_A_KEY }, () => keys).flat();
  const observations = await Promise.all(
    asked.map(async (key, index) => {
      if (spreadMs > 0)
        await new Promise((resolve) => setTimeout(resolve, (index * spreadMs) / asked.length));
      return sources.ask({
        ...{ source: SOURCE, capability: CAPABILITY, key, maxAgeMs: 0 },
        purpose: purposeOf(randomUUID()),
      });
    }),
  );
  const failed = observations.filter(({ transport }) => transport !== 'ANSWERED');
  if (failed.length > 0) throw new Error(`${failed.length} questions were not answered`);
}

function purposeOf(caseId: string): Purpose {
  return {
    ...{ caseId, caseNumber: 'bench', matterCode: 'bench', matterName: 'bench' },
    ...{ legalBasis: 'bench', agencyCode: 'bench', actor: 'bench', requestId: 'bench' },
  };
}

function lineOf({ uniqueKeys, askers, spreadMs, batchMax, least, calls }: Result): string {
  return [
    `${askers} askers of ${uniqueKeys} keys`.padEnd(26),
    `within ${spreadMs} ms`.padEnd(15),
    `batches of ${batchMax}`.padEnd(15),
    `ceil(U/B) ${least}`.padEnd(14),
    `calls ${calls}`.padEnd(11),
    `x ${(calls / least).toFixed(2)}`,
  ].join(' ');
}

await run();
