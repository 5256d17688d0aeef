-- The life of requests for assistance: events are the truth, the standing is their sum.

alter table assistance_request alter column verification_id drop not null;
alter table assistance_request add column parent_id uuid references assistance_request;
alter table assistance_request add column attempt integer not null default 1 check (attempt > 0);
alter table assistance_request add column item_code text;
alter table assistance_request add column item_version integer;
alter table assistance_request drop constraint assistance_request_once;
create unique index assistance_request_once
  on assistance_request (case_id, subject_id, requirement, attempt) where parent_id is null;
create index assistance_request_parent on assistance_request (parent_id) where parent_id is not null;
comment on column assistance_request.verification_id is 'Verification that waits for the answer. Null where an officer asked without one.';
comment on column assistance_request.assisting_agency is 'Unified social credit code of the agency that is asked first; assistance_standing tells which one has it now.';
comment on column assistance_request.due_on is 'Last working day for the reply as it was counted first; assistance_standing tells the one that counts.';
comment on column assistance_request.due_is_provisional is 'True when due_on lies beyond the published working-day calendar.';
comment on column assistance_request.parent_id is 'Request that this one is a part of (拆分). Null for a whole one.';
comment on column assistance_request.attempt is 'Counts from 1; the same is asked again only after it was withdrawn.';
comment on column assistance_request.item_code is 'Entry of the list of assistance that it follows. Null where the list has none.';
comment on column assistance_request.item_version is 'Its version. Null where the list has none.';

create table assistance_item (
  code                text not null check (code ~ '^[a-z0-9-]{1,64}$'),
  version             integer not null check (version > 0),
  title               text not null check (length(title) between 1 and 200),
  assisting_agency    text not null,
  legal_basis         text not null check (length(legal_basis) between 1 and 500),
  contact             text not null check (length(contact) between 1 and 200),
  questions           jsonb not null check (jsonb_typeof(questions) = 'array'),
  limits              jsonb not null check (jsonb_typeof(limits) = 'object'),
  minutes_per_request integer not null check (minutes_per_request between 1 and 10000),
  effective_from      date not null,
  published_at        timestamptz not null,
  published_by        text not null,
  primary key (code, version)
);
create index assistance_item_agency on assistance_item (assisting_agency);
comment on table  assistance_item is 'The list of assistance (行政协助事项清单): what an agency answers, on which basis, how soon. Append-only by version.';
comment on column assistance_item.code is 'Stable over versions.';
comment on column assistance_item.version is 'Counts from 1.';
comment on column assistance_item.title is 'What is asked, Chinese.';
comment on column assistance_item.assisting_agency is 'Unified social credit code of the agency that answers.';
comment on column assistance_item.legal_basis is 'Law and article.';
comment on column assistance_item.contact is 'Desk and telephone, no person.';
comment on column assistance_item.questions is 'Question set: code and text.';
comment on column assistance_item.limits is 'AssistanceLimits of src/model/assistance-item.ts, working days.';
comment on column assistance_item.minutes_per_request is 'What one answer by hand costs, minutes.';
comment on column assistance_item.effective_from is 'First day it holds, Asia/Shanghai.';
comment on column assistance_item.published_at is 'Hub clock, UTC.';
comment on column assistance_item.published_by is 'Account as the identity provider names it.';
create trigger assistance_item_append_only before update or delete or truncate on assistance_item
  for each statement execute function refuse_change();

create table assistance_event (
  request_id      uuid not null references assistance_request,
  number          integer not null check (number > 0),
  step            text not null,
  state           text not null,
  at              timestamptz not null,
  "on"            date not null,
  agency_code     text not null,
  by              text not null,
  facts           jsonb not null check (jsonb_typeof(facts) = 'object'),
  idempotency_key text check (length(idempotency_key) between 1 and 64),
  primary key (request_id, number),
  constraint assistance_event_key_once unique (request_id, idempotency_key)
);
comment on table  assistance_event is 'Everything that was done to a request for assistance, in order. The request is the sum of it. Append-only.';
comment on column assistance_event.request_id is 'The request.';
comment on column assistance_event.number is 'Counts from 1; the version after it.';
comment on column assistance_event.step is 'AssistanceStep of src/model/assistance-life.ts.';
comment on column assistance_event.state is 'AssistanceState after it.';
comment on column assistance_event.at is 'Hub clock, UTC.';
comment on column assistance_event."on" is 'Business day of it, Asia/Shanghai.';
comment on column assistance_event.agency_code is 'Agency that did it.';
comment on column assistance_event.by is 'Account as the identity provider names it, or job.';
comment on column assistance_event.facts is 'AssistanceFacts of src/model/assistance-record.ts: what the step brought with it.';
comment on column assistance_event.idempotency_key is 'Chosen by the caller; the same key is the same step. Null where there is none.';
create trigger assistance_event_append_only before update or delete or truncate on assistance_event
  for each statement execute function refuse_change();

create table assistance_standing (
  request_id         uuid primary key references assistance_request,
  state              text not null,
  version            integer not null check (version >= 0),
  assisting_agency   text not null,
  owner_agency       text,
  coordinator_agency text,
  due_on             date not null,
  due_is_provisional boolean not null,
  is_open            boolean not null,
  standing           jsonb not null check (jsonb_typeof(standing) = 'object')
);
create index assistance_standing_inbox on assistance_standing (assisting_agency, state);
create index assistance_standing_coordinator on assistance_standing (coordinator_agency, state) where coordinator_agency is not null;
create index assistance_standing_open on assistance_standing (request_id) where is_open;
comment on table  assistance_standing is 'What the events of a request come to, for finding it. Can be made anew from them at any time.';
comment on column assistance_standing.request_id is 'The request.';
comment on column assistance_standing.state is 'AssistanceState of src/model/assistance-life.ts.';
comment on column assistance_standing.version is 'Number of its last event. 0 for a draft, to which nothing has happened.';
comment on column assistance_standing.assisting_agency is 'The agency that has to assist now.';
comment on column assistance_standing.owner_agency is 'The one agency whose turn it is. Null where it is over or nobody coordinates.';
comment on column assistance_standing.coordinator_agency is 'Justice bureau that coordinates. Null until somebody has to.';
comment on column assistance_standing.due_on is 'Last working day for the reply, Asia/Shanghai; counted anew when the calendar changes.';
comment on column assistance_standing.due_is_provisional is 'True when due_on lies beyond the published working-day calendar.';
comment on column assistance_standing.is_open is 'False where nothing can follow.';
comment on column assistance_standing.standing is 'AssistanceStanding of src/model/assistance-standing.ts.';

create table assistance_alarm (
  request_id uuid not null references assistance_request,
  kind       text not null check (kind in
    ('REMINDER_HALF', 'REMINDER_LATE', 'ESCALATED_TO_COORDINATOR', 'ESCALATED_TO_SUPERIOR')),
  turn       integer not null check (turn > 0),
  to_agency  text,
  due_on     date not null,
  raised_at  timestamptz not null,
  primary key (request_id, kind, turn)
);
create index assistance_alarm_to on assistance_alarm (to_agency, raised_at desc);
comment on table  assistance_alarm is 'Somebody was reminded of a turn, or told that nobody took it (催办). Each once for each turn. Append-only.';
comment on column assistance_alarm.request_id is 'The request.';
comment on column assistance_alarm.kind is 'At 50 % and 80 % of the turn, and one and three working days after its due day.';
comment on column assistance_alarm.turn is 'Version by which the turn began.';
comment on column assistance_alarm.to_agency is 'Who is told. Null where no justice bureau is registered: the operator is.';
comment on column assistance_alarm.due_on is 'Due day of the turn.';
comment on column assistance_alarm.raised_at is 'Hub clock, UTC.';
create trigger assistance_alarm_append_only before update or delete or truncate on assistance_alarm
  for each statement execute function refuse_change();

alter table assistance_reply drop constraint assistance_reply_pkey;
alter table assistance_reply add column number integer not null default 1 check (number > 0);
alter table assistance_reply add column attachments jsonb not null default '[]'
  check (jsonb_typeof(attachments) = 'array');
alter table assistance_reply add primary key (request_id, number);
comment on column assistance_reply.number is 'Version of the request that it made; the last one counts.';
comment on column assistance_reply.attachments is 'Documents that go with it: name, SHA-256 and length.';

alter table verdict drop constraint verdict_cause_check;
alter table verdict add constraint verdict_cause_check
  check (cause in ('ASKED', 'ASSISTANCE_REPLIED', 'ASSISTANCE_UNANSWERED', 'ANSWER_CAME_LATE'));
comment on column verdict.cause is 'Why it was judged: asked, a reply came in, none came or will come, or a slow source answered at last.';

-- Requests from before: what is known of them becomes events; their due day stays as agreed.
insert into assistance_event (request_id, number, step, state, at, "on", agency_code, by, facts)
select id, 1, 'SUBMIT', 'SUBMITTED', submitted_at, (submitted_at at time zone 'Asia/Shanghai')::date,
  asking_agency, submitted_by,
  jsonb_build_object('note', null, 'toAgency', assisting_agency, 'coordinator', null,
    'limits', jsonb_build_object('accept', 1, 'reply', 3, 'extension', 0, 'clarify', 2,
      'supplement', 2, 'confirm', 3, 'decide', 5),
    'date', due_on, 'ground', null, 'given', null, 'rating', null, 'presumed', false)
from assistance_request;
insert into assistance_event (request_id, number, step, state, at, "on", agency_code, by, facts)
select request_id, 2, 'ACCEPT', 'IN_PROGRESS', replied_at,
  (replied_at at time zone 'Asia/Shanghai')::date, assisting_agency, replied_by,
  jsonb_build_object('note', null, 'toAgency', null, 'coordinator', null, 'limits', null,
    'date', null, 'ground', null, 'given', null, 'rating', null, 'presumed', false)
from assistance_reply
join assistance_request on assistance_request.id = request_id;
insert into assistance_event (request_id, number, step, state, at, "on", agency_code, by, facts)
select request_id, 3, 'REPLY', 'REPLIED', replied_at,
  (replied_at at time zone 'Asia/Shanghai')::date, assisting_agency, replied_by,
  jsonb_build_object('note', null, 'toAgency', null, 'coordinator', null, 'limits', null,
    'date', null, 'ground', null,
    'given', jsonb_build_object('answers', answers, 'answererName', answerer_name, 'asOf', as_of,
      'attachments', '[]'::jsonb),
    'rating', null, 'presumed', false)
from assistance_reply
join assistance_request on assistance_request.id = request_id;
insert into assistance_standing (
  request_id, state, version, assisting_agency, owner_agency, coordinator_agency, due_on,
  due_is_provisional, is_open, standing
)
select request.id, last.state, last.number, assisting_agency,
  case last.state when 'REPLIED' then asking_agency else assisting_agency end, null, due_on,
  due_is_provisional, true,
  jsonb_build_object(
    'state', last.state, 'version', last.number, 'since', last."on", 'askingAgency', asking_agency,
    'assistingAgency', assisting_agency, 'coordinator', null,
    'visited', jsonb_build_array(assisting_agency),
    'limits', jsonb_build_object('accept', 1, 'reply', 3, 'extension', 0, 'clarify', 2,
      'supplement', 2, 'confirm', 3, 'decide', 5),
    'clock', jsonb_build_object(
      'start', (submitted_at at time zone 'Asia/Shanghai')::date, 'from', due_on,
      'workingDays', 0, 'ledgerFrom', 0, 'version', 1),
    'submittedOn', (submitted_at at time zone 'Asia/Shanghai')::date,
    'sinceVersion', last.number, 'rating', null,
    'ledger', case last.state when 'REPLIED' then jsonb_build_array(
        jsonb_build_object('kind', 'RUN',
          'from', (submitted_at at time zone 'Asia/Shanghai')::date, 'through', last."on"),
        jsonb_build_object('kind', 'PAUSE', 'from', last."on", 'through', null))
      else jsonb_build_array(jsonb_build_object('kind', 'RUN',
          'from', (submitted_at at time zone 'Asia/Shanghai')::date, 'through', null)) end,
    'isExtended', false, 'proposedOn', null, 'agreedOn', null,
    'acceptedOn', case last.state when 'REPLIED' then to_jsonb(last."on") else 'null'::jsonb end,
    'repliedOn', case last.state when 'REPLIED' then to_jsonb(last."on") else 'null'::jsonb end,
    'supplements', 0, 'answers', coalesce(reply.answers, '[]'::jsonb), 'proposal', null,
    'refusal', null, 'presumedUnanswered', false)
from assistance_request as request
join lateral (
  select state, number, "on" from assistance_event
  where request_id = request.id order by number desc limit 1
) as last on true
left join assistance_reply as reply on reply.request_id = request.id;
