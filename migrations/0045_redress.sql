-- Objections (异议) against records, and repairs (信用修复) of them: how a bad record ends.

alter table commitment_event drop constraint commitment_event_step_check;
alter table commitment_event add constraint commitment_event_step_check check (step in
  ('WITHDRAW', 'TERMINATE', 'CONCLUDE', 'FULFILL', 'FIND_PARTLY', 'FIND_UNFULFILLED', 'REPAIR'));
alter table commitment_event drop constraint commitment_event_state_check;
alter table commitment_event add constraint commitment_event_state_check check (state in
  ('SIGNED', 'WITHDRAWN', 'TERMINATED', 'CONCLUDED', 'FULFILLED', 'PARTLY_FULFILLED',
   'NOT_FULFILLED', 'REPAIRED'));

create table objection (
  id              uuid primary key,
  agency_code     text not null,
  subject_kind    text not null check (subject_kind in ('ENTERPRISE', 'INDIVIDUAL_BUSINESS', 'PERSON')),
  subject_code    text not null,
  breach_id       uuid references breach,
  entry_id        uuid references subject_entry,
  check_id        uuid references eligibility_check,
  source          text,
  ground          text,
  reference       text check (length(reference) between 1 and 200),
  grounds         text not null check (length(grounds) between 1 and 4000),
  submitted_on    date not null,
  submitted_at    timestamptz not null,
  submitted_by    text not null,
  idempotency_key text not null check (length(idempotency_key) between 1 and 64),
  constraint objection_key_once unique (agency_code, idempotency_key),
  check ((breach_id is null) = (entry_id is null)),
  check ((entry_id is null) = (check_id is not null)),
  check ((check_id is null) = (source is null)),
  check ((check_id is null) = (ground is null)),
  check ((check_id is null) = (reference is null))
);
create index objection_newest on objection (agency_code, submitted_at desc, id desc);
create index objection_subject on objection (subject_code);
create index objection_entry on objection (entry_id);
comment on table  objection is 'An objection (异议) of a subject against a record, filed at the agency that made it or holds the case. Append-only; what became of it stands in objection_event.';
comment on column objection.id is 'Shown to callers.';
comment on column objection.agency_code is 'Agency that handles it; no other sees it.';
comment on column objection.subject_kind is 'Kind of the subject.';
comment on column objection.subject_code is 'Canonical code of the subject.';
comment on column objection.breach_id is 'The decision objected to. Null where the record is another unit''s.';
comment on column objection.entry_id is 'The line of the file objected to. Null where the record is another unit''s.';
comment on column objection.check_id is 'The check of eligibility that found the record. Null where it is our own.';
comment on column objection.source is 'Source that told of it. Null where it is our own.';
comment on column objection.ground is 'Ground of the record. Null where it is our own.';
comment on column objection.reference is 'Names the record at its source. Null where it is our own.';
comment on column objection.grounds is 'Why the subject objects, as told at the counter.';
comment on column objection.submitted_on is 'Business day; the periods count from it.';
comment on column objection.submitted_at is 'Hub clock, UTC.';
comment on column objection.submitted_by is 'Officer as the identity provider names them.';
comment on column objection.idempotency_key is 'Chosen by the caller.';
create trigger objection_append_only before update or delete or truncate on objection
  for each statement execute function refuse_change();

create table objection_event (
  objection_id uuid not null references objection,
  number       integer not null check (number > 0),
  step         text check (step in ('ACCEPT', 'REJECT', 'UPHOLD', 'DISMISS', 'WITHDRAW')),
  state        text not null check (state in
    ('SUBMITTED', 'ACCEPTED', 'REJECTED', 'UPHELD', 'DISMISSED', 'WITHDRAWN')),
  at           timestamptz not null,
  by           text not null,
  statement    text check (length(statement) between 1 and 4000),
  document     text check (length(document) between 1 and 200),
  correction   jsonb check (jsonb_typeof(correction) = 'object'),
  primary key (objection_id, number),
  check ((number = 1) = (step is null))
);
comment on table  objection_event is 'What was done with an objection. The last one tells its state. Append-only.';
comment on column objection_event.objection_id is 'The objection.';
comment on column objection_event.number is 'Counts from 1; the submission is 1.';
comment on column objection_event.step is 'The step taken. Null for the submission.';
comment on column objection_event.state is 'The state after it.';
comment on column objection_event.at is 'Hub clock, UTC.';
comment on column objection_event.by is 'Officer as the identity provider names them.';
comment on column objection_event.statement is 'Why, in the officer''s words. Null where the step needs none.';
comment on column objection_event.document is 'Number of the document that says so. Null where the step needs none.';
comment on column objection_event.correction is 'Correction of src/model/objection.ts. Null where nothing is corrected.';
create trigger objection_event_append_only before update or delete or truncate on objection_event
  for each statement execute function refuse_change();

create table repair (
  id                  uuid primary key,
  agency_code         text not null,
  breach_id           uuid not null references breach,
  entry_id            uuid not null references subject_entry,
  subject_kind        text not null check (subject_kind in ('ENTERPRISE', 'INDIVIDUAL_BUSINESS', 'PERSON')),
  subject_code        text not null,
  severity            text not null check (severity in ('MINOR', 'GENERAL', 'SERIOUS')),
  is_safety_field     boolean not null,
  published_on        date not null,
  duties_document     text not null check (length(duties_document) between 1 and 200),
  commitment_document text not null check (length(commitment_document) between 1 and 200),
  submitted_on        date not null,
  submitted_at        timestamptz not null,
  submitted_by        text not null,
  idempotency_key     text not null check (length(idempotency_key) between 1 and 64),
  constraint repair_key_once unique (agency_code, idempotency_key)
);
create index repair_newest on repair (agency_code, submitted_at desc, id desc);
create index repair_entry on repair (entry_id);
comment on table  repair is 'An application for repair (信用修复) of a false commitment, at the agency that decided on it. Append-only; what became of it stands in repair_event.';
comment on column repair.id is 'Shown to callers.';
comment on column repair.agency_code is 'Agency that decided on the breach: who finds repairs.';
comment on column repair.breach_id is 'The decision.';
comment on column repair.entry_id is 'The line of the file that it ends.';
comment on column repair.subject_kind is 'Kind of the subject.';
comment on column repair.subject_code is 'Canonical code of the subject.';
comment on column repair.severity is 'Class of the conduct, by which the regime from 2026-04-01 counts.';
comment on column repair.is_safety_field is 'Food, drugs, special equipment, work safety or fire: by which the regime before counts.';
comment on column repair.published_on is 'Day of the decision, from which the publicity counts.';
comment on column repair.duties_document is 'Shows that the conduct was corrected and the duties are done.';
comment on column repair.commitment_document is 'The public credit commitment.';
comment on column repair.submitted_on is 'Business day; the regime and the periods follow from it.';
comment on column repair.submitted_at is 'Hub clock, UTC.';
comment on column repair.submitted_by is 'Officer as the identity provider names them.';
comment on column repair.idempotency_key is 'Chosen by the caller.';
create trigger repair_append_only before update or delete or truncate on repair
  for each statement execute function refuse_change();

create table repair_event (
  repair_id uuid not null references repair,
  number    integer not null check (number > 0),
  step      text check (step in
    ('ACCEPT', 'REJECT', 'APPROVE', 'DENY', 'WITHDRAW', 'PROPAGATE', 'CLOSE')),
  state     text not null check (state in
    ('SUBMITTED', 'REVIEWING', 'REJECTED', 'APPROVED', 'DENIED', 'WITHDRAWN', 'PROPAGATED', 'CLOSED')),
  at        timestamptz not null,
  by        text not null,
  statement text check (length(statement) between 1 and 4000),
  document  text check (length(document) between 1 and 200),
  primary key (repair_id, number),
  check ((number = 1) = (step is null)),
  check ((step is not distinct from 'APPROVE') = (document is not null))
);
create index repair_event_approved on repair_event (repair_id) where step = 'APPROVE';
comment on table  repair_event is 'What was done with an application for repair. The last one tells its state. Append-only.';
comment on column repair_event.repair_id is 'The application.';
comment on column repair_event.number is 'Counts from 1; the submission is 1.';
comment on column repair_event.step is 'The step taken. Null for the submission.';
comment on column repair_event.state is 'The state after it.';
comment on column repair_event.at is 'Hub clock, UTC.';
comment on column repair_event.by is 'Officer as the identity provider names them, or job:repair.';
comment on column repair_event.statement is 'Why, in the officer''s words. Null where the step needs none.';
comment on column repair_event.document is 'Number of the repair decision. Null unless approved.';
create trigger repair_event_append_only before update or delete or truncate on repair_event
  for each statement execute function refuse_change();
