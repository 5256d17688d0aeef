import { Command, CommanderError } from 'commander';

import { addCalibrate } from './calibrate.ts';
import { addConnector } from './connector.ts';
import { addDemo } from './demo.ts';
import { addMigrate } from './migrate.ts';
import { addReconcile } from './reconcile.ts';
import { addServe } from './serve.ts';
import { addToken } from './token.ts';
import { addVault } from './vault.ts';
import { addWorker } from './worker.ts';

/** What a command sees of the world. */
export interface World {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** For results: may be piped. */
  print(text: string): void;
  /** The same for bytes, as they are. */
  write(bytes: Uint8Array): void;
  /** For people: what goes on, and what went wrong. */
  tell(text: string): void;
  /** Whether results are read by a person. */
  readonly isTerminal: boolean;
  /** One line that replaces the one before it; null takes it away. Only on a terminal. */
  draw(line: string | null): void;
}

/** Runs the command line. Returns the exit code: 0 done, 1 failed, 2 misused. */
export async function runHecha(
  args: readonly string[],
  environment: World['environment'],
): Promise<number> {
  const world: World = {
    environment,
    print: (text) => void process.stdout.write(`${text}\n`),
    write: (bytes) => void process.stdout.write(bytes),
    isTerminal: process.stdout.isTTY,
    draw: (line) => void process.stdout.write(`\r\u001b[2K${line ?? ''}`),
    tell: (text) => void process.stderr.write(`${text}\n`),
  };
  const program = new Command('hecha')
    .description('核查: verifies against the record what applicants promised.')
    .exitOverride()
    .showHelpAfterError('(--help tells what there is)');
  let exitCode = 0;
  const finish = (code: number) => void (exitCode = code);
  for (const add of ADDED) add(program, world, finish);

  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    world.tell(`hecha: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
}

const ADDED: readonly AddCommand[] = [
  ...[addDemo, addServe, addWorker, addMigrate, addConnector, addReconcile],
  ...[addToken, addVault, addCalibrate],
];

/** Adds one command to the program; `finish` sets the exit code. */
export type AddCommand = (
  program: Command,
  world: World,
  finish: (exitCode: number) => void,
) => void;
