-- Format texts of notice and commitment, with their service guides.

create table format_text (
  id           uuid primary key,
  matter_code  text not null check (length(matter_code) between 1 and 64),
  version      integer not null check (version > 0),
  agency_code  text not null,
  elements     jsonb not null check (jsonb_typeof(elements) = 'array'),
  allows_proxy boolean not null,
  digest       text not null check (digest ~ '^[0-9a-f]{64}$'),
  drafted_at   timestamptz not null,
  drafted_by   text not null,
  constraint format_text_version_once unique (matter_code, version)
);
comment on table  format_text is 'Format text of notice and commitment (告知承诺书格式文本) and the additions to the service guide, by version. Append-only.';
comment on column format_text.id is 'Shown to callers.';
comment on column format_text.matter_code is 'Implementing code of the matter.';
comment on column format_text.version is 'Counts from 1 within the matter.';
comment on column format_text.agency_code is 'Agency that wrote it.';
comment on column format_text.elements is 'WrittenElement of src/model/format-text.ts, one each.';
comment on column format_text.allows_proxy is 'Whether a proxy may sign (是否可代为承诺).';
comment on column format_text.digest is 'SHA-256 of notice and commitment as applicants see them, hex.';
comment on column format_text.drafted_at is 'Hub clock, UTC.';
comment on column format_text.drafted_by is 'Officer as the identity provider names them.';
create trigger format_text_append_only before update or delete or truncate on format_text
  for each statement execute function refuse_change();

create table format_text_publication (
  text_id      uuid primary key references format_text,
  published_on date not null,
  channels     jsonb not null check (jsonb_typeof(channels) = 'array'),
  published_at timestamptz not null,
  published_by text not null
);
comment on table  format_text_publication is 'That a format text was made public (公布). Of one matter the highest version published up to a day counts. Append-only.';
comment on column format_text_publication.text_id is 'The text.';
comment on column format_text_publication.published_on is 'First day, Asia/Shanghai.';
comment on column format_text_publication.channels is 'Where: SERVICE_HALL 服务场所, WEBSITE 网站, PLATFORM 政务服务平台.';
comment on column format_text_publication.published_at is 'Hub clock, UTC.';
comment on column format_text_publication.published_by is 'Officer as the identity provider names them.';
create trigger format_text_publication_append_only
  before update or delete or truncate on format_text_publication
  for each statement execute function refuse_change();

create table format_text_task (
  id             uuid primary key,
  list_reference text not null check (length(list_reference) between 1 and 200),
  matter_code    text not null,
  agency_code    text not null,
  listed_on      date not null,
  working_days   integer not null check (working_days between 1 and 1000),
  due_on         date not null,
  provisional    boolean not null,
  constraint format_text_task_once unique (list_reference, matter_code, agency_code)
);
create index format_text_task_agency on format_text_task (agency_code, due_on);
comment on table  format_text_task is 'An agency has to publish the format text of a matter that came onto a list. Done once a text is published.';
comment on column format_text_task.id is 'Shown to callers.';
comment on column format_text_task.list_reference is 'Names the published list.';
comment on column format_text_task.matter_code is 'The matter.';
comment on column format_text_task.agency_code is 'The agency that has to.';
comment on column format_text_task.listed_on is 'Day on which the list was published, Asia/Shanghai.';
comment on column format_text_task.working_days is 'Working days it has; the plan''s section 5 gives ten.';
comment on column format_text_task.due_on is 'Last day, counted by the working-day calendar; counted anew when that changes.';
comment on column format_text_task.provisional is 'True when due_on lies beyond the published working-day calendar.';
