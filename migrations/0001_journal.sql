-- What was asked of sources, why, and what came back. Every row is written once and never changed.

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;
comment on function refuse_change() is 'Trigger body of append-only tables: refuses update, delete and truncate with SQLSTATE 23001.';

create table source_intent (
  id          uuid primary key,
  asked_at    timestamptz not null,
  source      text not null check (source <> ''),
  capability  text not null check (capability <> ''),
  key_digest  text not null check (key_digest ~ '^[0-9a-f]{64}$'),
  case_id     uuid,
  case_number text not null,
  agency_code text not null,
  matter_code text not null,
  legal_basis text not null,
  actor       text not null,
  request_id  text not null
);
create index source_intent_case_id on source_intent (case_id, asked_at);
create index source_intent_asked_at on source_intent (asked_at);
comment on table  source_intent is 'One question about one subject to one source, durable before its first byte leaves. Append-only; kept at least 3 years (network data security regulation, art. 12).';
comment on column source_intent.id is 'Made by the hub; the outcome refers to it.';
comment on column source_intent.asked_at is 'Hub clock, UTC.';
comment on column source_intent.source is 'Id of the registered source, e.g. license-library.';
comment on column source_intent.capability is 'What was asked, a CapabilityName of the connector contract.';
comment on column source_intent.key_digest is 'HMAC-SHA-256 of capability and key, hex. The key itself is personal data and is not kept here.';
comment on column source_intent.case_id is 'Case the question was put for. Null for canaries, which concern no person.';
comment on column source_intent.case_number is 'The agency''s number of the case (办件编号), or canary.';
comment on column source_intent.agency_code is 'Unified social credit code of the asking agency, or hub.';
comment on column source_intent.matter_code is 'Matter the case is about, or canary.';
comment on column source_intent.legal_basis is 'Law and article the agency named when it opened the case.';
comment on column source_intent.actor is 'Officer as the identity provider names them, or job:<name>.';
comment on column source_intent.request_id is 'Request in which the question was put; the same id is in the logs.';
create trigger source_intent_append_only before update or delete or truncate on source_intent
  for each statement execute function refuse_change();

create table source_call (
  id         uuid primary key,
  source     text not null,
  capability text not null,
  started_at timestamptz not null,
  ended_at   timestamptz not null check (ended_at >= started_at),
  keys       integer not null check (keys > 0),
  attempts   integer not null check (attempts >= 0),
  raw        bytea check (octet_length(raw) <= 1048576),
  raw_digest text check (raw_digest ~ '^[0-9a-f]{64}$'),
  constraint source_call_raw_has_digest check ((raw is null) = (raw_digest is null))
);
create index source_call_started_at on source_call (started_at);
comment on table  source_call is 'One call to a source, shared by the questions that were batched into it. Append-only.';
comment on column source_call.id is 'Made by the hub.';
comment on column source_call.source is 'Id of the registered source.';
comment on column source_call.capability is 'What was asked.';
comment on column source_call.started_at is 'Hub clock, UTC, when the first attempt began.';
comment on column source_call.ended_at is 'Hub clock, UTC, when the last attempt ended.';
comment on column source_call.keys is 'Number of different keys in the call.';
comment on column source_call.attempts is 'Attempts made; 0 when the hub gave up before the first byte.';
comment on column source_call.raw is 'The reply exactly as received, at most 1 MiB. Null when there was none.';
comment on column source_call.raw_digest is 'SHA-256 of raw, hex.';
create trigger source_call_append_only before update or delete or truncate on source_call
  for each statement execute function refuse_change();

create table evidence (
  id             uuid primary key,
  call_id        uuid not null references source_call,
  source         text not null,
  capability     text not null,
  key_digest     text not null check (key_digest ~ '^[0-9a-f]{64}$'),
  case_id        uuid,
  observed_at    timestamptz not null,
  as_of          timestamptz,
  record_outcome text not null check (record_outcome in
    ('FOUND_ONE', 'FOUND_MANY', 'ABSENT_COVERED', 'ABSENT_UNCOVERED')),
  records        jsonb not null check (jsonb_typeof(records) = 'array'),
  connector      text not null
);
create index evidence_fresh on evidence (case_id, source, capability, key_digest, observed_at desc);
comment on table  evidence is 'What a source answered about one key, decoded. A verdict refers to it and can be recomputed from it. Append-only.';
comment on column evidence.id is 'Made by the hub; verdicts refer to it.';
comment on column evidence.call_id is 'Call it was read from; holds the bytes.';
comment on column evidence.source is 'Id of the registered source.';
comment on column evidence.capability is 'What was asked.';
comment on column evidence.key_digest is 'HMAC-SHA-256 of capability and key, hex.';
comment on column evidence.case_id is 'Case it was obtained for; it is not shown to another. Null for canaries.';
comment on column evidence.observed_at is 'Hub clock, UTC, when the answer was read.';
comment on column evidence.as_of is 'How fresh the source says its holdings are. Null when it does not say.';
comment on column evidence.record_outcome is 'What the source said about the existence of the record.';
comment on column evidence.records is 'Decoded records in the hub''s vocabulary, shape by capability.';
comment on column evidence.connector is 'Kind and version that decoded it, e.g. license-library@1.0.0.';
create trigger evidence_append_only before update or delete or truncate on evidence
  for each statement execute function refuse_change();

create table source_outcome (
  intent_id   uuid primary key references source_intent,
  ended_at    timestamptz not null,
  transport   text not null check (transport in
    ('ANSWERED', 'DEFERRED', 'NEEDS_CONSENT', 'UNAUTHORIZED', 'QUOTA_EXHAUSTED',
     'SCHEDULED_OUTAGE', 'TIMEOUT', 'UNREACHABLE', 'MALFORMED', 'INTEGRITY_FAILED',
     'UNSUPPORTED', 'SCHEMA_DRIFT')),
  hop         text not null check (hop in ('HUB', 'CONNECTOR', 'NETWORK', 'SOURCE')),
  reason      text not null,
  call_id     uuid references source_call,
  evidence_id uuid references evidence,
  reused      boolean not null,
  constraint source_outcome_answered_has_evidence check ((transport = 'ANSWERED') = (evidence_id is not null))
);
comment on table  source_outcome is 'What became of an intent, durable before any verdict. An intent without one was interrupted. Append-only.';
comment on column source_outcome.intent_id is 'The question.';
comment on column source_outcome.ended_at is 'Hub clock, UTC.';
comment on column source_outcome.transport is 'Everything but ANSWERED contributes nothing to a verdict.';
comment on column source_outcome.hop is 'Where on the way the question ended.';
comment on column source_outcome.reason is 'Fault code, with the finer reason after a colon where there is one; OK when answered.';
comment on column source_outcome.call_id is 'Call that carried the question. Null when none was made.';
comment on column source_outcome.evidence_id is 'The answer. Null exactly when there was none.';
comment on column source_outcome.reused is 'True when evidence obtained earlier for the same case was fresh enough and no call was made.';
create trigger source_outcome_append_only before update or delete or truncate on source_outcome
  for each statement execute function refuse_change();
