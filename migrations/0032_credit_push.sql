-- Records of commitments on their way to the credit platform and whoever else takes them.

create table credit_push (
  id                 uuid primary key,
  commitment_id      uuid not null references commitment,
  commitment_version integer not null check (commitment_version > 0),
  agency_code        text not null,
  recipient          text not null check (recipient <> ''),
  told               jsonb not null check (jsonb_typeof(told) = 'object'),
  record             jsonb check (jsonb_typeof(record) = 'object'),
  state              text not null check (state in
    ('QUEUED', 'TAKEN', 'ACKNOWLEDGED', 'PROBLEM', 'SUPERSEDED')),
  version            integer not null check (version > 0),
  reference          text,
  field              text,
  reason             text,
  attempts           integer not null check (attempts >= 0),
  last_fault         text,
  next_at            timestamptz,
  created_at         timestamptz not null,
  changed_at         timestamptz not null,
  constraint credit_push_once unique (commitment_id, commitment_version, recipient),
  check ((state in ('QUEUED', 'TAKEN')) = (next_at is not null)),
  check ((state = 'PROBLEM') = (reason is not null))
);
create index credit_push_due on credit_push (next_at) where next_at is not null;
create index credit_push_newest on credit_push (agency_code, created_at desc, id desc);
create index credit_push_commitment on credit_push (commitment_id, recipient);
comment on table  credit_push is 'One record (信用承诺信息) of a commitment for one recipient, and how far it has come. What happened to it stands in credit_push_event.';
comment on column credit_push.id is 'Shown to callers.';
comment on column credit_push.commitment_id is 'The commitment it tells of.';
comment on column credit_push.commitment_version is 'Version of the commitment that it tells.';
comment on column credit_push.agency_code is 'Agency that accepted the commitment.';
comment on column credit_push.recipient is 'Id of the registered source that takes it.';
comment on column credit_push.told is 'The commitment as it stood when this was queued, and what was not kept of it.';
comment on column credit_push.record is 'CommitmentRecord of src/model/commitment-record.ts, as it is sent. Null before it is first sent.';
comment on column credit_push.state is 'QUEUED to be sent, TAKEN by the recipient, ACKNOWLEDGED, on the PROBLEM list, or SUPERSEDED by a newer record.';
comment on column credit_push.version is 'Counts the steps so far.';
comment on column credit_push.reference is 'Receipt of the recipient. Null before it took the record.';
comment on column credit_push.field is 'Field to blame. Null where none is named.';
comment on column credit_push.reason is 'Why it is on the problem list. Null unless it is.';
comment on column credit_push.attempts is 'Attempts begun, counted before the first byte leaves.';
comment on column credit_push.last_fault is 'Fault code of the last attempt that came to nothing. Null where there was none.';
comment on column credit_push.next_at is 'When to send, or to ask what became of it; database clock. Null where nothing is left to do.';
comment on column credit_push.created_at is 'Hub clock, UTC.';
comment on column credit_push.changed_at is 'Hub clock, UTC, of the last step.';

create table credit_push_event (
  push_id uuid not null references credit_push,
  number  integer not null check (number > 0),
  state   text not null check (state in
    ('QUEUED', 'TAKEN', 'ACKNOWLEDGED', 'PROBLEM', 'SUPERSEDED')),
  at      timestamptz not null,
  by      text not null,
  field   text,
  reason  text,
  primary key (push_id, number)
);
comment on table  credit_push_event is 'What happened to a record on its way. Append-only.';
comment on column credit_push_event.push_id is 'The record.';
comment on column credit_push_event.number is 'Counts from 1.';
comment on column credit_push_event.state is 'The state after it.';
comment on column credit_push_event.at is 'Hub clock, UTC.';
comment on column credit_push_event.by is 'Officer as the identity provider names them, or job:credit-push.';
comment on column credit_push_event.field is 'Field to blame. Null where none is named.';
comment on column credit_push_event.reason is 'In the words of the recipient, of the hub, or of the officer. Null where there is none.';
create trigger credit_push_event_append_only before update or delete or truncate on credit_push_event
  for each statement execute function refuse_change();
