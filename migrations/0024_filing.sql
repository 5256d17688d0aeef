-- Filing with justice bureaus: lists level by level up to the province, documents on their own level.

create table document (
  id            uuid primary key,
  agency_code   text not null,
  series        text not null check (length(series) between 1 and 100),
  version       integer not null check (version > 0),
  kind          text not null check (kind in ('WORK_RULES', 'FORMAT_TEXT', 'SUPPORTING')),
  title         text not null check (length(title) between 1 and 200),
  number        text check (length(number) between 1 and 100),
  media_type    text not null check (media_type in
    ('text/plain', 'application/pdf',
     'application/vnd.openxmlformats-officedocument.wordprocessingml.document')),
  content       bytea not null check (length(content) between 1 and 180000),
  digest        text not null check (digest ~ '^[0-9a-f]{64}$'),
  registered_at timestamptz not null,
  registered_by text not null,
  constraint document_version_once unique (agency_code, series, version)
);
comment on table  document is 'Rules and supporting documents (工作规程、配套制度) of agencies, by version. Append-only.';
comment on column document.id is 'Shown to callers.';
comment on column document.agency_code is 'Agency that made it.';
comment on column document.series is 'Names the document through its versions, chosen by the agency.';
comment on column document.version is 'Counts from 1 within the series of the agency.';
comment on column document.kind is 'WORK_RULES 工作规程, FORMAT_TEXT 格式文本, SUPPORTING 其他配套制度.';
comment on column document.title is 'Chinese.';
comment on column document.number is 'Number of the document (文号). Null where it has none.';
comment on column document.media_type is 'IANA media type of the content.';
comment on column document.content is 'The document itself.';
comment on column document.digest is 'SHA-256 of the content, hex: what is filed.';
comment on column document.registered_at is 'Hub clock, UTC.';
comment on column document.registered_by is 'Officer as the identity provider names them.';
create trigger document_append_only before update or delete or truncate on document
  for each statement execute function refuse_change();

create table filing (
  id           uuid primary key,
  kind         text not null check (kind in ('LIST', 'DOCUMENT')),
  reference    uuid not null,
  digest       text not null check (digest ~ '^[0-9a-f]{64}$'),
  title        text not null check (length(title) between 1 and 300),
  from_agency  text not null,
  from_region  text not null check (from_region ~ '^[0-9]{6}$'),
  from_level   text not null check (from_level in ('PROVINCE', 'CITY', 'COUNTY')),
  to_region    text not null check (to_region ~ '^[0-9]{6}$'),
  to_level     text not null check (to_level in ('PROVINCE', 'CITY', 'COUNTY')),
  counted_from date,
  working_days integer check (working_days between 0 and 1000),
  due_on       date,
  provisional  boolean not null,
  opened_at    timestamptz not null,
  constraint filing_once unique (reference, from_level),
  check ((counted_from is null) = (due_on is null)),
  check ((counted_from is null) = (working_days is null))
);
create index filing_due on filing (due_on, id);
create index filing_from on filing (from_region, from_level);
comment on table  filing is 'One step of a filing (备案): who has to report what to which justice bureau, by when. Its state is that of its last event.';
comment on column filing.id is 'Shown to callers.';
comment on column filing.kind is 'LIST: a version of a list. DOCUMENT: a document.';
comment on column filing.reference is 'Id of the list or the document.';
comment on column filing.digest is 'SHA-256 of what is filed, hex.';
comment on column filing.title is 'What is filed, for people.';
comment on column filing.from_agency is 'Agency that has to report.';
comment on column filing.from_region is 'Its region.';
comment on column filing.from_level is 'Its level.';
comment on column filing.to_region is 'Region of the justice bureau that receives.';
comment on column filing.to_level is 'Level of that bureau.';
comment on column filing.counted_from is 'Day of the publication, or of the receipt one level below. Null where no period runs.';
comment on column filing.working_days is 'Working days there are: seven for lists, section 3 of the plan.';
comment on column filing.due_on is 'Last day, by the working-day calendar; counted anew when that changes.';
comment on column filing.provisional is 'True when due_on lies beyond the published working-day calendar.';
comment on column filing.opened_at is 'Hub clock, UTC.';

create table filing_event (
  filing_id      uuid not null references filing,
  number         integer not null check (number > 0),
  step           text not null check (step in ('SEND', 'RECEIVE', 'RETURN')),
  state          text not null check (state in ('SENT', 'RECEIVED', 'RETURNED')),
  happened_on    date not null,
  receipt_number text check (length(receipt_number) between 1 and 100),
  reason         text check (length(reason) between 1 and 1000),
  agency_code    text not null,
  happened_at    timestamptz not null,
  happened_by    text not null,
  primary key (filing_id, number),
  check ((step = 'RECEIVE') = (receipt_number is not null)),
  check ((step = 'RETURN') = (reason is not null))
);
comment on table  filing_event is 'What was done in a step of filing, in order. Append-only.';
comment on column filing_event.filing_id is 'The step.';
comment on column filing_event.number is 'Counts from 1.';
comment on column filing_event.step is 'SEND 报送, RECEIVE 接收备案, RETURN 退回补正.';
comment on column filing_event.state is 'The state after it, see src/model/filing.ts.';
comment on column filing_event.happened_on is 'Day, Asia/Shanghai.';
comment on column filing_event.receipt_number is 'With RECEIVE: number of the receipt (备案号).';
comment on column filing_event.reason is 'With RETURN: why.';
comment on column filing_event.agency_code is 'Agency that did it.';
comment on column filing_event.happened_at is 'Hub clock, UTC.';
comment on column filing_event.happened_by is 'Officer as the identity provider names them.';
create trigger filing_event_append_only before update or delete or truncate on filing_event
  for each statement execute function refuse_change();
