import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

import { InvalidArgumentError, type Command } from 'commander';
import { z } from 'zod';

import { readConfig } from '../config.ts';
import { parseSigningKeys, publicBytesOf, publicPemOf } from '../model/ed25519.ts';
import type { AddCommand, World } from './hecha.ts';
import { createHubClient, readHubFile, type AskHub } from './hub-client.ts';
import { progressBar } from './progress-bar.ts';
import { addVerify } from './reconcile-verify.ts';
import { requireSetting } from './require.ts';

const RUN = `id state version number slot endsAt rootDigest warns reportPath csvPath xlsxPath
  check { key } progress { subjects read matched differing inconclusive perMinute secondsLeft }
  differences { class field from to subjects } causes { cause subjects }`;
const ERRORS = 'userErrors { code field message }';

const UserErrors = z.array(
  z.object({ code: z.string(), field: z.array(z.string()), message: z.string() }),
);
const Run = z.looseObject({
  ...{ id: z.string(), state: z.string(), version: z.number() },
  ...{ reportPath: z.string(), csvPath: z.string(), xlsxPath: z.string() },
  check: z.object({ key: z.string() }),
  progress: z.looseObject({
    ...{ subjects: z.number(), read: z.number(), perMinute: z.number() },
    secondsLeft: z.number().nullable(),
  }),
});
const Taken = z.object({ done: z.object({ run: Run.nullable(), userErrors: UserErrors }) });
const Found = z.object({ crossCheckRun: Run.nullable() });
const Summed = z.object({
  crossCheckRun: z.object({ signedSummary: z.looseObject({}).nullable() }).nullable(),
});
const Listed = z.object({ crossCheckRuns: z.object({ nodes: z.array(Run) }) });

type RunTold = z.infer<typeof Run>;

const LOOK_EVERY_MS = 1_000;
const STANDING = ['OPENED', 'RUNNING', 'PAUSED'];
const SHOWN_MAX = 20;

/** `hecha reconcile …`: cross-checks (夜间核对) of a running hub from the command line. */
export const addReconcile: AddCommand = (program, world, finish) => {
  const reconcile = program
    .command('reconcile')
    .description('run and watch cross-checks of a running hub (HECHA_URL, HECHA_TOKEN)');
  const run = (work: (ask: AskHub) => Promise<number>) => async (): Promise<void> =>
    finish(await work(await createHubClient(readConfig(world.environment), world)));

  reconcile
    .command('run')
    .argument('<key>', 'key of the cross-check, e.g. commitments-register')
    .option('--no-wait', 'do not wait for its end')
    .description('run a cross-check now; exit 1 unless it completes')
    .exitOverride()
    .action((key: string, { wait }: { readonly wait: boolean }) =>
      run(async (ask) => {
        const input = { key, idempotencyKey: randomUUID() };
        const document = `mutation ($input: StartCrossCheckInput!) {
          done: startCrossCheck(input: $input) { run { ${RUN} } ${ERRORS} } }`;
        const opened = tellTaken(world, await ask(document, { input }, Taken));
        if (opened === null) return 1;
        return wait ? watch(ask, world, opened) : print(world, opened);
      })(),
    );
  reconcile
    .command('status')
    .argument('[run]', 'id of a run; without it the latest runs')
    .option('--watch', 'follow it to its end')
    .description('how far runs have come')
    .exitOverride()
    .action((id: string | undefined, options: { readonly watch?: true }) =>
      run(async (ask) => {
        if (id === undefined) {
          const document = `query ($first: Int!) {
            crossCheckRuns(first: $first) { nodes { ${RUN} } } }`;
          const told = await ask(document, { first: SHOWN_MAX }, Listed);
          for (const one of told.crossCheckRuns.nodes) print(world, one);
          return 0;
        }
        const found = await find(ask, id);
        return options.watch === true ? watch(ask, world, found) : print(world, found);
      })(),
    );
  addReport(reconcile, world, run);
  addSummary(reconcile, world, run);
  addPublicKey(reconcile, world);
  addVerify(reconcile, world, finish);
  addCancel(reconcile, world, run);
};

type Running = (work: (ask: AskHub) => Promise<number>) => () => Promise<void>;

function addReport(reconcile: Command, world: World, run: Running): void {
  reconcile
    .command('report')
    .argument('<run>', 'id of a run')
    .option('--format <format>', 'jsonl, csv or xlsx', parseFormat, 'jsonl')
    .description('print the report of a run; its SHA-256 is the root digest of the run')
    .exitOverride()
    .action((id: string, { format }: { readonly format: Format }) =>
      run(async (ask) => {
        const { reportPath, csvPath, xlsxPath } = await find(ask, id);
        const path = { jsonl: reportPath, csv: csvPath, xlsx: xlsxPath }[format];
        const config = readConfig(world.environment);
        for await (const piece of readHubFile(config, world, path)) world.write(piece);
        return 0;
      })(),
    );
}

function addSummary(reconcile: Command, world: World, run: Running): void {
  reconcile
    .command('summary')
    .argument('<run>', 'id of a complete run')
    .description('print the signed summary of a run with its counter-signatures, for `verify`')
    .exitOverride()
    .action((id: string) =>
      run(async (ask) => {
        const document = `query ($id: ID!) { crossCheckRun(id: $id) { signedSummary {
          document digest signature keyId signedAt
          counterSignatures { keyId agencyCode signature receivedAt } } } }`;
        const { crossCheckRun } = await ask(document, { id }, Summed);
        const summary = crossCheckRun?.signedSummary ?? null;
        if (summary === null) throw new Error(`The hub has signed nothing of a run ${id}.`);
        world.print(JSON.stringify(summary, null, 2));
        return 0;
      })(),
    );
}

function addPublicKey(reconcile: Command, world: World): void {
  reconcile
    .command('key')
    .argument('[name]', 'name of a key; without it the one that signs now')
    .description('print the public part of a key of HECHA_SIGNING_KEYS_FILE, to be made public')
    .exitOverride()
    .action(async (name: string | undefined) => {
      const file = requireSetting(
        readConfig(world.environment).signingKeysFile,
        'HECHA_SIGNING_KEYS_FILE',
        'a file with the keys that sign summaries, one name:base64 a line',
      );
      const keys = parseSigningKeys(await readFile(file, 'utf8'));
      const found = name === undefined ? keys[0] : keys.find(({ id }) => id === name);
      if (found === undefined) throw new Error(`The file holds no key ${name ?? 'at all'}.`);
      world.write(Buffer.from(publicPemOf(publicBytesOf(found.key))));
    });
}

function addCancel(reconcile: Command, world: World, run: Running): void {
  reconcile
    .command('cancel')
    .argument('<run>', 'id of a run')
    .requiredOption('--reason <reason>', 'why, 1 to 500 characters')
    .description('end a run for good: nothing of it is published')
    .exitOverride()
    .action((id: string, { reason }: { readonly reason: string }) =>
      run(async (ask) => {
        const { version } = await find(ask, id);
        const document = `mutation ($input: StepCrossCheckRunInput!) {
          done: cancelCrossCheckRun(input: $input) { run { ${RUN} } ${ERRORS} } }`;
        const input = { id, version, reason };
        const canceled = tellTaken(world, await ask(document, { input }, Taken));
        return canceled === null ? 1 : print(world, canceled);
      })(),
    );
}

/** A bar for people; a line for each change for machines. Exit code 0 where it completes. */
async function watch(ask: AskHub, world: World, opened: RunTold): Promise<number> {
  let seen = opened;
  let last = '';
  while (STANDING.includes(seen.state)) {
    const { read, subjects, perMinute, secondsLeft } = seen.progress;
    if (world.isTerminal)
      world.draw(progressBar({ done: read, all: subjects, perMinute, secondsLeft }));
    const line = JSON.stringify({ run: seen.id, state: seen.state, ...seen.progress });
    if (!world.isTerminal && line !== last) world.print(line);
    last = line;
    await sleep(LOOK_EVERY_MS);
    seen = await find(ask, opened.id);
  }
  if (world.isTerminal) world.draw(null);
  print(world, seen);
  return seen.state === 'COMPLETE' ? 0 : 1;
}

async function find(ask: AskHub, id: string): Promise<RunTold> {
  const document = `query ($id: ID!) { crossCheckRun(id: $id) { ${RUN} } }`;
  const { crossCheckRun } = await ask(document, { id }, Found);
  if (crossCheckRun === null) throw new Error(`There is no run ${id}.`);
  return crossCheckRun;
}

function print(world: World, run: RunTold): number {
  world.print(world.isTerminal ? JSON.stringify(run, null, 2) : JSON.stringify(run));
  return 0;
}

function tellTaken(world: World, { done }: z.infer<typeof Taken>): RunTold | null {
  for (const { code, field, message } of done.userErrors)
    world.tell(`${code} ${field.join('.')}: ${message}`);
  return done.run;
}

type Format = 'jsonl' | 'csv' | 'xlsx';

function parseFormat(text: string): Format {
  if (text === 'jsonl' || text === 'csv' || text === 'xlsx') return text;
  throw new InvalidArgumentError('Say jsonl, csv or xlsx.');
}
