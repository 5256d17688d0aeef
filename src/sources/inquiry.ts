import { randomUUID } from 'node:crypto';

import type { Capabilities, CapabilityName } from '../connector-kit/connector.ts';
import { HubError } from '../errors.ts';
import type { Clock } from '../model/clock.ts';
import type { RecordOutcome } from '../model/outcome.ts';
import type { Purpose } from '../model/purpose.ts';
import { purposeColumns } from '../store/on-record.ts';
import type { Freshness } from './freshness.ts';
import type { Journal } from './journal.ts';
import { keyText } from './key-text.ts';
import type { Lane } from './lane.ts';
import type { Pace, Urgency } from './policy.ts';
import type { EvidenceFound, EvidenceRow, IntentRow } from './queries.ts';
import type { AnsweredReading, FailedReading, Reading } from './reading.ts';
import { hopOf, reasonOf, transportOf } from './transport.ts';

/** One question on its way through the journal. */
export interface Inquiry {
  /** Made by whoever asks. */
  readonly intentId: string;
  readonly source: string;
  readonly name: CapabilityName;
  readonly key: Capabilities[CapabilityName]['key'];
  readonly purpose: Purpose;
  /** Null for test records only. */
  readonly caseId: string | null;
  readonly maxAgeMs: number;
  readonly urgency: Urgency;
  readonly pace: Pace;
  /** Told when the intent is durable and the question on its way to the source. */
  readonly onAsked: (() => void) | null;
  /** Null when the source does not offer this. */
  readonly lane: Lane | null;
  /** Whether an empty answer that claims to cover may be believed. */
  vouches(waitMs: number): Promise<boolean>;
}

/** What became of it. */
export type Finding =
  | { readonly ok: true; readonly intentId: string; readonly shown: Shown }
  | { readonly ok: false; readonly intentId: string; readonly fault: HubError };

interface Shown {
  readonly evidenceId: string;
  readonly recordOutcome: RecordOutcome;
  readonly records: readonly unknown[];
  readonly asOf: Date | null;
  readonly observedAt: Date;
  readonly rawDigest: string;
  readonly reused: boolean;
}

/** What an inquiry needs of its surroundings. */
export interface InquiryDependencies {
  readonly journal: Journal;
  readonly freshness: Freshness;
  readonly clock: Clock;
  digestKey(text: string): string;
}

/** An inquiry under way. */
interface Progress extends Inquiry {
  readonly digest: string;
  readonly began: number;
}

/**
 * The way of every question, whoever asks: intent on record, then fresh evidence or a call, then
 * outcome on record, then the finding.
 *
 * @throws {HubError} AUDIT_UNAVAILABLE when intent or outcome cannot be made durable;
 * STORE_UNAVAILABLE when the budget cannot be spent from, and then the question was not put.
 */
export function createInquire(deps: InquiryDependencies): (inquiry: Inquiry) => Promise<Finding> {
  const idOf = createEvidenceIds();

  return async function inquire(inquiry: Inquiry): Promise<Finding> {
    const { lane } = inquiry;
    const withdraw = lane?.announce() ?? (() => undefined);
    try {
      const digest = deps.digestKey(keyText(inquiry.name, inquiry.key));
      const progress = { ...inquiry, digest, began: performance.now() };
      const [fresh] = await Promise.all([
        findFresh(deps, progress),
        deps.journal.recordIntent(intentRow(progress, deps.clock.now())),
      ]);
      if (lane === null) return await endWithFault(deps, progress, unsupported(inquiry.source));
      if (fresh !== null) return await endWithFresh(deps, progress, fresh);

      const reading = lane.read({ ...inquiry, digest });
      withdraw();
      inquiry.onAsked?.();
      const read = await reading;
      if (!read.ok) return await endWithFault(deps, progress, read);
      const recordOutcome = await recordOutcomeOf(read, progress, lane.limitMs(inquiry.pace));
      const id = idOf(read, `${inquiry.caseId} ${recordOutcome}`);
      const evidence = evidenceRow({ progress, lane, read, recordOutcome, id });
      return await endWithAnswer(deps, progress, { read, evidence });
    } finally {
      withdraw();
    }
  };
}

/** Askers of one case who share a reading share its evidence. */
function createEvidenceIds(): (reading: Reading, askedFor: string) => string {
  const filed = new WeakMap<Reading, Map<string, string>>();

  return (reading, askedFor) => {
    const ids = filed.get(reading) ?? new Map<string, string>();
    const id = ids.get(askedFor) ?? randomUUID();
    filed.set(reading, ids.set(askedFor, id));
    return id;
  };
}

async function findFresh(
  { freshness, clock }: InquiryDependencies,
  { caseId, maxAgeMs, lane, source, name, digest }: Progress,
): Promise<EvidenceFound | null> {
  if (maxAgeMs <= 0 || caseId === null || lane === null) return null;
  const until = clock.now();
  const since = new Date(until.getTime() - maxAgeMs);
  const wanted = { case_id: caseId, source, capability: name, key_digest: digest };
  return freshness.findFresh({ ...wanted, since, until });
}

/** Absence counts only where the connector claims coverage *and* the test records bear it out. */
async function recordOutcomeOf(
  { answer }: AnsweredReading,
  { vouches, began, urgency }: Progress,
  limitMs: number,
): Promise<RecordOutcome> {
  if (answer.records.length === 1) return 'FOUND_ONE';
  if (answer.records.length > 1) return 'FOUND_MANY';
  if (answer.absence !== 'COVERED') return 'ABSENT_UNCOVERED';
  // Nobody waits for what a job asks, and it may have waited long for its turn.
  const spentMs = urgency === 'BATCH' ? 0 : performance.now() - began;
  const waitMs = Math.max(0, limitMs - spentMs);
  return (await vouches(waitMs)) ? 'ABSENT_COVERED' : 'ABSENT_UNCOVERED';
}

async function endWithFault(
  { journal, clock }: InquiryDependencies,
  { intentId }: Progress,
  { fault, call }: FailedReading,
): Promise<Finding> {
  await journal.recordEnding({
    outcome: {
      intent_id: intentId,
      ended_at: clock.now(),
      transport: transportOf(fault),
      hop: hopOf(fault),
      reason: reasonOf(fault),
      call_id: call?.id ?? null,
      evidence_id: null,
      reused: false,
    },
    call,
    evidence: null,
  });
  return { ok: false, intentId, fault };
}

async function endWithFresh(
  { journal, clock }: InquiryDependencies,
  { intentId }: Progress,
  { id, ...found }: EvidenceFound,
): Promise<Finding> {
  await journal.recordEnding({
    outcome: {
      intent_id: intentId,
      ended_at: clock.now(),
      transport: 'ANSWERED',
      hop: 'HUB',
      reason: 'OK',
      call_id: null,
      evidence_id: id,
      reused: true,
    },
    call: null,
    evidence: null,
  });
  return { ok: true, intentId, shown: { evidenceId: id, ...found, reused: true } };
}

async function endWithAnswer(
  { journal, clock }: InquiryDependencies,
  { intentId }: Progress,
  { read, evidence }: { readonly read: AnsweredReading; readonly evidence: EvidenceRow },
): Promise<Finding> {
  await journal.recordEnding({
    outcome: {
      intent_id: intentId,
      ended_at: clock.now(),
      transport: 'ANSWERED',
      hop: 'SOURCE',
      reason: 'OK',
      call_id: read.call.id,
      evidence_id: evidence.id,
      reused: false,
    },
    call: read.call,
    evidence,
  });
  const shown = {
    evidenceId: evidence.id,
    recordOutcome: evidence.record_outcome,
    records: read.answer.records,
    asOf: evidence.as_of,
    observedAt: evidence.observed_at,
    rawDigest: read.call.raw_digest,
    reused: false,
  };
  return { ok: true, intentId, shown };
}

function intentRow(progress: Progress, asked_at: Date): IntentRow {
  return {
    id: progress.intentId,
    asked_at,
    source: progress.source,
    capability: progress.name,
    key_digest: progress.digest,
    case_id: progress.caseId,
    ...purposeColumns(progress.purpose),
  };
}

function evidenceRow(found: {
  readonly progress: Progress;
  readonly lane: Lane;
  readonly read: AnsweredReading;
  readonly recordOutcome: RecordOutcome;
  readonly id: string;
}): EvidenceRow {
  const { progress, read } = found;
  return {
    id: found.id,
    call_id: read.call.id,
    source: progress.source,
    capability: progress.name,
    key_digest: progress.digest,
    case_id: progress.caseId,
    observed_at: read.call.ended_at,
    as_of: read.answer.asOf,
    record_outcome: found.recordOutcome,
    records: read.records,
    connector: found.lane.label,
  };
}

function unsupported(source: string): FailedReading {
  const fault = new HubError('SOURCE_UNSUPPORTED', { details: { source, hop: 'HUB' } });
  return { ok: false, fault, call: null };
}
