-- Lists of subjects that are verified by a job (批量核查), row by row.

create table bulk (
  id             uuid primary key,
  agency_code    text not null,
  number         text not null check (length(number) between 1 and 58),
  matter_code    text not null,
  matter_version integer not null,
  legal_basis    text not null check (length(legal_basis) between 1 and 512),
  accepted_on    date not null,
  opened_at      timestamptz not null,
  opened_by      text not null,
  asked_by       text,
  state          text not null check (state in
    ('OPENED', 'CHECKED', 'RUNNING', 'WAITING', 'PAUSED', 'DONE', 'CANCELED')),
  version        integer not null check (version > 0),
  file_digest    text check (file_digest ~ '^[0-9a-f]{64}$'),
  file_bytes     integer check (file_bytes >= 0),
  skips_rejects  boolean,
  waits_for      text,
  waits_because  text,
  retry_at       timestamptz,
  holder         uuid,
  held_until     timestamptz,
  foreign key (matter_code, matter_version) references matter_version,
  constraint bulk_number_once unique (agency_code, number),
  constraint bulk_file_at_once check (
    (file_digest is null) = (file_bytes is null) and (file_digest is null) = (skips_rejects is null)
  ),
  constraint bulk_file_before_check check (state in ('OPENED', 'CANCELED') or file_digest is not null),
  constraint bulk_waits_for_something check (
    (state = 'WAITING') = (retry_at is not null) and (state = 'WAITING') = (waits_because is not null)
  ),
  check ((holder is null) = (held_until is null))
);
create index bulk_newest on bulk (agency_code, opened_at desc, id desc);
create index bulk_to_run on bulk (opened_at, id) where state in ('RUNNING', 'WAITING');
comment on table  bulk is 'One list (批量核查): a matter, a legal basis, and the subjects of a file. What was done with it stands in bulk_event, its subjects in cases of their own.';
comment on column bulk.id is 'Shown to callers.';
comment on column bulk.agency_code is 'Agency that opened it; no other sees it.';
comment on column bulk.number is 'The agency''s own number of the list (核查批次号); the numbers of its cases begin with it.';
comment on column bulk.matter_code is 'Matter by whose policy every row is verified.';
comment on column bulk.matter_version is 'Version in force on accepted_on.';
comment on column bulk.legal_basis is 'Law and article on which the agency asks.';
comment on column bulk.accepted_on is 'Business day that counts as the day of acceptance, Asia/Shanghai.';
comment on column bulk.opened_at is 'Hub clock, UTC.';
comment on column bulk.opened_by is 'Officer as the identity provider names them.';
comment on column bulk.asked_by is 'Officer who started it and in whose name sources are asked. Null before.';
comment on column bulk.state is 'OPENED without a file, CHECKED, RUNNING, WAITING for a source, PAUSED by an officer, DONE or CANCELED.';
comment on column bulk.version is 'Counts the steps so far.';
comment on column bulk.file_digest is 'SHA-256 of the file exactly as received, hex. Null before it was taken in.';
comment on column bulk.file_bytes is 'Length of the file. Null before it was taken in.';
comment on column bulk.skips_rejects is 'Whether the officer had the rows that cannot be read left out. Null before the file was taken in.';
comment on column bulk.waits_for is 'Id of the source that is waited for. Null where none is to blame.';
comment on column bulk.waits_because is 'Fault code, with finer reason, of what is waited for. Null unless it waits.';
comment on column bulk.retry_at is 'When it goes on by itself; hub clock, UTC. Null unless it waits.';
comment on column bulk.holder is 'The run that works on it. Null while none does.';
comment on column bulk.held_until is 'Until when the run holds it unless it is heard of again; database clock.';

create table bulk_row (
  bulk_id         uuid not null references bulk,
  line            integer not null check (line > 0),
  subject_id      uuid not null references case_subject,
  claims          jsonb not null check (jsonb_typeof(claims) = 'array'),
  state           text not null check (state in ('WAITING', 'CONCLUDED', 'SKIPPED')),
  isolation       smallint not null default 0 check (isolation between 0 and 2),
  tries           smallint not null default 0 check (tries between 0 and 3),
  claimed_by      uuid,
  fault           text,
  verification_id uuid references verification,
  verdict_code    text check (verdict_code in
    ('CONFIRMED', 'REFUTED', 'CONFLICTING', 'INCONCLUSIVE', 'PENDING', 'UNAVAILABLE', 'EXEMPT')),
  ended_at        timestamptz,
  primary key (bulk_id, line),
  constraint bulk_row_verification_once unique (verification_id),
  constraint bulk_row_subject_once unique (subject_id),
  constraint bulk_row_concluded check (
    (state = 'CONCLUDED') = (verification_id is not null)
    and (state = 'CONCLUDED') = (verdict_code is not null)
  ),
  constraint bulk_row_skipped_says_why check (state <> 'SKIPPED' or fault is not null),
  constraint bulk_row_ended check ((state = 'WAITING') = (ended_at is null))
);
create index bulk_row_next on bulk_row (bulk_id, isolation, line) where state = 'WAITING';
create index bulk_row_progress on bulk_row (bulk_id, state, verdict_code, ended_at);
comment on table  bulk_row is 'One row of a list. Its name and code stand with its subject, its conclusion with its verification.';
comment on column bulk_row.bulk_id is 'The list.';
comment on column bulk_row.line is 'Line of the file, from 1 with the heading, as an editor shows it.';
comment on column bulk_row.subject_id is 'Subject of one of the cases of the list.';
comment on column bulk_row.claims is 'Claims: requirement, field, value.';
comment on column bulk_row.state is 'WAITING to be asked about, CONCLUDED by a verdict, or SKIPPED because asking fails for this row alone.';
comment on column bulk_row.isolation is '0: asked together with many; 1: with few; 2: alone, because it may be what makes asking fail.';
comment on column bulk_row.tries is 'Times it was asked about alone and failed for its own sake.';
comment on column bulk_row.claimed_by is 'The run that asks about it. One of a run that has ended was interrupted.';
comment on column bulk_row.fault is 'Why asking failed last; why it is skipped. Null where it did not.';
comment on column bulk_row.verification_id is 'Its verification. Null exactly until it is concluded.';
comment on column bulk_row.verdict_code is 'The first verdict; a later one stands with the verification.';
comment on column bulk_row.ended_at is 'Hub clock, UTC. Null while it waits.';

create table bulk_reject (
  bulk_id uuid not null references bulk,
  number  integer not null check (number > 0),
  line    integer not null check (line > 0),
  field   text,
  reason  text not null check (reason <> ''),
  message text not null,
  primary key (bulk_id, number)
);
comment on table  bulk_reject is 'A row of the file that cannot be asked about, left out because the officer said so. Holds no value of it.';
comment on column bulk_reject.bulk_id is 'The list.';
comment on column bulk_reject.number is 'Counts from 1 in the order of the file.';
comment on column bulk_reject.line is 'Line of the file, from 1 with the heading.';
comment on column bulk_reject.field is 'Column to blame. Null for the whole row.';
comment on column bulk_reject.reason is 'Stable word for why.';
comment on column bulk_reject.message is 'What to do, in a sentence.';

create table bulk_event (
  bulk_id uuid not null references bulk,
  number  integer not null check (number > 0),
  step    text check (step in ('CHECK', 'START', 'PAUSE', 'RESUME', 'WAIT', 'FINISH', 'CANCEL')),
  state   text not null,
  at      timestamptz not null,
  by      text not null,
  reason  text,
  primary key (bulk_id, number)
);
comment on table  bulk_event is 'What was done with a list, by whom. Append-only.';
comment on column bulk_event.bulk_id is 'The list.';
comment on column bulk_event.number is 'Counts from 1; the version of the list after it.';
comment on column bulk_event.step is 'BulkStep of the schema. Null for the opening.';
comment on column bulk_event.state is 'The state after it.';
comment on column bulk_event.at is 'Hub clock, UTC.';
comment on column bulk_event.by is 'Officer as the identity provider names them, or job:bulk.';
comment on column bulk_event.reason is 'Fault that is waited for. Null for other steps.';
create trigger bulk_event_append_only before update or delete or truncate on bulk_event
  for each statement execute function refuse_change();

alter table case_file add column bulk_id uuid references bulk;
create index case_file_newest_own on case_file (agency_code, opened_at desc, id desc) where bulk_id is null;
comment on column case_file.bulk_id is 'List whose rows it holds. Null for a case an officer opened.';
