import type { KeyObject } from 'node:crypto';

import type { SampleCounts } from './assurance.ts';
import { canonicalJson } from './canonical-json.ts';
import type { CrossCheckCounts } from './cross-check-run.ts';
import type { CrossCheck, CrossCheckDefinition } from './cross-check.ts';
import { keyDigestOf } from './ed25519.ts';
import type { NightSample } from './night-sample.ts';
import { sha256 } from './sampling.ts';

/** Names the form of the document; another form is another name. Nothing else begins like it. */
export const SUMMARY_TYPE = 'hecha-cross-check-summary-1';

/** How often something differed, whatever from and to. */
export interface SummaryDifference {
  readonly class: string;
  /** Null for the whole record. */
  readonly field: string | null;
  readonly subjects: number;
}

/** How often nothing could be concluded, and why. */
export interface SummaryCause {
  readonly cause: string;
  readonly subjects: number;
}

/** The sample of a run, with what draws it again. */
export interface SummarySample
  extends SampleCounts, Pick<NightSample<never>, 'algorithm' | 'seed' | 'populationDigest'> {}

/** What a complete run came to: what the hub signs (核对结果摘要). Whole numbers and texts only. */
export interface CrossCheckSummary {
  readonly type: typeof SUMMARY_TYPE;
  readonly hub: {
    /** `aud` of the tokens that the hub accepts. */
    readonly id: string;
    readonly keyId: string;
    /** SHA-256, hex, of the public key. */
    readonly keyDigest: string;
  };
  readonly check: { readonly key: string; readonly version: number; readonly definition: string };
  readonly run: {
    readonly id: string;
    readonly number: number;
    /** Instants in ISO 8601, UTC. */
    readonly slot: string;
    readonly completedAt: string;
  };
  readonly counts: CrossCheckCounts & { readonly subjects: number };
  /** In the order of class and field. */
  readonly differences: readonly SummaryDifference[];
  /** In their order. */
  readonly causes: readonly SummaryCause[];
  /** Inconclusive for causes beyond those listed. */
  readonly otherCauses: number;
  /** Null where none was drawn. */
  readonly sample: SummarySample | null;
  /** SHA-256, hex, of the report in JSON lines. */
  readonly rootDigest: string;
}

/** Causes that a summary lists; there are hardly more than thirty. */
export const CAUSES_MAX = 1_000;

/** SHA-256, hex, of what a version of a check compares. */
export function definitionDigest(check: CrossCheck): string {
  const { id: _id, key: _key, version: _version, ...rest } = check;
  const { publishedAt: _at, publishedBy: _by, ...definition } = rest;
  return sha256(canonicalJson(definition satisfies CrossCheckDefinition));
}

/** The bytes that are signed: canonical JSON in UTF-8, without a line feed. */
export function summaryBytes(
  about: Omit<CrossCheckSummary, 'type' | 'hub' | 'otherCauses'>,
  hub: { readonly id: string; readonly keyId: string; readonly key: KeyObject },
): Buffer {
  const { differences, causes, counts } = about;
  const told = causes.toSorted(byText(({ cause }) => cause)).slice(0, CAUSES_MAX);
  const summary: CrossCheckSummary = {
    ...{ ...about, type: SUMMARY_TYPE, causes: told },
    hub: { id: hub.id, keyId: hub.keyId, keyDigest: keyDigestOf(hub.key) },
    differences: differences.toSorted(
      byText((one) => JSON.stringify([one.class, one.field ?? ''])),
    ),
    otherCauses: counts.inconclusive - sumOf(told),
  };
  return Buffer.from(canonicalJson(summary), 'utf8');
}

/** What the bytes of a report came to, line by line. */
export interface ReportTally {
  /** SHA-256, hex, of all bytes. */
  readonly digest: string;
  /** Lines of one class and field, by JSON of both. */
  readonly differences: ReadonlyMap<string, number>;
  /** Different commitments and parts. */
  readonly subjects: number;
  /** The last line. Null where there is none of its form. */
  readonly last: ReportEnd | null;
  /** Numbers of lines, from 1, that are no line of a report; the first ones. */
  readonly strange: readonly number[];
}

/** The last line of a report. */
export interface ReportEnd {
  readonly check: string;
  readonly version: number;
  readonly subjects: number;
  readonly matched: number | null;
  readonly differing: number | null;
  readonly inconclusive: number | null;
}

/** By what the differences of a tally are found. */
export function tallyKeyOf(one: { readonly class: string; readonly field: string | null }): string {
  return JSON.stringify([one.class, one.field]);
}

/** What does not fit between a summary and a report, in sentences; empty when all fits. */
export function findMisfits(summary: CrossCheckSummary, tally: ReportTally): readonly string[] {
  const { counts, check, differences } = summary;
  const misfits: string[] = [];
  const expect = (fits: boolean, misfit: string): void => {
    if (!fits) misfits.push(misfit);
  };
  expect(
    tally.digest === summary.rootDigest,
    `The report has the digest ${tally.digest}, the summary says ${summary.rootDigest}.`,
  );
  for (const line of tally.strange) misfits.push(`Line ${line} is no line of a report.`);
  const { matched, differing, inconclusive, subjects } = counts;
  expect(
    matched + differing + inconclusive === subjects,
    `The counts of the summary do not add up to ${subjects}.`,
  );
  expect(
    sumOf(summary.causes) + summary.otherCauses === inconclusive,
    `The causes of the summary do not add up to ${inconclusive}.`,
  );
  if (tally.last === null) misfits.push('The report has no last line with counts.');
  else
    for (const [name, wanted] of Object.entries({ ...counts, ...pick(check) })) {
      const told = tally.last[name as keyof ReportEnd];
      expect(told === wanted, `The report says ${name} ${told}, the summary ${wanted}.`);
    }
  const told = new Map(differences.map((one) => [tallyKeyOf(one), one.subjects]));
  for (const key of new Set([...told.keys(), ...tally.differences.keys()])) {
    const [lines, wanted] = [tally.differences.get(key) ?? 0, told.get(key) ?? 0];
    expect(lines === wanted, `The report has ${lines} lines of ${key}, the summary ${wanted}.`);
  }
  expect(
    tally.subjects >= differing && tally.subjects <= differing + inconclusive,
    `The report names ${tally.subjects} subjects, the summary ${differing} that differ.`,
  );
  return misfits;
}

function pick({ key, version }: CrossCheckSummary['check']) {
  return { check: key, version };
}

function sumOf(all: readonly { readonly subjects: number }[]): number {
  return all.reduce((sum, { subjects }) => sum + subjects, 0);
}

function byText<T>(textOf: (one: T) => string): (a: T, b: T) => number {
  return (a, b) => (textOf(a) < textOf(b) ? -1 : 1);
}
