-- What sources allow, spent by all replicas together, and what each source was last found slow at.

create table source_budget (
  source      text not null check (source <> ''),
  day         date not null,
  used        integer not null default 0 check (used >= 0),
  recent      jsonb not null default '[]' check (jsonb_typeof(recent) = 'array'),
  slowed_rate double precision check (slowed_rate > 0),
  full_rate   double precision check (full_rate >= slowed_rate),
  slowed_at   timestamptz,
  held_until  timestamptz,
  primary key (source, day),
  constraint source_budget_slowed_whole check (
    (slowed_rate is null) = (full_rate is null) and (slowed_rate is null) = (slowed_at is null))
);
comment on table  source_budget is 'Calls to one source on one day, of all replicas. Only the row of the latest day is still changed, under an advisory lock of the source; older ones tell how much was used.';
comment on column source_budget.source is 'Id of the registered source. No foreign key: a source may be listed in a file.';
comment on column source_budget.day is 'Calendar day in Asia/Shanghai by the clock of the database; quotas begin anew with it.';
comment on column source_budget.used is 'Calls bought on this day, retries included, less those that were given back unused.';
comment on column source_budget.recent is 'Latest purchases, oldest first: pairs of the latest instant at which a bought call may begin (milliseconds since 1970, clock of the database) and the number of calls. Carried over from day to day.';
comment on column source_budget.slowed_rate is 'Calls a second right after the source last complained of too many. Null while it has not, or has been forgiven.';
comment on column source_budget.full_rate is 'Calls a second to which the rate recovers step by step. Null exactly when slowed_rate is.';
comment on column source_budget.slowed_at is 'Clock of the database, UTC, when the rate was last halved. Null exactly when slowed_rate is.';
comment on column source_budget.held_until is 'Until then the source asked to be left alone; clock of the database, UTC. Null when it did not.';

create table source_lease (
  id         uuid primary key,
  source     text not null check (source <> ''),
  expires_at timestamptz not null
);
create index source_lease_of_source on source_lease (source, expires_at);
comment on table  source_lease is 'One call under way to a source that limits how many there may be over all replicas. Deleted when the call ends.';
comment on column source_lease.id is 'Made by the hub.';
comment on column source_lease.source is 'Id of the registered source.';
comment on column source_lease.expires_at is 'Clock of the database, UTC. From then on it no longer counts: the replica that held it is gone.';
