-- Nightly cross-checks (夜间核对): definitions, runs, tasks, observations, findings.

create table cross_check (
  id         uuid primary key,
  key        text not null unique check (key ~ '^[a-z][a-z0-9-]{2,63}$'),
  created_at timestamptz not null,
  created_by text not null
);
comment on table  cross_check is 'A pair of collections that is compared again and again (夜间核对). What is compared, and how, stands in cross_check_version. Append-only.';
comment on column cross_check.id is 'Shown to callers.';
comment on column cross_check.key is 'Name by which operators call it.';
comment on column cross_check.created_at is 'Hub clock, UTC.';
comment on column cross_check.created_by is 'Operator as the identity provider names them, or deployment.';
create trigger cross_check_append_only before update or delete or truncate on cross_check
  for each statement execute function refuse_change();

create table cross_check_version (
  check_id     uuid not null references cross_check,
  version      integer not null check (version > 0),
  definition   jsonb not null check (jsonb_typeof(definition) = 'object'),
  is_enabled   boolean not null,
  published_at timestamptz not null,
  published_by text not null,
  primary key (check_id, version)
);
comment on table  cross_check_version is 'What a cross-check compares from then on. The last version counts. Append-only.';
comment on column cross_check_version.check_id is 'The cross-check.';
comment on column cross_check_version.version is 'Counts from 1.';
comment on column cross_check_version.definition is 'CrossCheckDefinition of src/model/cross-check.ts.';
comment on column cross_check_version.is_enabled is 'Whether its schedule opens runs.';
comment on column cross_check_version.published_at is 'Hub clock, UTC. Slots before it are never run.';
comment on column cross_check_version.published_by is 'Operator as the identity provider names them, or deployment.';
create trigger cross_check_version_append_only before update or delete or truncate on cross_check_version
  for each statement execute function refuse_change();

create table cross_check_run (
  id              uuid primary key,
  check_id        uuid not null,
  check_version   integer not null,
  number          integer not null check (number > 0),
  slot            timestamptz not null,
  idempotency_key text check (length(idempotency_key) between 1 and 64),
  state           text not null check (state in
    ('OPENED', 'RUNNING', 'PAUSED', 'HELD', 'COMPLETE', 'CANCELED')),
  version         integer not null check (version > 0),
  opened_at       timestamptz not null,
  opened_by       text not null,
  ends_at         timestamptz not null,
  subjects        integer check (subjects >= 0),
  result          jsonb check (jsonb_typeof(result) = 'object'),
  root_digest     text check (root_digest ~ '^[0-9a-f]{64}$'),
  ended_at        timestamptz,
  foreign key (check_id, check_version) references cross_check_version,
  constraint cross_check_run_slot_once unique (check_id, slot),
  constraint cross_check_run_key_once unique (check_id, idempotency_key),
  constraint cross_check_run_number_once unique (check_id, number),
  constraint cross_check_run_counted check (
    state <> 'COMPLETE' or (result is not null and root_digest is not null and
      (result ->> 'matched')::integer + (result ->> 'differing')::integer
        + (result ->> 'inconclusive')::integer = subjects)
  ),
  constraint cross_check_run_ended check ((state in ('COMPLETE', 'CANCELED')) = (ended_at is not null))
);
create unique index cross_check_run_one_open on cross_check_run (check_id)
  where state in ('OPENED', 'RUNNING', 'PAUSED');
create index cross_check_run_newest on cross_check_run (opened_at desc, id desc);
comment on table  cross_check_run is 'One run of a cross-check. The row of (check, slot) decides that there is exactly one. What was done with it stands in cross_check_run_event.';
comment on column cross_check_run.id is 'Shown to callers.';
comment on column cross_check_run.check_id is 'The cross-check.';
comment on column cross_check_run.check_version is 'Version it runs by, to its end.';
comment on column cross_check_run.number is 'Counts the runs of the cross-check from 1: its nights.';
comment on column cross_check_run.slot is 'The instant its schedule names, or at which an operator started it; UTC.';
comment on column cross_check_run.idempotency_key is 'Chosen by the operator who started it. Null for a scheduled one.';
comment on column cross_check_run.state is 'OPENED and not yet cut into tasks, RUNNING, PAUSED, HELD because it found too much, COMPLETE or CANCELED.';
comment on column cross_check_run.version is 'Counts the steps so far.';
comment on column cross_check_run.opened_at is 'Hub clock, UTC.';
comment on column cross_check_run.opened_by is 'Operator as the identity provider names them, or job:cross-check.';
comment on column cross_check_run.ends_at is 'After this nothing more is asked: what is left is inconclusive. Hub clock, UTC.';
comment on column cross_check_run.subjects is 'How many it reads, frozen when it was cut. Null before.';
comment on column cross_check_run.result is 'CrossCheckResult of src/model/cross-check-run.ts. Null before it has read all.';
comment on column cross_check_run.root_digest is 'SHA-256 over its report, hex. Null before it is complete.';
comment on column cross_check_run.ended_at is 'Hub clock, UTC. Null while it goes on or is held.';

create table cross_check_run_event (
  run_id uuid not null references cross_check_run,
  number integer not null check (number > 0),
  step   text check (step in ('CUT', 'PAUSE', 'RESUME', 'HOLD', 'RELEASE', 'COMPLETE', 'CANCEL')),
  state  text not null,
  at     timestamptz not null,
  by     text not null,
  reason text check (length(reason) between 1 and 1000),
  primary key (run_id, number),
  check ((number = 1) = (step is null))
);
comment on table  cross_check_run_event is 'What was done with a run, by whom. Append-only.';
comment on column cross_check_run_event.run_id is 'The run.';
comment on column cross_check_run_event.number is 'Counts from 1; the version of the run after it.';
comment on column cross_check_run_event.step is 'CrossCheckRunStep of the schema. Null for the opening.';
comment on column cross_check_run_event.state is 'The state after it.';
comment on column cross_check_run_event.at is 'Hub clock, UTC.';
comment on column cross_check_run_event.by is 'Operator as the identity provider names them, or job:cross-check.';
comment on column cross_check_run_event.reason is 'Why. Null where the step needs none.';
create trigger cross_check_run_event_append_only before update or delete or truncate on cross_check_run_event
  for each statement execute function refuse_change();

create table cross_check_subject (
  run_id        uuid not null references cross_check_run,
  number        integer not null check (number > 0),
  commitment_id uuid not null references commitment,
  part          text not null,
  primary key (run_id, number),
  constraint cross_check_subject_once unique (run_id, commitment_id, part)
);
comment on table  cross_check_subject is 'One commitment that a run reads, as it was frozen when the run was cut. Never changed; deleted by retention only.';
comment on column cross_check_subject.run_id is 'The run.';
comment on column cross_check_subject.number is 'Counts from 1 in the order of the codes of commitments.';
comment on column cross_check_subject.commitment_id is 'The commitment.';
comment on column cross_check_subject.part is 'Which of several things about it: a license type code, or a recipient. Empty where there is only one.';
create trigger cross_check_subject_fixed before update or truncate on cross_check_subject
  for each statement execute function refuse_change();

create table cross_check_task (
  run_id     uuid not null references cross_check_run,
  number     integer not null check (number > 0),
  first      integer not null check (first > 0),
  last       integer not null check (last >= first),
  state      text not null check (state in ('WAITING', 'DONE')),
  fence      bigint not null default 0 check (fence >= 0),
  holder     text,
  held_until timestamptz,
  not_before timestamptz,
  tries      smallint not null default 0 check (tries between 0 and 100),
  primary key (run_id, number),
  check ((holder is null) = (held_until is null)),
  check (state = 'WAITING' or holder is null)
);
create index cross_check_task_waiting on cross_check_task (run_id, number) where state = 'WAITING';
comment on table  cross_check_task is 'A page of the subjects of a run, worked on by whichever worker holds its lease. What is done of it is what cross_check_observation has.';
comment on column cross_check_task.run_id is 'The run.';
comment on column cross_check_task.number is 'Counts from 1.';
comment on column cross_check_task.first is 'First subject of the page, by number.';
comment on column cross_check_task.last is 'Last subject of the page, by number.';
comment on column cross_check_task.state is 'WAITING to be worked on or under way, or DONE: every subject has its observation.';
comment on column cross_check_task.fence is 'Counts the workers that took it. Who shows an older number can record nothing.';
comment on column cross_check_task.holder is 'Worker that has it. Null while none has.';
comment on column cross_check_task.held_until is 'Until when the worker has it unless it is heard of again; database clock. Null while none has.';
comment on column cross_check_task.not_before is 'Left alone until then, because a source cannot be asked; database clock. Null where it can.';
comment on column cross_check_task.tries is 'Times that asking failed for a reason that may be the subject''s own.';

create table cross_check_observation (
  run_id      uuid not null,
  number      integer not null,
  outcome     text not null check (outcome in ('MATCHED', 'DIFFERING', 'INCONCLUSIVE')),
  cause       text check (length(cause) between 1 and 200),
  status      text check (length(status) between 1 and 40),
  evidence    uuid[] not null,
  told        jsonb check (jsonb_typeof(told) = 'array'),
  observed_at timestamptz not null,
  primary key (run_id, number),
  foreign key (run_id, number) references cross_check_subject,
  constraint cross_check_observation_cause check ((outcome = 'INCONCLUSIVE') = (cause is not null)),
  constraint cross_check_observation_told check (outcome = 'DIFFERING' or told is null)
);
comment on table  cross_check_observation is 'What a run met at one subject: once, whatever became of the workers. Never changed; deleted by retention only.';
comment on column cross_check_observation.run_id is 'The run.';
comment on column cross_check_observation.number is 'The subject.';
comment on column cross_check_observation.outcome is 'MATCHED, DIFFERING, or INCONCLUSIVE: nobody said anything that counts.';
comment on column cross_check_observation.cause is 'Why it is inconclusive: a fault code or a stable word. Null exactly where it is not.';
comment on column cross_check_observation.status is 'Status of the record, as a code. Null where none was told.';
comment on column cross_check_observation.evidence is 'Evidence it rests on. Empty where nobody answered, or nobody was asked.';
comment on column cross_check_observation.told is 'SourceObservation of src/model/verification.ts, of what differs. Null where nothing does.';
comment on column cross_check_observation.observed_at is 'Hub clock, UTC.';
create trigger cross_check_observation_fixed before update or truncate on cross_check_observation
  for each statement execute function refuse_change();

create table cross_check_difference (
  run_id     uuid not null,
  number     integer not null,
  class      text not null check (class in
    ('MISSING_IN_SOURCE', 'MISSING_IN_HUB', 'FIELD_CHANGED', 'STATUS_CHANGED', 'DUPLICATE_KEY',
     'UNPARSEABLE', 'IN_FLIGHT', 'COMMITMENT_UNSUPPORTED', 'UNACKNOWLEDGED_PUSH')),
  field      text not null,
  value_from text not null,
  value_to   text not null,
  primary key (run_id, number, class, field),
  foreign key (run_id, number) references cross_check_observation on delete cascade
);
comment on table  cross_check_difference is 'One thing that is not as it should be at one subject of a run. Codes only, never a value. Never changed; deleted by retention only.';
comment on column cross_check_difference.run_id is 'The run.';
comment on column cross_check_difference.number is 'The subject.';
comment on column cross_check_difference.class is 'CrossCheckClass of the schema.';
comment on column cross_check_difference.field is 'The field it is about. Empty where it is about the whole record.';
comment on column cross_check_difference.value_from is 'Code of what was met before, or on the left. Empty where there is none.';
comment on column cross_check_difference.value_to is 'Code of what was met now, or on the right. Empty where there is none.';
create trigger cross_check_difference_fixed before update or truncate on cross_check_difference
  for each statement execute function refuse_change();

create table cross_check_latest (
  check_id      uuid not null references cross_check,
  commitment_id uuid not null references commitment,
  part          text not null,
  status        text,
  status_before text,
  record_key    text check (length(record_key) between 1 and 128),
  observed_on   date not null,
  primary key (check_id, commitment_id, part)
);
comment on table  cross_check_latest is 'What was last met at a commitment: from which a change of status is told, and when it is due again. The sum of its observations.';
comment on column cross_check_latest.check_id is 'The cross-check.';
comment on column cross_check_latest.commitment_id is 'The commitment.';
comment on column cross_check_latest.part is 'As in cross_check_subject.';
comment on column cross_check_latest.status is 'Last status that was told. Null where none was.';
comment on column cross_check_latest.status_before is 'The one before, which differs. Null where there was none.';
comment on column cross_check_latest.record_key is 'Identifier (电子证照标识) of the license that was met, by which it is asked for the next time. Null where none was told.';
comment on column cross_check_latest.observed_on is 'Business day of the last answer, Asia/Shanghai.';

create table cross_check_finding (
  id             uuid primary key,
  check_id       uuid not null references cross_check,
  commitment_id  uuid not null references commitment,
  part           text not null,
  class          text not null,
  field          text not null,
  value_from     text not null,
  value_to       text not null,
  agency_code    text not null,
  opened_at      timestamptz not null,
  state          text not null check (state in
    ('NEW', 'PERSISTING', 'RESOLVED', 'REOPENED', 'FLAPPING', 'ACCEPTED')),
  version        integer not null check (version > 0),
  owner_code     text not null,
  nights         integer not null check (nights > 0),
  steady         integer not null,
  reopened       integer not null check (reopened >= 0),
  accepted_until date,
  due_from       date,
  due_days       integer not null check (due_days between 0 and 365),
  due_on         date,
  due_is_provisional boolean,
  constraint cross_check_finding_once unique (check_id, commitment_id, part, class, field, value_to),
  constraint cross_check_finding_accepted check ((state = 'ACCEPTED') = (accepted_until is not null)),
  constraint cross_check_finding_due check (
    (due_on is null) = (due_from is null) and (due_on is null) = (due_is_provisional is null))
);
create index cross_check_finding_newest on cross_check_finding (opened_at desc, id desc);
create index cross_check_finding_owner on cross_check_finding (owner_code, state);
create index cross_check_finding_agency on cross_check_finding (agency_code, opened_at desc, id desc);
create index cross_check_finding_open on cross_check_finding (check_id, commitment_id) where state <> 'RESOLVED';
comment on table  cross_check_finding is 'A difference and its life across nights. The same difference is one finding, however often it is met; the sum of cross_check_finding_event.';
comment on column cross_check_finding.id is 'Shown to callers.';
comment on column cross_check_finding.check_id is 'The cross-check that met it.';
comment on column cross_check_finding.commitment_id is 'The commitment it touches.';
comment on column cross_check_finding.part is 'As in cross_check_subject.';
comment on column cross_check_finding.class is 'CrossCheckClass of the schema.';
comment on column cross_check_finding.field is 'The field. Empty for the whole record.';
comment on column cross_check_finding.value_from is 'Code of what was met before, or on the left. Empty where there is none.';
comment on column cross_check_finding.value_to is 'Code of what was met now, or on the right. Empty where there is none.';
comment on column cross_check_finding.agency_code is 'Agency that accepted the commitment.';
comment on column cross_check_finding.opened_at is 'Hub clock, UTC.';
comment on column cross_check_finding.state is 'The state after its last event.';
comment on column cross_check_finding.version is 'Counts its events.';
comment on column cross_check_finding.owner_code is 'Agency that has to look into it.';
comment on column cross_check_finding.nights is 'Runs that met it.';
comment on column cross_check_finding.steady is 'Of a flapping one, runs in a row that met it; negative where they did not. 0 otherwise.';
comment on column cross_check_finding.reopened is 'Times it came back.';
comment on column cross_check_finding.accepted_until is 'Last day on which it is accepted. Null unless it is.';
comment on column cross_check_finding.due_from is 'Day from which its time counts. Null while nothing is left to do.';
comment on column cross_check_finding.due_days is 'Working days it may take.';
comment on column cross_check_finding.due_on is 'Business day by which it is to be looked into. Null while nothing is left to do.';
comment on column cross_check_finding.due_is_provisional is 'True while a day was counted whose arrangement is not published.';

create table cross_check_finding_event (
  finding_id uuid not null references cross_check_finding,
  number     integer not null check (number > 0),
  step       text check (step in
    ('SEE', 'MISS', 'FLAP', 'STAY', 'SETTLE', 'END', 'ACCEPT', 'LAPSE', 'ASSIGN')),
  state      text not null,
  run_id     uuid references cross_check_run,
  at         timestamptz not null,
  by         text not null,
  reason     text check (length(reason) between 1 and 1000),
  until      date,
  owner_code text,
  primary key (finding_id, number),
  constraint cross_check_finding_event_run_once unique (finding_id, run_id),
  check ((number = 1) = (step is null))
);
comment on table  cross_check_finding_event is 'What happened to a finding, at most once a run. Append-only.';
comment on column cross_check_finding_event.finding_id is 'The finding.';
comment on column cross_check_finding_event.number is 'Counts from 1; the version of the finding after it.';
comment on column cross_check_finding_event.step is 'CrossCheckFindingStep of the schema. Null for the first sight.';
comment on column cross_check_finding_event.state is 'The state after it.';
comment on column cross_check_finding_event.run_id is 'The run that met it or did not. Null where an officer acted.';
comment on column cross_check_finding_event.at is 'Hub clock, UTC.';
comment on column cross_check_finding_event.by is 'Officer as the identity provider names them, or job:cross-check.';
comment on column cross_check_finding_event.reason is 'Why, in the officer''s words. Null where the step needs none.';
comment on column cross_check_finding_event.until is 'Last day of an acceptance. Null for other steps.';
comment on column cross_check_finding_event.owner_code is 'Agency it was given to. Null for other steps.';
create trigger cross_check_finding_event_append_only before update or delete or truncate on cross_check_finding_event
  for each statement execute function refuse_change();

create table verification_task (
  id                 uuid primary key,
  finding_id         uuid not null references cross_check_finding,
  opening            integer not null check (opening >= 0),
  agency_code        text not null,
  commitment_id      uuid not null references commitment,
  opened_at          timestamptz not null,
  due_from           date not null,
  due_days           integer not null check (due_days between 0 and 365),
  due_on             date not null,
  due_is_provisional boolean not null,
  constraint verification_task_once unique (finding_id, opening)
);
create index verification_task_due on verification_task (agency_code, due_on, id);
comment on table  verification_task is 'A commitment is to be verified again (重新核查), because a finding touches it. It is done by a verification of its subject in its case that was asked later. Never a breach.';
comment on column verification_task.id is 'Shown to callers.';
comment on column verification_task.finding_id is 'The finding.';
comment on column verification_task.opening is '0 for the first sight of the finding, and so many times it came back.';
comment on column verification_task.agency_code is 'Agency that accepted the commitment and has to verify.';
comment on column verification_task.commitment_id is 'The commitment.';
comment on column verification_task.opened_at is 'Hub clock, UTC.';
comment on column verification_task.due_from is 'Day from which its time counts.';
comment on column verification_task.due_days is 'Working days it may take.';
comment on column verification_task.due_on is 'Business day by which to verify.';
comment on column verification_task.due_is_provisional is 'True while a day was counted whose arrangement is not published.';
