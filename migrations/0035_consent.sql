-- The consent of holders to have their licenses read, each for one case and purpose.

create table holder_consent (
  id              uuid primary key,
  agency_code     text not null,
  case_id         uuid not null references case_file,
  subject_id      uuid not null references case_subject,
  source          text not null check (source <> ''),
  type_codes      text[] not null check (cardinality(type_codes) between 1 and 10),
  state           text not null check (state in
    ('REQUESTED', 'WAITING', 'GRANTED', 'REFUSED', 'EXPIRED', 'FAILED')),
  version         integer not null check (version > 0),
  reference       text,
  fault           text,
  requested_at    timestamptz not null,
  requested_by    text not null,
  expires_at      timestamptz not null check (expires_at > requested_at),
  granted_at      timestamptz,
  next_poll_at    timestamptz not null,
  constraint holder_consent_begun_has_reference check
    (state not in ('WAITING', 'GRANTED', 'REFUSED') or reference is not null),
  constraint holder_consent_failed_has_fault check ((state = 'FAILED') = (fault is not null)),
  constraint holder_consent_granted_has_time check (state <> 'GRANTED' or granted_at is not null)
);
create index holder_consent_subject on holder_consent (case_id, subject_id, requested_at desc);
create index holder_consent_open on holder_consent (expires_at) where state in ('REQUESTED', 'WAITING');
comment on table  holder_consent is 'A request to a holder to have licenses read (持证人授权), durable before the source hears of it. It is good for its own case and purpose only.';
comment on column holder_consent.id is 'Made by the hub.';
comment on column holder_consent.agency_code is 'Unified social credit code of the agency whose case it is.';
comment on column holder_consent.case_id is 'The case: the purpose of the request.';
comment on column holder_consent.subject_id is 'The subject whose licenses shall be read.';
comment on column holder_consent.source is 'Id of the registered source that asks the holder.';
comment on column holder_consent.type_codes is 'License types (证照类型代码) that may be read.';
comment on column holder_consent.state is 'A wait and a term are over by the clock, also before this says so.';
comment on column holder_consent.version is 'Counts the steps; a step is taken only from the version that was read.';
comment on column holder_consent.reference is 'Name of the request at the source. Null before it was taken there.';
comment on column holder_consent.fault is 'Why the source did not take it: fault code, with the finer reason after a colon.';
comment on column holder_consent.requested_at is 'Hub clock, UTC.';
comment on column holder_consent.requested_by is 'Officer as the identity provider names them.';
comment on column holder_consent.expires_at is 'The holder must have decided before.';
comment on column holder_consent.granted_at is 'When the hub heard of the consent. Null before.';
comment on column holder_consent.next_poll_at is 'The source is not asked again before, by no replica.';

create table holder_consent_event (
  consent_id uuid not null references holder_consent,
  number     integer not null check (number > 0),
  state      text not null,
  at         timestamptz not null,
  by         text not null,
  request_id text not null,
  primary key (consent_id, number)
);
comment on table  holder_consent_event is 'Every step of a request for consent. Append-only.';
comment on column holder_consent_event.consent_id is 'The request.';
comment on column holder_consent_event.number is 'Counts from 1.';
comment on column holder_consent_event.state is 'The state it led to.';
comment on column holder_consent_event.at is 'Hub clock, UTC.';
comment on column holder_consent_event.by is 'Officer, or job:consents.';
comment on column holder_consent_event.request_id is 'Request in which it happened; the same id is in the logs.';
create trigger holder_consent_event_append_only before update or delete or truncate on holder_consent_event
  for each statement execute function refuse_change();
