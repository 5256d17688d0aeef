import { createHash } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';

import type { Command } from 'commander';
import { z } from 'zod';

import { assuranceOf } from '../model/assurance.ts';
import { canonicalJson } from '../model/canonical-json.ts';
import {
  findMisfits,
  SUMMARY_TYPE,
  tallyKeyOf,
  type CrossCheckSummary,
  type ReportEnd,
  type ReportTally,
} from '../model/cross-check-summary.ts';
import { isSignedBy, keyDigestOf, parsePublicKey, parseSignature } from '../model/ed25519.ts';
import type { World } from './hecha.ts';

const count = z.number().int().min(0);
const digest = z.string().regex(/^[0-9a-f]{64}$/u);

const Signed = z.object({
  document: z.string(),
  ...{ keyId: z.string(), signature: z.string() },
  counterSignatures: z.array(z.object({ keyId: z.string(), signature: z.string() })).default([]),
});

const Summary = z.object({
  type: z.literal(SUMMARY_TYPE),
  hub: z.object({ id: z.string(), keyId: z.string(), keyDigest: digest }),
  check: z.object({ key: z.string(), version: count, definition: digest }),
  run: z.object({ id: z.string(), number: count, slot: z.string(), completedAt: z.string() }),
  counts: z.object({ subjects: count, matched: count, differing: count, inconclusive: count }),
  differences: z.array(
    z.object({ class: z.string(), field: z.string().nullable(), subjects: count }),
  ),
  causes: z.array(z.object({ cause: z.string(), subjects: count })),
  otherCauses: count,
  sample: z
    .object({
      ...{ algorithm: z.literal('hecha-night-1'), seed: digest, populationDigest: digest },
      ...{ population: count, sampled: count, concluded: count, differing: count },
    })
    .nullable(),
  rootDigest: digest,
}) satisfies z.ZodType<CrossCheckSummary>;

const Line = z.strictObject({
  commitment: z.string().nullable(),
  part: z.string().nullable(),
  class: z.string(),
  field: z.string().nullable(),
  from: z.string().nullable(),
  to: z.string().nullable(),
});

const End = z.strictObject({
  check: z.string(),
  version: count,
  subjects: count,
  matched: count.nullable(),
  differing: count.nullable(),
  inconclusive: count.nullable(),
}) satisfies z.ZodType<ReportEnd>;

/** Strange lines that are named. */
const STRANGE_MAX = 5;
const LINE_LENGTH_MAX = 100_000;

interface VerifyOptions {
  readonly report: string;
  readonly summary: string;
  readonly key: string;
  readonly counter: readonly string[];
}

/** `hecha reconcile verify`: files only, no hub and no database. */
export function addVerify(
  reconcile: Command,
  world: World,
  finish: (exitCode: number) => void,
): void {
  reconcile
    .command('verify')
    .requiredOption('--report <file>', 'the report in JSON lines, as it was downloaded')
    .requiredOption(
      '--summary <file>',
      'the signed summary, as `hecha reconcile summary` prints it',
    )
    .requiredOption('--key <file>', 'public key of the hub, PEM')
    .option(
      '--counter <file>',
      'public key of an agency that has to have counter-signed, PEM; may be repeated',
      (file: string, before: readonly string[]) => [...before, file],
      [] as readonly string[],
    )
    .description('whether a report, its signed summary and its counter-signatures fit; exit 1: not')
    .exitOverride()
    .action(async (options: VerifyOptions) => finish(await verifyFiles(world, options)));
}

async function verifyFiles(world: World, options: VerifyOptions): Promise<number> {
  const [key, counters, text] = await Promise.all([
    readKey(options.key),
    Promise.all(options.counter.map(async (file) => ({ file, key: await readKey(file) }))),
    readFile(options.summary, 'utf8'),
  ]);
  const signed = parsed(Signed, text);
  const summary = signed === null ? null : parsed(Summary, signed.document);
  if (signed === null || summary === null) {
    world.tell(`does not fit: ${options.summary} is no signed summary.`);
    return 1;
  }
  const misfits = [
    ...findWrongSignatures({ signed, summary, key, counters }),
    ...findMisfits(summary, await tallyReport(options.report)),
  ];
  for (const one of misfits) world.tell(`does not fit: ${one}`);
  if (misfits.length > 0) return 1;
  const { check, run, counts, hub } = summary;
  const of = `${check.key} version ${check.version}, run ${run.number} of ${run.slot}`;
  world.print(`fits: ${of}, signed by ${hub.id} ${hub.keyId}`);
  world.print(JSON.stringify(counts));
  const assurance = assuranceOf(summary.sample);
  if (assurance !== null) world.print(assurance.sentence);
  return 0;
}

function findWrongSignatures(about: {
  readonly signed: z.infer<typeof Signed>;
  readonly summary: CrossCheckSummary;
  readonly key: KeyObject;
  readonly counters: readonly { readonly file: string; readonly key: KeyObject }[];
}): readonly string[] {
  const { signed, summary, key, counters } = about;
  const bytes = Buffer.from(signed.document, 'utf8');
  const isBy = (of: KeyObject, text: string): boolean => {
    const signature = parseSignature(text);
    return signature !== null && isSignedBy(of, bytes, signature);
  };
  return [
    ...(canonicalJson(summary) === signed.document ? [] : ['The document is not canonical JSON.']),
    ...(isBy(key, signed.signature)
      ? []
      : ['The signature of the hub is not over this document by this key.']),
    ...(summary.hub.keyDigest === keyDigestOf(key) && summary.hub.keyId === signed.keyId
      ? []
      : [`The document names another key, ${summary.hub.keyId}.`]),
    ...counters.flatMap(({ file, key: of }) =>
      signed.counterSignatures.some(({ signature }) => isBy(of, signature))
        ? []
        : [`No counter-signature is over this document by the key of ${file}.`],
    ),
  ];
}

/** Line by line, so that a report may be of any size. */
async function tallyReport(file: string): Promise<ReportTally> {
  const hash = createHash('sha256');
  const counting = { differences: new Map<string, number>(), subjects: new Set<string>() };
  const strange: number[] = [];
  let last: ReportEnd | null = null;
  let number = 0;
  for await (const text of linesOf(file, (bytes) => hash.update(bytes))) {
    number += 1;
    const line = parsed(Line, text);
    const end = line === null ? parsed(End, text) : null;
    // Nothing comes after the last line.
    const isStrange = last !== null || (line === null && end === null);
    if (isStrange && strange.length < STRANGE_MAX) strange.push(number);
    if (line !== null) {
      const key = tallyKeyOf(line);
      counting.differences.set(key, (counting.differences.get(key) ?? 0) + 1);
      counting.subjects.add(JSON.stringify([line.commitment, line.part]));
    }
    last ??= end;
  }
  const { differences, subjects } = counting;
  return { digest: hash.digest('hex'), differences, subjects: subjects.size, last, strange };
}

/** @throws {Error} where a line is longer than any of a report. */
async function* linesOf(
  file: string,
  onBytes: (bytes: Uint8Array) => void,
): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of createReadStream(file) as AsyncIterable<Uint8Array>) {
    onBytes(bytes);
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LINE_LENGTH_MAX) throw new Error(`${file} is no report in JSON lines.`);
    yield* lines;
  }
  if (rest !== '') yield rest;
}

/** @throws {Error} that names the file. */
async function readKey(file: string): Promise<KeyObject> {
  const key = parsePublicKey(await readFile(file, 'utf8'));
  if (key === null) throw new Error(`${file} holds no Ed25519 public key in PEM.`);
  return key;
}

/** Null where the text is not JSON of this shape. */
function parsed<T>(shape: z.ZodType<T>, text: string): T | null {
  try {
    return shape.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
