import { isDeepStrictEqual } from 'node:util';

import { HubError } from '../../errors.ts';
import type { CallContext, CapabilityName, Connector } from '../connector.ts';
import type { HeldAnswers, HeldRow, Holdings, ScannedRow } from '../scan.ts';
import { readPass } from './pass.ts';
import { findCapability, type Asked } from './trial.ts';

/** What came of one question, however the connector answers it. */
export type Reading =
  | { readonly kind: 'FAULT'; readonly code: string; readonly fault: HubError }
  /** The connector broke its contract before anything could be read. */
  | { readonly kind: 'BROKEN'; readonly detail: string }
  | {
      readonly kind: 'ANSWER';
      readonly records: readonly unknown[];
      readonly absence: 'COVERED' | 'UNCOVERED';
      /** Null for what is read from kept rows. */
      readonly raw: Uint8Array | null;
    };

/** Asks one key: of the source, or where that is not offered, of the rows of a whole pass. */
export async function readKey(
  connector: Connector,
  { capability, key }: { readonly capability: CapabilityName; readonly key: unknown },
  call: CallContext,
): Promise<Reading> {
  try {
    const direct = findCapability(connector, capability);
    if (direct !== null) {
      const results = await direct.lookup([key], call);
      const [result] = results;
      if (result === undefined || results.length !== 1) {
        return broken(`${results.length} results for one key`);
      }
      return result.ok ? { kind: 'ANSWER', ...result.answer } : toReading(result.fault);
    }
    const { holdings } = connector;
    const answers = holdings?.answers[capability] as HeldAnswers<never> | undefined;
    if (holdings === null || answers === undefined) return broken('not offered');
    return await readHeld(holdings, { answers, key }, call);
  } catch (error) {
    return toReading(error);
  }
}

function broken(detail: string): Reading {
  return { kind: 'BROKEN', detail };
}

function toReading(error: unknown): Reading {
  if (error instanceof HubError) return { kind: 'FAULT', code: error.code, fault: error };
  return broken(`an error that is no fault: ${error instanceof Error ? error.name : typeof error}`);
}

/** As the hub does it: keep the rows, find the key among them, assemble what is about the same. */
async function readHeld(
  holdings: Holdings,
  { answers, key }: { readonly answers: HeldAnswers<never>; readonly key: unknown },
  call: CallContext,
): Promise<Reading> {
  const wanted = answers.keyOf(key as never);
  if (wanted === null) return broken('the key cannot be looked for');
  const kept: (ScannedRow & { readonly collection: string })[] = [];
  let isWhole = true;
  for (const collection of holdings.collections) {
    const pass = await readPass(holdings, { collection, call });
    if (pass.fault !== null) throw pass.fault;
    isWhole &&= pass.isComplete && pass.isFull && pass.rejects === 0;
    kept.push(...standing(pass.rows).map((row) => ({ ...row, collection })));
  }
  const about = new Set(kept.filter(({ keys }) => keys.includes(wanted)).map((row) => row.about));
  const rows: readonly HeldRow[] = kept
    .filter((row) => about.has(row.about))
    .map(({ collection, id, values }) => ({ collection, id, values }))
    .toSorted(
      (one, other) =>
        compareText(one.collection, other.collection) || compareText(one.id, other.id),
    );
  const records = rows.length === 0 ? [] : answers.assemble(rows, key as never, []);
  const absence = isWhole ? answers.absence : 'UNCOVERED';
  return { kind: 'ANSWER', records, absence, raw: null };
}

/** Of several changes to one id the one with the greatest order; deleted rows are gone. */
export function standing(rows: readonly ScannedRow[]): readonly ScannedRow[] {
  const last = new Map<string, ScannedRow>();
  for (const row of rows) {
    const known = last.get(row.id);
    if (known === undefined || compareText(known.order, row.order) <= 0) last.set(row.id, row);
  }
  return [...last.values()].filter(({ change }) => change === 'PUT');
}

/** By code unit, as the contract compares the order of changes. */
export function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** Whether both say the same of the key; bytes and freshness may differ. */
export function saysTheSame(one: Reading, other: Reading): boolean {
  if (one.kind !== 'ANSWER' || other.kind !== 'ANSWER') return false;
  return isDeepStrictEqual(one.records, other.records) && one.absence === other.absence;
}

/** What a reading was, in a word for a report: no value of it. */
export function describeReading(reading: Reading): string {
  switch (reading.kind) {
    case 'ANSWER':
      return `${reading.records.length} records, absence ${reading.absence}`;
    case 'FAULT':
      return reading.code;
    case 'BROKEN':
      return reading.detail;
  }
}

/** A key of the questions, ready to be asked. Null where the subject has none. */
export function keyOf(
  asked: Asked,
  which: keyof Asked['keys'],
): { readonly capability: CapabilityName; readonly key: unknown } | null {
  const key = asked.keys[which];
  return key === null ? null : { capability: asked.capability, key };
}
