-- The working-day calendar, and due days that are counted by it.

create table calendar_edition (
  number          integer generated always as identity primary key,
  package         text not null,
  digest          text not null check (digest ~ '^[0-9a-f]{64}$'),
  covered_from    date not null,
  covered_through date not null,
  loaded_at       timestamptz not null,
  constraint calendar_edition_once unique (digest),
  check (covered_from <= covered_through)
);
comment on table  calendar_edition is 'Published arrangements of working days (放假安排) that were loaded; the last one counts. Append-only.';
comment on column calendar_edition.number is 'Counts from 1.';
comment on column calendar_edition.package is 'Package that carried them, with its version.';
comment on column calendar_edition.digest is 'SHA-256 of what was loaded, hex; the same is loaded once.';
comment on column calendar_edition.covered_from is 'First day of the first year with a published arrangement.';
comment on column calendar_edition.covered_through is 'Last day of the last year with a published arrangement; what lies beyond is provisional.';
comment on column calendar_edition.loaded_at is 'Hub clock, UTC.';
create trigger calendar_edition_append_only before update or delete or truncate on calendar_edition
  for each statement execute function refuse_change();

create table calendar_day (
  date       date primary key,
  is_workday boolean not null,
  why        text not null check (length(why) between 1 and 64),
  source     text not null
);
comment on table  calendar_day is 'Days that the published arrangements name. Any other day is worked from Monday to Friday.';
comment on column calendar_day.date is 'The day, Asia/Shanghai.';
comment on column calendar_day.is_workday is 'False for a statutory holiday and its days in lieu, true for a Saturday or Sunday that is worked (调休补班).';
comment on column calendar_day.why is 'Name of the holiday, Chinese.';
comment on column calendar_day.source is 'Package that carried it, with its version.';

create table calendar_override (
  id         uuid primary key,
  number     integer generated always as identity unique,
  first_day  date not null,
  last_day   date not null,
  is_workday boolean not null,
  why        text not null check (length(why) between 1 and 64),
  reason     text not null check (length(reason) between 1 and 1000),
  set_at     timestamptz not null,
  set_by     text not null,
  check (first_day <= last_day)
);
comment on table  calendar_override is 'Days that are worked or not by a decision made here: a local closure, an extended holiday, a make-up day. Append-only.';
comment on column calendar_override.id is 'Shown to callers.';
comment on column calendar_override.number is 'Counts from 1; of two that name the same day the later one counts.';
comment on column calendar_override.first_day is 'First day it is about, Asia/Shanghai.';
comment on column calendar_override.last_day is 'Last day it is about.';
comment on column calendar_override.is_workday is 'Whether these days are worked.';
comment on column calendar_override.why is 'What is shown beside the days, Chinese.';
comment on column calendar_override.reason is 'Decision or document it rests on.';
comment on column calendar_override.set_at is 'Hub clock, UTC.';
comment on column calendar_override.set_by is 'Account as the identity provider names it.';
create trigger calendar_override_append_only before update or delete or truncate on calendar_override
  for each statement execute function refuse_change();

create table calendar_override_end (
  override_id  uuid primary key references calendar_override,
  reason       text not null check (length(reason) between 1 and 1000),
  withdrawn_at timestamptz not null,
  withdrawn_by text not null
);
comment on table  calendar_override_end is 'A decision about days that was withdrawn: it no longer counts. Append-only.';
comment on column calendar_override_end.override_id is 'The decision.';
comment on column calendar_override_end.reason is 'Why.';
comment on column calendar_override_end.withdrawn_at is 'Hub clock, UTC.';
comment on column calendar_override_end.withdrawn_by is 'Account as the identity provider names it.';
create trigger calendar_override_end_append_only before update or delete or truncate on calendar_override_end
  for each statement execute function refuse_change();

create function tell_calendar_change() returns trigger language plpgsql as $$
begin
  perform pg_notify('hecha_calendar', '');
  return null;
end $$;
comment on function tell_calendar_change() is 'Trigger body: wakes every replica that listens, when the change is committed.';
create trigger calendar_edition_tells after insert on calendar_edition
  for each statement execute function tell_calendar_change();
create trigger calendar_override_tells after insert on calendar_override
  for each statement execute function tell_calendar_change();
create trigger calendar_override_end_tells after insert on calendar_override_end
  for each statement execute function tell_calendar_change();

alter table follow_up add column counted_from date;
alter table follow_up add column working_days integer check (working_days >= 0);
comment on column follow_up.counted_from is 'Day after which the working days are counted, Asia/Shanghai. Null where it is not known: then due_on stays.';
comment on column follow_up.working_days is 'Working days to due_on. Null where it is not known: then due_on stays.';
update follow_up
set counted_from = (created_at at time zone 'Asia/Shanghai')::date,
    working_days = (matter_version.policy ->> 'followUpWorkingDays')::integer
from verification
join case_file on case_file.id = verification.case_id
join matter_version
  on matter_version.matter_code = case_file.matter_code
  and matter_version.version = case_file.matter_version
where verification.id = follow_up.verification_id;
