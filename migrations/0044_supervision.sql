-- Random inspections (双随机、一公开): planned with a committed seed, frozen, drawn, recorded.

create table sampling_draw (
  id               uuid primary key,
  agency_code      text not null,
  inspected_agency text not null,
  plan             text not null check (length(plan) between 2 and 100000),
  plan_digest      text not null,
  seed_commitment  text not null check (seed_commitment ~ '^[0-9a-f]{64}$'),
  key_id           text not null check (key_id <> ''),
  wrapped_key      bytea not null,
  sealed           bytea not null,
  planned_at       timestamptz not null,
  planned_by       text not null,
  check (plan_digest = encode(sha256(convert_to(plan, 'UTF8')), 'hex'))
);
create index sampling_draw_newest on sampling_draw (planned_at desc, id desc);
comment on table  sampling_draw is 'A random draw of commitments and inspectors (双随机抽查), as it was planned. Append-only; what became of it stands in sampling_event.';
comment on column sampling_draw.id is 'Shown to callers; part of the plan.';
comment on column sampling_draw.agency_code is 'Agency that planned it.';
comment on column sampling_draw.inspected_agency is 'Agency whose commitments are inspected.';
comment on column sampling_draw.plan is 'SamplingPlan of src/model/sampling.ts as canonical JSON, exactly as it was hashed.';
comment on column sampling_draw.plan_digest is 'SHA-256 of the plan, hex.';
comment on column sampling_draw.seed_commitment is 'SHA-256 of the secret seed, hex: published before anybody knows the population.';
comment on column sampling_draw.key_id is 'Key of the vault that wraps the data key.';
comment on column sampling_draw.wrapped_key is 'Data key, wrapped.';
comment on column sampling_draw.sealed is 'The seed under the data key; opened once, to draw or to cancel.';
comment on column sampling_draw.planned_at is 'Hub clock, UTC.';
comment on column sampling_draw.planned_by is 'Officer as the identity provider names them.';
create trigger sampling_draw_append_only before update or delete or truncate on sampling_draw
  for each statement execute function refuse_change();

create table sampling_event (
  draw_id uuid not null references sampling_draw,
  number  integer not null check (number > 0),
  step    text check (step in ('FREEZE', 'DRAW', 'CLOSE', 'CANCEL')),
  state   text not null check (state in ('PLANNED', 'FROZEN', 'DRAWN', 'CLOSED', 'CANCELED')),
  at      timestamptz not null,
  by      text not null,
  reason  text check (length(reason) between 1 and 1000),
  primary key (draw_id, number),
  check ((number = 1) = (step is null)),
  check (state <> 'CANCELED' or reason is not null)
);
comment on table  sampling_event is 'What was done with a draw, from its plan on. The last one tells its state. Append-only.';
comment on column sampling_event.draw_id is 'The draw.';
comment on column sampling_event.number is 'Counts from 1; the plan is 1.';
comment on column sampling_event.step is 'The step taken. Null for the plan.';
comment on column sampling_event.state is 'The state after it.';
comment on column sampling_event.at is 'Hub clock, UTC.';
comment on column sampling_event.by is 'Officer as the identity provider names them.';
comment on column sampling_event.reason is 'Why, in their words. Null where the step needs none.';
create trigger sampling_event_append_only before update or delete or truncate on sampling_event
  for each statement execute function refuse_change();

create table sampling_population (
  draw_id   uuid primary key references sampling_draw,
  members   text not null check (length(members) <= 4000000),
  digest    text not null,
  size      integer not null check (size between 0 and 20000),
  check (digest = encode(sha256(convert_to(members, 'UTF8')), 'hex'))
);
comment on table  sampling_population is 'Whom a draw chooses from, frozen before its seed is known. Append-only.';
comment on column sampling_population.draw_id is 'The draw.';
comment on column sampling_population.members is 'One line for each commitment: stratum, tabulator, id, and another tabulator and who is barred from it, if anybody; sorted. Exactly as it was hashed.';
comment on column sampling_population.digest is 'SHA-256 of the members, hex.';
comment on column sampling_population.size is 'Number of lines.';
create trigger sampling_population_append_only before update or delete or truncate
  on sampling_population for each statement execute function refuse_change();

create table sampling_seed (
  draw_id     uuid primary key references sampling_draw,
  seed        text not null check (seed ~ '^[0-9a-f]{64}$'),
  revealed_at timestamptz not null
);
comment on table  sampling_seed is 'The seed of a draw, revealed when it was drawn or canceled. Append-only.';
comment on column sampling_seed.draw_id is 'The draw.';
comment on column sampling_seed.seed is '32 bytes, hex; SHA-256 of the bytes is the commitment.';
comment on column sampling_seed.revealed_at is 'Hub clock, UTC.';
create trigger sampling_seed_append_only before update or delete or truncate on sampling_seed
  for each statement execute function refuse_change();

create table sampling_subject (
  draw_id       uuid not null references sampling_draw,
  position      integer not null check (position > 0),
  commitment_id uuid not null references commitment,
  stratum       text not null,
  inspectors    text[] not null check (cardinality(inspectors) between 1 and 10),
  primary key (draw_id, commitment_id),
  constraint sampling_subject_position_once unique (draw_id, position)
);
comment on table  sampling_subject is 'A commitment that a draw chose, and who inspects it (检查对象、检查人员). Append-only.';
comment on column sampling_subject.draw_id is 'The draw.';
comment on column sampling_subject.position is 'Counts from 1: strata in the order of the plan, then by rank.';
comment on column sampling_subject.commitment_id is 'The commitment; nobody is drawn twice.';
comment on column sampling_subject.stratum is 'Stratum of the plan it was drawn from.';
comment on column sampling_subject.inspectors is 'Inspectors of the plan''s pool, by rank.';
create trigger sampling_subject_append_only before update or delete or truncate on sampling_subject
  for each statement execute function refuse_change();

create table inspection (
  draw_id       uuid not null,
  commitment_id uuid not null,
  number        integer not null check (number > 0),
  outcome       text not null check (outcome in ('KEPT', 'NOT_KEPT', 'NOT_FOUND')),
  inspected_on  date not null,
  note          text check (length(note) between 1 and 1000),
  recorded_at   timestamptz not null,
  recorded_by   text not null,
  primary key (draw_id, commitment_id, number),
  foreign key (draw_id, commitment_id) references sampling_subject (draw_id, commitment_id),
  check (outcome = 'KEPT' or note is not null)
);
comment on table  inspection is 'What an inspection found. Makes no breach by itself. The last one counts. Append-only.';
comment on column inspection.draw_id is 'The draw.';
comment on column inspection.commitment_id is 'The commitment that was inspected.';
comment on column inspection.number is 'Counts from 1; a correction is a further row.';
comment on column inspection.outcome is 'Kept, not kept, or the subject could not be found (查无下落).';
comment on column inspection.inspected_on is 'Day of the inspection, Asia/Shanghai.';
comment on column inspection.note is 'What was found, in the officer''s words. Null only where the commitment was kept.';
comment on column inspection.recorded_at is 'Hub clock, UTC.';
comment on column inspection.recorded_by is 'Officer as the identity provider names them.';
create trigger inspection_append_only before update or delete or truncate on inspection
  for each statement execute function refuse_change();
