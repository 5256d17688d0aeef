-- Suspected breaches of commitments: opened by officers, heard, decided.

create table breach (
  id               uuid primary key,
  agency_code      text not null,
  commitment_id    uuid not null references commitment,
  first_id         uuid not null references verification,
  second_id        uuid not null references verification,
  regulator_code   text,
  opened_by        text not null,
  opened_at        timestamptz not null,
  idempotency_key  text not null check (length(idempotency_key) between 1 and 64),
  constraint breach_key_once unique (agency_code, idempotency_key),
  check (first_id <> second_id)
);
create index breach_newest on breach (agency_code, opened_at desc, id desc);
create index breach_commitment on breach (commitment_id);
comment on table  breach is 'A suspected breach (承诺不实) of a commitment, opened by an officer on two independent refutations. Append-only; what became of it stands in breach_event.';
comment on column breach.id is 'Shown to callers.';
comment on column breach.agency_code is 'Agency that accepted the commitment; no other sees it.';
comment on column breach.commitment_id is 'The commitment.';
comment on column breach.first_id is 'Verification that refuted first.';
comment on column breach.second_id is 'Verification that refuted again, on other evidence.';
comment on column breach.regulator_code is 'Agency that regulates the trade, where another one handles the matter. Null where they are the same.';
comment on column breach.opened_by is 'Officer as the identity provider names them.';
comment on column breach.opened_at is 'Hub clock, UTC.';
comment on column breach.idempotency_key is 'Chosen by the caller.';
create trigger breach_append_only before update or delete or truncate on breach
  for each statement execute function refuse_change();

create table breach_event (
  breach_id  uuid not null references breach,
  number     integer not null check (number > 0),
  step       text check (step in ('NOTIFY', 'HEAR', 'DECIDE', 'TOLERATE', 'DISMISS', 'ANNUL')),
  state      text not null check (state in
    ('OPENED', 'NOTIFIED', 'HEARD', 'DECIDED', 'TOLERATED', 'DISMISSED', 'ANNULLED')),
  at         timestamptz not null,
  by         text not null,
  statement  text check (length(statement) between 1 and 4000),
  due_on     date,
  decision   jsonb,
  primary key (breach_id, number),
  check ((number = 1) = (step is null)),
  check ((step is not distinct from 'NOTIFY') = (due_on is not null)),
  check ((step is not distinct from 'DECIDE') = (decision is not null))
);
comment on table  breach_event is 'What was done with a suspected breach. The last one tells its state. Append-only.';
comment on column breach_event.breach_id is 'The suspected breach.';
comment on column breach_event.number is 'Counts from 1; the opening is 1.';
comment on column breach_event.step is 'The step taken. Null for the opening.';
comment on column breach_event.state is 'The state after it.';
comment on column breach_event.at is 'Hub clock, UTC.';
comment on column breach_event.by is 'Officer as the identity provider names them.';
comment on column breach_event.statement is 'The applicant''s statement, or why, in the officer''s words. Null where the step needs none.';
comment on column breach_event.due_on is 'Last day for the applicant''s statement. Null unless the applicant was told.';
comment on column breach_event.decision is 'BreachDecision of src/model/breach.ts. Null unless decided.';
create trigger breach_event_append_only before update or delete or truncate on breach_event
  for each statement execute function refuse_change();
