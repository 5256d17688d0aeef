-- On-site work orders (现场核查工单), and second, independent requests for assistance.

create table work_order (
  id                   uuid primary key,
  order_number         text not null unique,
  agency_code          text not null,
  verification_id      uuid not null references verification,
  case_id              uuid not null references case_file,
  subject_id           uuid not null references case_subject,
  requirement          text not null,
  attempt              integer not null check (attempt between 1 and 4),
  origin               text not null check (origin in ('LADDER', 'OFFICER')),
  reason               text check (length(reason) between 1 and 1000),
  questions            jsonb not null check (jsonb_typeof(questions) = 'array'),
  clock                jsonb not null check (jsonb_typeof(clock) = 'object'),
  made_at              timestamptz not null,
  made_by              text not null,
  constraint work_order_once unique (case_id, subject_id, requirement, attempt),
  check ((origin = 'OFFICER') = (reason is not null))
);
create index work_order_newest on work_order (agency_code, made_at desc, id desc);
create index work_order_verification on work_order (verification_id);
comment on table  work_order is 'An order to look on the spot (现场核查工单), as it was drafted with its question set. Append-only; what became of it stands in work_order_event.';
comment on column work_order.id is 'Shown to callers; the evidence of what it observed.';
comment on column work_order.order_number is 'Number people use.';
comment on column work_order.agency_code is 'Agency that looks; no other sees it.';
comment on column work_order.verification_id is 'Verification it was made for; others of the same subject join it.';
comment on column work_order.case_id is 'Case that gives the purpose.';
comment on column work_order.subject_id is 'Subject that is looked at.';
comment on column work_order.requirement is 'Requirement of the matter''s policy it would settle.';
comment on column work_order.attempt is 'Counts from 1; at most 4 for one requirement of one subject in one case.';
comment on column work_order.origin is 'LADDER: the ladder came to this rung. OFFICER: an officer wants a further observation.';
comment on column work_order.reason is 'Why an officer wants it. Null for those of the ladder.';
comment on column work_order.questions is 'Question set: code, text, and the field it answers.';
comment on column work_order.clock is 'RungClock of src/model/ladder-clock.ts: its part of the one clock of the ladder. The due day is computed from it, never stored.';
comment on column work_order.made_at is 'Hub clock, UTC.';
comment on column work_order.made_by is 'Officer as the identity provider names them, or hub.';
create trigger work_order_append_only before update or delete or truncate on work_order
  for each statement execute function refuse_change();

create table work_order_event (
  work_order_id   uuid not null references work_order,
  number          integer not null check (number > 0),
  step            text check (step in
    ('ASSIGN', 'REFUSE', 'START', 'REPORT', 'SIGN', 'RETURN', 'CANCEL')),
  state           text not null check (state in
    ('DRAFTED', 'ASSIGNED', 'UNDER_WAY', 'REPORT_PROPOSED', 'REPORTED', 'CANCELED')),
  at              timestamptz not null,
  by              text not null,
  reason          text check (length(reason) between 1 and 1000),
  inspectors      text[] check (cardinality(inspectors) = 2 and inspectors[1] <> inspectors[2]),
  report          jsonb,
  idempotency_key text check (length(idempotency_key) between 1 and 64),
  primary key (work_order_id, number),
  constraint work_order_event_key_once unique (work_order_id, idempotency_key),
  check ((number = 1) = (step is null)),
  check ((step is not distinct from 'ASSIGN') = (inspectors is not null)),
  check ((step is not distinct from 'REPORT') = (report is not null)),
  check (step is null or step not in ('REFUSE', 'RETURN', 'CANCEL') or reason is not null)
);
comment on table  work_order_event is 'What was done with an on-site order, from its draft on. The last one tells its state. Append-only.';
comment on column work_order_event.work_order_id is 'The order.';
comment on column work_order_event.number is 'Counts from 1; the draft is 1.';
comment on column work_order_event.step is 'The step taken. Null for the draft.';
comment on column work_order_event.state is 'The state after it.';
comment on column work_order_event.at is 'Hub clock, UTC.';
comment on column work_order_event.by is 'Account as the identity provider names it, or hub.';
comment on column work_order_event.reason is 'Why, in their words. Null where the step needs none.';
comment on column work_order_event.inspectors is 'The two who look, accounts as the identity provider names them; nobody who handled the case. Null unless assigned.';
comment on column work_order_event.report is 'OnSiteReport of src/model/work-order.ts: results, documents by digest, day. Counts once both have signed.';
comment on column work_order_event.idempotency_key is 'Chosen by the caller; the same key is the same step. Null where there is none.';
create trigger work_order_event_append_only before update or delete or truncate on work_order_event
  for each statement execute function refuse_change();

alter table assistance_request add column independent_of uuid references assistance_request;
alter table assistance_request add column reason text check (length(reason) between 1 and 1000);
alter table assistance_request add constraint assistance_request_independence_has_reason
  check ((independent_of is null) = (reason is null));
comment on column assistance_request.independent_of is 'Answered request of which this one is independent: another person looks. Null for a first one.';
comment on column assistance_request.reason is 'Why a second, independent answer is wanted. Null for a first one.';
comment on column assistance_request.attempt is 'Counts from 1; the same is asked again after it was withdrawn, or independently once it was answered.';

alter table assistance_item add column other_agencies text[] not null default '{}'
  check (cardinality(other_agencies) <= 5);
comment on column assistance_item.other_agencies is 'Unified social credit codes of other agencies that can answer the same independently.';

alter table breach drop constraint breach_check;
comment on column breach.second_id is 'Verification that refuted again, on other evidence; the first one where it rests on two independent observations.';
