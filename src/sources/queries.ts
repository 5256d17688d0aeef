import type { CapabilityName } from '../connector-kit/connector.ts';
import type { Hop, RecordOutcome, TransportOutcome } from '../model/outcome.ts';
import type { Database } from '../store/database.ts';
import type { PurposeColumns } from '../store/on-record.ts';

/** How long one statement of the journal may take before its questions are given up. */
const STATEMENT_MS = 2_500;

/** A row of `source_intent`. */
export interface IntentRow extends PurposeColumns {
  readonly id: string;
  readonly asked_at: Date;
  readonly source: string;
  readonly capability: CapabilityName;
  readonly key_digest: string;
  readonly case_id: string | null;
}

/** A row of `source_call`. */
export interface CallRow {
  readonly id: string;
  readonly source: string;
  readonly capability: CapabilityName;
  readonly started_at: Date;
  readonly ended_at: Date;
  readonly keys: number;
  readonly attempts: number;
  readonly raw: Uint8Array | null;
  readonly raw_digest: string | null;
}

/** A row of `evidence`; `records` is JSON text. */
export interface EvidenceRow {
  readonly id: string;
  readonly call_id: string;
  readonly source: string;
  readonly capability: CapabilityName;
  readonly key_digest: string;
  readonly case_id: string | null;
  readonly observed_at: Date;
  readonly as_of: Date | null;
  readonly record_outcome: RecordOutcome;
  readonly records: string;
  readonly connector: string;
}

/** A row of `source_outcome`. */
export interface OutcomeRow {
  readonly intent_id: string;
  readonly ended_at: Date;
  readonly transport: TransportOutcome;
  readonly hop: Hop;
  readonly reason: string;
  readonly call_id: string | null;
  readonly evidence_id: string | null;
  readonly reused: boolean;
}

/** All of `intents` or none. Writing one again changes nothing. */
export async function insertIntents(db: Database, intents: readonly IntentRow[]): Promise<void> {
  await db
    .raw(
      `
      insert into source_intent
        (id, asked_at, source, capability, key_digest, case_id, case_number,
         agency_code, matter_code, legal_basis, actor, request_id)
      select id, asked_at, source, capability, key_digest, case_id, case_number,
             agency_code, matter_code, legal_basis, actor, request_id
      from json_to_recordset(cast(:intents as json)) as intent
        (id uuid, asked_at timestamptz, source text, capability text, key_digest text,
         case_id uuid, case_number text, agency_code text, matter_code text,
         legal_basis text, actor text, request_id text)
      on conflict (id) do nothing
      `,
      { intents: JSON.stringify(intents) },
    )
    .timeout(STATEMENT_MS);
}

/**
 * All rows or none, in one statement: foreign keys are checked at its end, so the order of the
 * parts does not matter. Rows that are there already stay, for calls and evidence are shared by
 * questions that may be written apart.
 */
export async function insertOutcomes(
  db: Database,
  rows: {
    readonly calls: readonly CallRow[];
    readonly evidence: readonly EvidenceRow[];
    readonly outcomes: readonly OutcomeRow[];
  },
): Promise<void> {
  await db
    .raw(INSERT_OUTCOMES, {
      calls: JSON.stringify(rows.calls.map((call) => ({ ...call, raw: base64(call.raw) }))),
      evidence: JSON.stringify(rows.evidence),
      outcomes: JSON.stringify(rows.outcomes),
    })
    .timeout(STATEMENT_MS);
}

function base64(raw: Uint8Array | null): string | null {
  if (raw === null) return null;
  return Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString('base64');
}

const INSERT_OUTCOMES = `
  with new_call as (
    insert into source_call
      (id, source, capability, started_at, ended_at, keys, attempts, raw, raw_digest)
    select id, source, capability, started_at, ended_at, keys, attempts,
           decode(raw, 'base64'), raw_digest
    from json_to_recordset(cast(:calls as json)) as call
      (id uuid, source text, capability text, started_at timestamptz, ended_at timestamptz,
       keys integer, attempts integer, raw text, raw_digest text)
    on conflict (id) do nothing
  ), new_evidence as (
    insert into evidence
      (id, call_id, source, capability, key_digest, case_id, observed_at, as_of,
       record_outcome, records, connector)
    select id, call_id, source, capability, key_digest, case_id, observed_at, as_of,
           record_outcome, cast(records as jsonb), connector
    from json_to_recordset(cast(:evidence as json)) as piece
      (id uuid, call_id uuid, source text, capability text, key_digest text, case_id uuid,
       observed_at timestamptz, as_of timestamptz, record_outcome text, records text,
       connector text)
    on conflict (id) do nothing
  )
  insert into source_outcome
    (intent_id, ended_at, transport, hop, reason, call_id, evidence_id, reused)
  select intent_id, ended_at, transport, hop, reason, call_id, evidence_id, reused
  from json_to_recordset(cast(:outcomes as json)) as outcome
    (intent_id uuid, ended_at timestamptz, transport text, hop text, reason text,
     call_id uuid, evidence_id uuid, reused boolean)
  on conflict (intent_id) do nothing
`;

/** What evidence is looked for: of one case, about one key, observed within an interval. */
export interface EvidenceWanted {
  readonly case_id: string;
  readonly source: string;
  readonly capability: CapabilityName;
  readonly key_digest: string;
  readonly since: Date;
  readonly until: Date;
}

/** Evidence on record, as it may be shown again. */
export interface EvidenceFound {
  readonly id: string;
  readonly recordOutcome: 'FOUND_ONE' | 'FOUND_MANY';
  readonly records: readonly unknown[];
  readonly asOf: Date | null;
  readonly observedAt: Date;
  readonly rawDigest: string;
}

interface FoundRow {
  readonly position: number;
  readonly id: string;
  readonly record_outcome: 'FOUND_ONE' | 'FOUND_MANY';
  readonly records: readonly unknown[];
  readonly as_of: Date | null;
  readonly observed_at: Date;
  readonly raw_digest: string;
}

/**
 * In the order of `wanted`; null where the newest evidence is too old, from the future, or says
 * that there is no record. Older evidence never stands in for the newest, and what a revision
 * answered that is, or was, on hold is asked anew.
 */
export async function listFreshEvidence(
  db: Database,
  wanted: readonly EvidenceWanted[],
): Promise<readonly (EvidenceFound | null)[]> {
  const { rows } = await db
    .raw<{ rows: FoundRow[] }>(LIST_FRESH, {
      wanted: JSON.stringify(wanted.map((one, position) => ({ ...one, position }))),
    })
    .timeout(STATEMENT_MS);
  const found = new Map(rows.map((row) => [row.position, evidenceOf(row)]));
  return wanted.map((_, position) => found.get(position) ?? null);
}

const LIST_FRESH = `
  select wanted.position, newest.id, newest.record_outcome, newest.records, newest.as_of,
         newest.observed_at, source_call.raw_digest
  from json_to_recordset(cast(:wanted as json)) as wanted
    (position integer, case_id uuid, source text, capability text, key_digest text,
     since timestamptz, until timestamptz)
  cross join lateral (
    select *
    from evidence
    where evidence.case_id = wanted.case_id
      and evidence.source = wanted.source
      and evidence.capability = wanted.capability
      and evidence.key_digest = wanted.key_digest
    order by evidence.observed_at desc
    limit 1
  ) newest
  join source_call on source_call.id = newest.call_id
  where newest.record_outcome in ('FOUND_ONE', 'FOUND_MANY')
    and newest.observed_at >= wanted.since
    and newest.observed_at <= wanted.until
    and source_call.raw_digest is not null
    and not exists (
      select from source_hold
      where source_hold.source = wanted.source
        and newest.connector like '%+r' || source_hold.revision
        and (finding is null or (finding = 'FAULT_MENDED' and newest.observed_at <= released_at))
    )
`;

function evidenceOf(row: FoundRow): EvidenceFound {
  return {
    id: row.id,
    recordOutcome: row.record_outcome,
    records: row.records,
    asOf: row.as_of,
    observedAt: row.observed_at,
    rawDigest: row.raw_digest,
  };
}
