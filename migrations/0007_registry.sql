-- Sources as operators register them: what they are told, what was decided about them, and by whom.

create table registered_source (
  id                text primary key check (id ~ '^[a-z][a-z0-9-]{1,40}$'),
  title             text not null check (length(title) between 1 and 100),
  owner_agency      text not null,
  catalog_reference text,
  registered_at     timestamptz not null,
  registered_by     text not null
);
comment on table  registered_source is 'A system of record that the hub may ask. What it is told stands in its revisions. Append-only.';
comment on column registered_source.id is 'Chosen by the operator; stands in every intent, call and piece of evidence.';
comment on column registered_source.title is 'In Chinese, for people.';
comment on column registered_source.owner_agency is 'Unified social credit code of the agency that runs it.';
comment on column registered_source.catalog_reference is 'Number of its entry in the integrated government data catalog (政务数据目录). Null where it has none.';
comment on column registered_source.registered_at is 'Hub clock, UTC.';
comment on column registered_source.registered_by is 'Operator as the identity provider names them, or deployment.';
create trigger registered_source_append_only before update or delete or truncate on registered_source
  for each statement execute function refuse_change();

create table source_revision (
  source       text not null references registered_source,
  number       integer not null check (number > 0),
  kind         text not null check (kind <> ''),
  settings     jsonb not null check (jsonb_typeof(settings) = 'object'),
  policy       jsonb not null check (jsonb_typeof(policy) = 'object'),
  routes       jsonb not null check (jsonb_typeof(routes) = 'array'),
  note         text not null check (length(note) between 1 and 500),
  digest       text not null check (digest ~ '^[0-9a-f]{64}$'),
  created_at   timestamptz not null,
  created_by   text not null,
  primary key (source, number)
);
comment on table  source_revision is 'What a source is told, once and for all: a change is a further revision. Append-only.';
comment on column source_revision.source is 'The source.';
comment on column source_revision.number is 'Counts from 1 within the source.';
comment on column source_revision.kind is 'Connector kind, e.g. rest.';
comment on column source_revision.settings is 'As the kind''s JSON Schema prescribes, mapping included. Holds no secret.';
comment on column source_revision.policy is 'What differs from the default call policy.';
comment on column source_revision.routes is 'SourceRoute of src/model/route.ts: which questions it answers, and where.';
comment on column source_revision.note is 'Why this revision was made, for whoever approves it.';
comment on column source_revision.digest is 'SHA-256 of kind, settings, policy and routes in canonical form, hex.';
comment on column source_revision.created_at is 'Hub clock, UTC.';
comment on column source_revision.created_by is 'Operator, or deployment.';
create trigger source_revision_append_only before update or delete or truncate on source_revision
  for each statement execute function refuse_change();

create table source_event (
  id          bigint generated always as identity primary key,
  source      text not null,
  revision    integer not null,
  step        text not null check (step in ('REGISTER', 'CHECK', 'SUBMIT', 'APPROVE', 'REJECT',
    'SHADOW', 'ACTIVATE', 'REPLACE', 'PAUSE', 'RESUME', 'DRAIN', 'RETIRE', 'ROLL_BACK', 'DISCARD')),
  state       text not null check (state in ('DRAFT', 'CHECKED', 'SUBMITTED', 'APPROVED', 'REJECTED',
    'SHADOW', 'ACTIVE', 'PAUSED', 'REPLACED', 'DRAINING', 'RETIRED', 'DISCARDED')),
  reason      text check (length(reason) between 1 and 500),
  until       timestamptz,
  happened_at timestamptz not null,
  actor       text not null,
  request_id  text not null,
  foreign key (source, revision) references source_revision
);
create index source_event_of_revision on source_event (source, revision, id desc);
comment on table  source_event is 'One step in the life of a revision; its last event is its state. Append-only.';
comment on column source_event.id is 'Order of recording, over all sources.';
comment on column source_event.source is 'The source.';
comment on column source_event.revision is 'The revision.';
comment on column source_event.step is 'What was done, a LifeStep of src/model/source-life.ts.';
comment on column source_event.state is 'What the revision is from now on, a LifeState.';
comment on column source_event.reason is 'Why, for steps that need one.';
comment on column source_event.until is 'When a pause is expected to end. Null where nobody knows.';
comment on column source_event.happened_at is 'Hub clock, UTC.';
comment on column source_event.actor is 'Operator, deployment, or hub for what the hub does by itself.';
comment on column source_event.request_id is 'Request in which it was done; the same id is in the logs.';
create trigger source_event_append_only before update or delete or truncate on source_event
  for each statement execute function refuse_change();

create table source_check (
  id          uuid primary key,
  source      text not null,
  revision    integer not null,
  kind        text not null check (kind in ('CHECK', 'DISCOVER')),
  probes      jsonb not null check (jsonb_typeof(probes) = 'array'),
  conformance jsonb check (jsonb_typeof(conformance) = 'object'),
  passed      boolean not null,
  checked_at  timestamptz not null,
  checked_by  text not null,
  foreign key (source, revision) references source_revision
);
create index source_check_of_revision on source_check (source, revision, checked_at desc);
create index source_check_of_operator on source_check (checked_by, checked_at desc);
comment on table  source_check is 'What came of probing a revision. Without a passed check it is never activated. Append-only.';
comment on column source_check.id is 'Made by the hub.';
comment on column source_check.source is 'The source.';
comment on column source_check.revision is 'The revision.';
comment on column source_check.kind is 'CHECK probes and examines; DISCOVER lists what the source holds.';
comment on column source_check.probes is 'CheckLine of the connector contract: network, TLS, credentials, reads, clock.';
comment on column source_check.conformance is 'ConformanceReport of the connector kit. Null when the probes already failed.';
comment on column source_check.passed is 'No probe and no rule failed.';
comment on column source_check.checked_at is 'Hub clock, UTC.';
comment on column source_check.checked_by is 'Operator, or deployment.';
create trigger source_check_append_only before update or delete or truncate on source_check
  for each statement execute function refuse_change();

create table source_secret (
  source      text not null references registered_source,
  version     integer not null check (version > 0),
  origins     text not null,
  key_id      text not null check (key_id <> ''),
  wrapped_key bytea not null,
  sealed      bytea not null,
  set_at      timestamptz not null,
  set_by      text not null,
  primary key (source, version)
);
comment on table  source_secret is 'Credentials of a source, sealed; nothing reads them back but the hub itself. Append-only.';
comment on column source_secret.source is 'The source.';
comment on column source_secret.version is 'Counts from 1 within the source.';
comment on column source_secret.origins is 'The places the credentials may go to; part of what is authenticated. A revision that leads elsewhere cannot use them.';
comment on column source_secret.key_id is 'Which key encryption key wraps the data key.';
comment on column source_secret.wrapped_key is 'Data key of this row, AES-256-GCM under the key encryption key: nonce, tag, ciphertext.';
comment on column source_secret.sealed is 'The secrets as JSON, AES-256-GCM under the data key, bound to source, version and origins.';
comment on column source_secret.set_at is 'Hub clock, UTC.';
comment on column source_secret.set_by is 'Operator, or deployment.';
create trigger source_secret_append_only before update or delete or truncate on source_secret
  for each statement execute function refuse_change();

create table source_secret_end (
  source   text not null,
  version  integer not null,
  ended_at timestamptz not null,
  ended_by text not null,
  primary key (source, version),
  foreign key (source, version) references source_secret
);
comment on table  source_secret_end is 'Credentials that are no longer used. While two versions have no end, both are live. Append-only.';
comment on column source_secret_end.source is 'The source.';
comment on column source_secret_end.version is 'The version.';
comment on column source_secret_end.ended_at is 'Hub clock, UTC.';
comment on column source_secret_end.ended_by is 'Operator, or hub when a third version displaced it.';
create trigger source_secret_end_append_only before update or delete or truncate on source_secret_end
  for each statement execute function refuse_change();

create function tell_registry_change() returns trigger language plpgsql as $$
begin
  perform pg_notify('hecha_registry', '');
  return null;
end $$;
comment on function tell_registry_change() is 'Trigger body: wakes every replica that listens, when the change is committed.';
create trigger source_event_tells after insert on source_event
  for each statement execute function tell_registry_change();
create trigger source_secret_tells after insert on source_secret
  for each statement execute function tell_registry_change();
create trigger source_secret_end_tells after insert on source_secret_end
  for each statement execute function tell_registry_change();
