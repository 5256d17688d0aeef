-- Requests to other agencies for what no source answers online.

create table assistance_request (
  id                 uuid primary key,
  request_number     text not null unique,
  verification_id    uuid not null references verification,
  case_id            uuid not null references case_file,
  subject_id         uuid not null references case_subject,
  requirement        text not null,
  asking_agency      text not null,
  assisting_agency   text not null,
  source             text not null,
  questions          jsonb not null check (jsonb_typeof(questions) = 'array'),
  due_on             date not null,
  due_is_provisional boolean not null,
  submitted_at       timestamptz not null,
  submitted_by       text not null,
  constraint assistance_request_once unique (case_id, subject_id, requirement)
);
create index assistance_request_inbox on assistance_request (assisting_agency, submitted_at desc, id desc);
create index assistance_request_sent on assistance_request (asking_agency, submitted_at desc, id desc);
create index assistance_request_subject_id on assistance_request (subject_id, submitted_at desc);
comment on table  assistance_request is 'A request for administrative assistance (行政协助), in the inbox of the assisting agency from the moment it is committed. Append-only.';
comment on column assistance_request.id is 'Shown to callers; the key by which delivery and reply are idempotent.';
comment on column assistance_request.request_number is 'Number people use: asking region, date, serial.';
comment on column assistance_request.verification_id is 'Verification that waits for the answer.';
comment on column assistance_request.case_id is 'Case that gives the purpose.';
comment on column assistance_request.subject_id is 'Subject that is asked about.';
comment on column assistance_request.requirement is 'Requirement of the matter''s policy it would answer.';
comment on column assistance_request.asking_agency is 'Unified social credit code of the agency that asks.';
comment on column assistance_request.assisting_agency is 'Unified social credit code of the agency that is asked.';
comment on column assistance_request.source is 'Id of the registered source by which the assisting agency is told.';
comment on column assistance_request.questions is 'Question set: code, text and the claim field it answers.';
comment on column assistance_request.due_on is 'Last working day for the reply, Asia/Shanghai.';
comment on column assistance_request.due_is_provisional is 'True when due_on lies beyond the published working-day calendar.';
comment on column assistance_request.submitted_at is 'Hub clock, UTC.';
comment on column assistance_request.submitted_by is 'Officer as the identity provider names them.';
create trigger assistance_request_append_only before update or delete or truncate on assistance_request
  for each statement execute function refuse_change();

create table assistance_delivery (
  request_id     uuid primary key references assistance_request,
  attempts       integer not null default 0 check (attempts >= 0),
  next_at        timestamptz,
  delivered_at   timestamptz,
  receipt_number text,
  last_fault     text,
  constraint assistance_delivery_receipt check ((delivered_at is null) = (receipt_number is null)),
  constraint assistance_delivery_done check (delivered_at is null or next_at is null)
);
create index assistance_delivery_due on assistance_delivery (next_at) where next_at is not null;
comment on table  assistance_delivery is 'Whether the assisting agency''s own system has been told of a request; the inbox has it either way.';
comment on column assistance_delivery.request_id is 'The request.';
comment on column assistance_delivery.attempts is 'Deliveries tried so far.';
comment on column assistance_delivery.next_at is 'When to try again, database clock. Null when delivered or given up.';
comment on column assistance_delivery.delivered_at is 'When the system acknowledged. Null while it has not.';
comment on column assistance_delivery.receipt_number is 'Its receipt. Null while it has not acknowledged.';
comment on column assistance_delivery.last_fault is 'Fault code of the last attempt. Null when there was none.';

create table assistance_reply (
  request_id    uuid primary key references assistance_request,
  answers       jsonb not null check (jsonb_typeof(answers) = 'array'),
  answerer_name text not null check (length(answerer_name) between 1 and 64),
  as_of         date not null,
  replied_at    timestamptz not null,
  replied_by    text not null
);
comment on table  assistance_reply is 'What a person at the assisting agency found. Append-only.';
comment on column assistance_reply.request_id is 'The request it answers.';
comment on column assistance_reply.answers is 'Question code, answer code and note, one each, in the order of the questions.';
comment on column assistance_reply.answerer_name is 'Who looked it up, as they signed.';
comment on column assistance_reply.as_of is 'Business day whose holdings were looked at, Asia/Shanghai.';
comment on column assistance_reply.replied_at is 'Hub clock, UTC.';
comment on column assistance_reply.replied_by is 'Account that replied, as the identity provider names it.';
create trigger assistance_reply_append_only before update or delete or truncate on assistance_reply
  for each statement execute function refuse_change();
