import { readFile } from 'node:fs/promises';

import type { Command } from 'commander';
import { z } from 'zod';

import { readConfig } from '../config.ts';
import type { LifeStep } from '../model/source-life.ts';
import type { AddCommand, World } from './hecha.ts';
import { createHubClient, type AskHub } from './hub-client.ts';

const CHECKED = `source { id revisions { number checks {
  passed probes { probe result code advice tookTenths } rules { rule result detail } } } }`;
const MOVED = 'source { id revisions { number state nextSteps } }';
const ERRORS = 'userErrors { code field message }';

const UserErrors = z.array(
  z.object({ code: z.string(), field: z.array(z.string()), message: z.string() }),
);
const Revisions = z.array(
  z.object({ number: z.number(), state: z.string(), nextSteps: z.array(z.string()) }),
);
const Moved = z.object({
  done: z.object({
    source: z.object({ id: z.string(), revisions: Revisions }).nullable(),
    userErrors: UserErrors,
  }),
});
const Line = z.object({ result: z.string(), code: z.string(), advice: z.string().nullable() });
const Checked = z.object({
  done: z.object({
    source: z
      .object({
        revisions: z.array(
          z.object({
            number: z.number(),
            checks: z.array(
              z.object({
                passed: z.boolean(),
                probes: z.array(Line.extend({ probe: z.string(), tookTenths: z.number() })),
                rules: z.array(
                  z.object({
                    rule: z.string(),
                    result: z.string(),
                    detail: z.string().nullable(),
                  }),
                ),
              }),
            ),
          }),
        ),
      })
      .nullable(),
    userErrors: UserErrors,
  }),
});

const Released = z.object({
  done: z.object({
    holds: z.array(
      z.object({ verdictsToReview: z.array(z.object({ verificationId: z.string() })) }),
    ),
    userErrors: UserErrors,
  }),
});

/** A step of the command line, and the mutation's word for it. */
const STEPS: Readonly<Record<string, LifeStep>> = {
  submit: 'SUBMIT',
  approve: 'APPROVE',
  reject: 'REJECT',
  shadow: 'SHADOW',
  activate: 'ACTIVATE',
  pause: 'PAUSE',
  resume: 'RESUME',
  drain: 'DRAIN',
  retire: 'RETIRE',
  'roll-back': 'ROLL_BACK',
  discard: 'DISCARD',
};

/** `hecha connector …`: what the console does with sources, from the command line. */
export const addConnector: AddCommand = (program, world, finish) => {
  const connector = program
    .command('connector')
    .description('work with the sources of a running hub (HECHA_URL, HECHA_TOKEN)');
  const run = (work: (ask: AskHub) => Promise<number>) => async (): Promise<void> =>
    finish(await work(await createHubClient(readConfig(world.environment), world)));

  addListing(connector, world, run);
  addWriting(connector, world, run);
  addCheck(connector, world, run);
  addRelease(connector, world, run);
  for (const [name, step] of Object.entries(STEPS)) addStep(connector, world, { name, step, run });
};

type Run = (work: (ask: AskHub) => Promise<number>) => () => Promise<void>;

function addListing(connector: Command, world: World, run: Run): void {
  const plain = z.unknown();
  const print = async (ask: AskHub, document: string, variables: object): Promise<number> => {
    world.print(JSON.stringify(await ask(document, variables, plain), null, 2));
    return 0;
  };
  connector
    .command('kinds')
    .description('what can be registered, with the schemas of settings and secrets')
    .exitOverride()
    .action(
      run((ask) =>
        print(ask, '{ connectorKinds { name version title titleEn settingsSchema } }', {}),
      ),
    );
  connector
    .command('list')
    .description('the registered sources and their revisions')
    .exitOverride()
    .action(
      run((ask) => print(ask, '{ registeredSources { id title revisions { number state } } }', {})),
    );
  connector
    .command('show')
    .argument('<source>')
    .description('what a source is told, and what its candidate would change')
    .exitOverride()
    .action((id: string) =>
      run((ask) =>
        print(
          ask,
          `query ($id: ID!) { registeredSource(id: $id) { id title
            current { number kind state settings policy }
            candidate { number kind state note changes { pointer before after } }
            events { step state actor happenedAt reason } } }`,
          { id },
        ),
      )(),
    );
}

function addWriting(connector: Command, world: World, run: Run): void {
  const write = (name: string, input: { file: string; type: string; mutation: string }) =>
    run(async (ask) => {
      const told = JSON.parse(await readFile(input.file, 'utf8')) as object;
      const document = `mutation ($input: ${input.type}!) {
        done: ${input.mutation}(input: $input) { ${MOVED} ${ERRORS} } }`;
      return tellMoved(world, await ask(document, { input: told }, Moved), name);
    })();
  connector
    .command('register')
    .argument('<file>', 'JSON: the input of the mutation registerSource')
    .description('register a source with its first revision')
    .exitOverride()
    .action((file: string) =>
      write('registered', { file, type: 'RegisterSourceInput', mutation: 'registerSource' }),
    );
  connector
    .command('revise')
    .argument('<file>', 'JSON: the input of the mutation reviseSource')
    .description('make a further revision of a source')
    .exitOverride()
    .action((file: string) =>
      write('revised', { file, type: 'ReviseSourceInput', mutation: 'reviseSource' }),
    );
  connector
    .command('secrets')
    .argument('<file>', 'JSON: the input of the mutation setSourceSecrets')
    .description('set the credentials of a source; they are never shown again')
    .exitOverride()
    .action((file: string) =>
      write('secrets set', { file, type: 'SetSourceSecretsInput', mutation: 'setSourceSecrets' }),
    );
}

function addCheck(connector: Command, world: World, run: Run): void {
  connector
    .command('check')
    .argument('<source>', 'id of the source, e.g. license-library')
    .option('--revision <number>', 'the candidate, or the one in use, where none is named')
    .description('probe a source and examine it against the contract; exit 1 on a FAIL')
    .exitOverride()
    .action((id: string, options: { revision?: string }) =>
      run(async (ask) => {
        const document = `mutation ($input: ProbeSourceInput!) {
          done: checkSource(input: $input) { ${CHECKED} ${ERRORS} } }`;
        const input = { id, revision: numberOf(options.revision) };
        const { done } = await ask(document, { input }, Checked);
        if (tellErrors(world, done.userErrors)) return 1;
        const revisions = done.source?.revisions ?? [];
        const [check] = revisions
          .filter(({ number }) => input.revision === null || number === input.revision)
          .flatMap(({ checks }) => checks.slice(0, 1));
        for (const { probe, result, code, advice, tookTenths } of check?.probes ?? []) {
          const took = `${(tookTenths / 10).toFixed(1)} s`;
          world.print(`${result.padEnd(4)} ${probe.padEnd(34)} ${code.padEnd(26)} ${took}`);
          if (advice !== null) world.print(`     ${advice}`);
        }
        for (const { rule, result, detail } of check?.rules ?? [])
          world.print(`${result.padEnd(4)} ${rule.padEnd(34)} ${detail ?? ''}`.trimEnd());
        return check?.passed === true ? 0 : 1;
      })(),
    );
}

function addRelease(connector: Command, world: World, run: Run): void {
  connector
    .command('release')
    .argument('<source>')
    .requiredOption('--reason <text>')
    .option('--answers-right', 'what it says is so; otherwise the fault has been mended')
    .description('end an anomaly hold: what the source says against somebody counts again')
    .exitOverride()
    .action((id: string, options: { reason: string; answersRight?: true }) =>
      run(async (ask) => {
        const document = `mutation ($input: ReleaseHoldInput!) { done: releaseHold(input: $input) {
          holds { revision releasedAt verdictsToReview { verificationId } } ${ERRORS} } }`;
        const finding = options.answersRight === true ? 'ANSWERS_RIGHT' : 'FAULT_MENDED';
        const input = { id, reason: options.reason, finding };
        const { done } = await ask(document, { input }, Released);
        if (tellErrors(world, done.userErrors)) return 1;
        world.print(`${id}: released`);
        for (const { verificationId } of done.holds[0]?.verdictsToReview ?? [])
          world.print(`  verify again: ${verificationId}`);
        return 0;
      })(),
    );
}

function addStep(
  connector: Command,
  world: World,
  { name, step, run }: { readonly name: string; readonly step: LifeStep; readonly run: Run },
): void {
  connector
    .command(name)
    .argument('<source>')
    .option('--revision <number>')
    .option('--reason <text>')
    .option('--until <instant>', 'when a pause is expected to end, ISO 8601')
    .description(`take a revision a step further: ${step}`)
    .exitOverride()
    .action((id: string, options: { revision?: string; reason?: string; until?: string }) =>
      run(async (ask) => {
        const document = `mutation ($input: MoveSourceInput!) {
          done: moveSource(input: $input) { ${MOVED} ${ERRORS} } }`;
        const { reason = null, until = null } = options;
        const input = { id, step, revision: numberOf(options.revision), reason, until };
        return tellMoved(world, await ask(document, { input }, Moved), name);
      })(),
    );
}

function tellMoved(world: World, { done }: z.infer<typeof Moved>, what: string): number {
  if (tellErrors(world, done.userErrors)) return 1;
  world.print(`${done.source?.id ?? ''}: ${what}`);
  for (const { number, state, nextSteps } of done.source?.revisions ?? [])
    world.print(
      `  revision ${number} ${state}${nextSteps.length === 0 ? '' : `: ${nextSteps.join(', ')}`}`,
    );
  return 0;
}

function tellErrors(world: World, errors: z.infer<typeof UserErrors>): boolean {
  for (const { code, field, message } of errors)
    world.tell(`${code} ${field.join('.')}: ${message}`);
  return errors.length > 0;
}

function numberOf(text: string | undefined): number | null {
  return text === undefined ? null : Number.parseInt(text, 10);
}
