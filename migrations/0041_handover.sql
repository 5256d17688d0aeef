-- What the hub told others about people: each record, to whom, why, and what became of it. Every row is written once.

create table handover (
  id            uuid primary key,
  begun_at      timestamptz not null,
  source        text not null check (source <> ''),
  name          text not null check (name <> ''),
  step          text not null check (step in ('PUSH', 'ACKNOWLEDGEMENT')),
  record_code   text not null check (record_code <> ''),
  record_digest text not null check (record_digest ~ '^[0-9a-f]{64}$'),
  case_id       uuid,
  case_number   text not null,
  agency_code   text not null,
  matter_code   text not null,
  legal_basis   text not null,
  actor         text not null,
  request_id    text not null
);
create index handover_record_code on handover (record_code, begun_at);
create index handover_case_id on handover (case_id, begun_at);
comment on table  handover is 'One record about one subject handed to one source, or asked after there; durable before its first byte leaves. Append-only; kept at least 3 years (network data security regulation, art. 12).';
comment on column handover.id is 'Made by the hub; the outcome refers to it.';
comment on column handover.begun_at is 'Hub clock, UTC.';
comment on column handover.source is 'Id of the registered source that gets the record.';
comment on column handover.name is 'Which record it is, a PushName of the connector contract.';
comment on column handover.step is 'PUSH: the record itself. ACKNOWLEDGEMENT: what became of one that was taken.';
comment on column handover.record_code is 'Code of the record, e.g. of a commitment (承诺编码).';
comment on column handover.record_digest is 'HMAC-SHA-256 of name and record, or of name and receipt, hex. The record itself is not kept here.';
comment on column handover.case_id is 'Case the record is about. Null for the trial records of a check, which concern no person.';
comment on column handover.case_number is 'The agency''s number of the case (办件编号), or canary.';
comment on column handover.agency_code is 'Unified social credit code of the agency whose record it is, or hub.';
comment on column handover.matter_code is 'Matter the case is about, or canary.';
comment on column handover.legal_basis is 'Law and article under which the record is handed over.';
comment on column handover.actor is 'Officer as the identity provider names them, or job:<name>.';
comment on column handover.request_id is 'Request or run in which it was handed over; the same id is in the logs.';
create trigger handover_append_only before update or delete or truncate on handover
  for each statement execute function refuse_change();

create table handover_outcome (
  handover_id uuid primary key references handover,
  ended_at    timestamptz not null,
  outcome     text not null check (outcome in
    ('TAKEN', 'REFUSED', 'ACKNOWLEDGED', 'PENDING', 'REJECTED', 'UNKNOWN', 'FAULT')),
  hop         text check (hop in ('HUB', 'CONNECTOR', 'NETWORK', 'SOURCE')),
  reason      text,
  reference   text,
  constraint handover_outcome_fault_has_reason check ((outcome = 'FAULT') = (reason is not null)),
  constraint handover_outcome_fault_has_hop check ((outcome = 'FAULT') = (hop is not null)),
  constraint handover_outcome_taken_has_reference check (outcome <> 'TAKEN' or reference is not null)
);
comment on table  handover_outcome is 'What became of a handover. One without was interrupted: the record may or may not have arrived, and goes out again. Append-only.';
comment on column handover_outcome.handover_id is 'The handover.';
comment on column handover_outcome.ended_at is 'Hub clock, UTC.';
comment on column handover_outcome.outcome is 'What the source said; FAULT: it said nothing that could be relied upon.';
comment on column handover_outcome.hop is 'Where on the way a fault arose. Null unless it is one.';
comment on column handover_outcome.reason is 'Fault code, with the finer reason after a colon where there is one. Null unless it is one.';
comment on column handover_outcome.reference is 'The receipt of the source. Null where it gave none.';
create trigger handover_outcome_append_only before update or delete or truncate on handover_outcome
  for each statement execute function refuse_change();
