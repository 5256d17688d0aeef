import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { JWK } from 'jose';
import { InvalidArgumentError } from 'commander';

import { mintToken } from '../access/tokens.ts';
import { readConfig } from '../config.ts';
import { ROLES, type Role } from '../model/caller.ts';
import { systemClock } from '../model/clock.ts';
import { parseUnifiedSocialCreditCode } from '../model/unified-social-credit-code.ts';
import type { AddCommand } from './hecha.ts';

const HOURS_MAX = 24 * 30;

/** `hecha token`: prints a token and nothing else, so that it can be piped. */
export const addToken: AddCommand = (program, world) => {
  program
    .command('token')
    .description('print a bearer token, signed with the key of a demo or with --key')
    .requiredOption('--role <role...>', `one or more of ${ROLES.join(', ')}`, collectRoles)
    .requiredOption('--agency <code>', 'unified social credit code of the agency', parseAgency)
    .option('--account <name>', 'who it is for', 'hecha-token')
    .option('--scope <scope...>', 'finer permissions, e.g. evidence:read')
    .option('--hours <n>', `how long it is valid, 1 to ${HOURS_MAX}`, parseHours, 8)
    .option('--key <file>', 'private key (JWK); default: the key of the demo in HECHA_DATA')
    .exitOverride()
    .action(async (given: TokenOptions) => {
      const config = readConfig(world.environment);
      const file = given.key ?? join(config.dataFolder, 'demo-signing-key.json');
      const token = await mintToken({
        privateJwk: await readKey(file),
        issuer: config.issuer,
        audience: config.audience,
        account: given.account,
        agencyCode: given.agency,
        roles: given.role,
        scopes: given.scope ?? [],
        lifetimeSeconds: given.hours * 3_600,
        clock: systemClock,
      });
      world.print(token);
    });
};

interface TokenOptions {
  readonly role: readonly Role[];
  readonly agency: string;
  readonly account: string;
  readonly scope?: readonly string[];
  readonly hours: number;
  readonly key?: string;
}

async function readKey(file: string): Promise<JWK> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as JWK;
  } catch (cause) {
    throw new Error(
      `The private key ${file} cannot be read. Start a demo first, or name a file with --key.`,
      { cause },
    );
  }
}

function collectRoles(value: string, previous: readonly Role[] | undefined): readonly Role[] {
  const role = ROLES.find((one) => one === value);
  if (role === undefined) throw new InvalidArgumentError(`There are: ${ROLES.join(', ')}.`);
  return [...(previous ?? []), role];
}

function parseAgency(value: string): string {
  const parsed = parseUnifiedSocialCreditCode(value);
  if (!parsed.ok) throw new InvalidArgumentError('Give a code of 18 characters.');
  return parsed.value.code;
}

function parseHours(value: string): number {
  const hours = Number(value);
  if (Number.isInteger(hours) && hours >= 1 && hours <= HOURS_MAX) return hours;
  throw new InvalidArgumentError(`Give a whole number from 1 to ${HOURS_MAX}.`);
}
