-- Lists of matters by region, with what changes them and who has to adopt them.

-- A version that another one replaced on its first day was never in force: it ends the day before.
alter table matter_version drop constraint matter_version_check;
alter table matter_version add constraint matter_version_check
  check (effective_from <= effective_until + 1);
comment on column matter_version.effective_until is 'Last day in force, inclusive. Null while open-ended; the day before effective_from where it was replaced on that very day.';

create table request_key (
  agency_code     text not null,
  idempotency_key text not null check (length(idempotency_key) between 1 and 64),
  operation       text not null,
  digest          text not null check (digest ~ '^[0-9a-f]{64}$'),
  result_id       text,
  primary key (agency_code, idempotency_key)
);
comment on table  request_key is 'Mutations of lists, adjustments, filings and documents that were carried out: repeating one changes nothing.';
comment on column request_key.agency_code is 'Agency of the caller.';
comment on column request_key.idempotency_key is 'Chosen by the caller.';
comment on column request_key.operation is 'Field of type Mutation.';
comment on column request_key.digest is 'SHA-256 of the canonical input, hex: the same key with another input is a conflict.';
comment on column request_key.result_id is 'What came of it.';

create table matter_list (
  id             uuid primary key,
  region_code    text not null check (region_code ~ '^[0-9]{6}$'),
  level          text not null check (level in ('PROVINCE', 'CITY', 'COUNTY')),
  version        integer not null check (version > 0),
  origin         text not null check (origin in ('IMPORT', 'ADJUSTMENT')),
  effective_from date not null,
  published_on   date not null,
  digest         text not null check (digest ~ '^[0-9a-f]{64}$'),
  agency_code    text not null,
  published_at   timestamptz not null,
  published_by   text not null,
  constraint matter_list_version_once unique (region_code, version)
);
comment on table  matter_list is 'A published version of the list of matters (证明事项告知承诺制清单) of a region. Append-only. The list of a day is what the changes of all versions effective by then add up to.';
comment on column matter_list.id is 'Shown to callers.';
comment on column matter_list.region_code is 'GB/T 2260 code of the region whose list it is.';
comment on column matter_list.level is 'PROVINCE 省级通用清单, CITY 市级, COUNTY 县级.';
comment on column matter_list.version is 'Counts from 1 within the region; a later version is never effective before an earlier one.';
comment on column matter_list.origin is 'IMPORT: taken from a file whole; ADJUSTMENT: from reviewed requests.';
comment on column matter_list.effective_from is 'First day, Asia/Shanghai.';
comment on column matter_list.published_on is 'Day of publication, Asia/Shanghai; periods of filing count from it.';
comment on column matter_list.digest is 'SHA-256 of region, version, first day and changes, canonical, hex: what is filed.';
comment on column matter_list.agency_code is 'Justice bureau that published it, or took it over.';
comment on column matter_list.published_at is 'Hub clock, UTC.';
comment on column matter_list.published_by is 'Officer as the identity provider names them.';
create trigger matter_list_append_only before update or delete or truncate on matter_list
  for each statement execute function refuse_change();

create table matter_list_change (
  list_id     uuid not null references matter_list,
  matter_code text not null check (length(matter_code) between 1 and 64),
  kind        text not null check (kind in ('ADDED', 'REMOVED', 'CHANGED')),
  entry       jsonb check (jsonb_typeof(entry) = 'object'),
  primary key (list_id, matter_code),
  check ((kind = 'REMOVED') = (entry is null)),
  constraint matter_list_change_excluded_never_active check (
    entry is null or not (entry ->> 'isActive')::boolean
    or jsonb_array_length(entry -> 'exclusions') = 0)
);
create index matter_list_change_matter on matter_list_change (matter_code);
comment on table  matter_list_change is 'What a version changes against the one before it. Append-only.';
comment on column matter_list_change.list_id is 'The version.';
comment on column matter_list_change.matter_code is 'Implementing code of the matter.';
comment on column matter_list_change.kind is 'ADDED, REMOVED or CHANGED.';
comment on column matter_list_change.entry is 'ListedMatter of src/model/listed-matter.ts from then on. Null where it was removed.';
create trigger matter_list_change_append_only
  before update or delete or truncate on matter_list_change
  for each statement execute function refuse_change();

create table matter_adjustment (
  id           uuid primary key,
  agency_code  text not null,
  region_code  text not null check (region_code ~ '^[0-9]{6}$'),
  level        text not null check (level in ('PROVINCE', 'CITY', 'COUNTY')),
  kind         text not null check (kind in ('ADD', 'REMOVE', 'CHANGE')),
  matter_code  text not null check (length(matter_code) between 1 and 64),
  requested_at timestamptz not null
);
create index matter_adjustment_region on matter_adjustment (region_code, requested_at);
comment on table  matter_adjustment is 'Request of an agency to adjust the list of its region (清单调整申请). Append-only; its state is that of its last event.';
comment on column matter_adjustment.id is 'Shown to callers.';
comment on column matter_adjustment.agency_code is 'Agency that asks.';
comment on column matter_adjustment.region_code is 'Region of the list.';
comment on column matter_adjustment.level is 'Level of the list.';
comment on column matter_adjustment.kind is 'ADD, REMOVE or CHANGE.';
comment on column matter_adjustment.matter_code is 'Implementing code of the matter.';
comment on column matter_adjustment.requested_at is 'Hub clock, UTC.';
create trigger matter_adjustment_append_only
  before update or delete or truncate on matter_adjustment
  for each statement execute function refuse_change();

create table matter_adjustment_event (
  adjustment_id uuid not null references matter_adjustment,
  number        integer not null check (number > 0),
  step          text not null check (step in
    ('SUBMIT', 'APPROVE', 'RETURN', 'REJECT', 'WITHDRAW', 'PUBLISH')),
  state         text not null check (state in
    ('SUBMITTED', 'APPROVED', 'RETURNED', 'REJECTED', 'WITHDRAWN', 'PUBLISHED')),
  entry         jsonb check (jsonb_typeof(entry) = 'object'),
  basis         text check (length(basis) between 1 and 2000),
  reason        text check (length(reason) between 1 and 1000),
  list_id       uuid references matter_list,
  happened_at   timestamptz not null,
  happened_by   text not null,
  primary key (adjustment_id, number),
  check ((step = 'SUBMIT') = (basis is not null)),
  check ((step = 'PUBLISH') = (list_id is not null))
);
comment on table  matter_adjustment_event is 'What was done with a request, in order. Append-only.';
comment on column matter_adjustment_event.adjustment_id is 'The request.';
comment on column matter_adjustment_event.number is 'Counts from 1; shown as the version of the request.';
comment on column matter_adjustment_event.step is 'What was done.';
comment on column matter_adjustment_event.state is 'The state after it, see src/model/adjustment-life.ts.';
comment on column matter_adjustment_event.entry is 'With SUBMIT: the wanted ListedMatter. Null for a removal.';
comment on column matter_adjustment_event.basis is 'With SUBMIT: the basis (依据).';
comment on column matter_adjustment_event.reason is 'Why, in the words of whoever decided.';
comment on column matter_adjustment_event.list_id is 'With PUBLISH: the version it went into.';
comment on column matter_adjustment_event.happened_at is 'Hub clock, UTC.';
comment on column matter_adjustment_event.happened_by is 'Officer as the identity provider names them.';
create trigger matter_adjustment_event_append_only
  before update or delete or truncate on matter_adjustment_event
  for each statement execute function refuse_change();

create table adoption_task (
  id           uuid primary key,
  list_id      uuid not null references matter_list,
  agency_code  text not null,
  listed_on    date not null,
  working_days integer not null check (working_days between 0 and 1000),
  due_on       date not null,
  provisional  boolean not null,
  constraint adoption_task_once unique (list_id, agency_code)
);
create index adoption_task_agency on adoption_task (agency_code, due_on);
comment on table  adoption_task is 'An agency has to take over (承接) matters of a list and to carry them out.';
comment on column adoption_task.id is 'Shown to callers.';
comment on column adoption_task.list_id is 'Version of the list that named the agency.';
comment on column adoption_task.agency_code is 'Agency that has to.';
comment on column adoption_task.listed_on is 'Day of publication, from which the period counts.';
comment on column adoption_task.working_days is 'Working days it has, as the import said.';
comment on column adoption_task.due_on is 'Last day, by the working-day calendar; counted anew when that changes.';
comment on column adoption_task.provisional is 'True when due_on lies beyond the published working-day calendar.';

create table adoption_item (
  task_id         uuid not null references adoption_task,
  matter_code     text not null,
  adopted_on      date,
  own_matter_code text check (length(own_matter_code) between 1 and 64),
  adopted_at      timestamptz,
  adopted_by      text,
  primary key (task_id, matter_code),
  check ((adopted_on is null) = (adopted_at is null)),
  check ((adopted_on is null) = (adopted_by is null)),
  check ((adopted_on is null) = (own_matter_code is null))
);
comment on table  adoption_item is 'One matter of such a task.';
comment on column adoption_item.task_id is 'The task.';
comment on column adoption_item.matter_code is 'Code of the matter on the upper list.';
comment on column adoption_item.adopted_on is 'Day on which the agency said so, Asia/Shanghai. Null while open.';
comment on column adoption_item.own_matter_code is 'Implementing code under which the agency carries it out.';
comment on column adoption_item.adopted_at is 'Hub clock, UTC.';
comment on column adoption_item.adopted_by is 'Officer as the identity provider names them.';
