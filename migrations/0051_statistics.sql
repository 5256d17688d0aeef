-- Statistics of the regime: what they are counted from, and the yearly reports that were published.

create index case_file_accepted on case_file (agency_code, accepted_on);
create index eligibility_check_day on eligibility_check (agency_code, checked_on);
create index commitment_signed on commitment (agency_code, signed_on);
create index commitment_event_step on commitment_event (step, at) where step is not null;
create index certificate_route_since on certificate_route (since);
create index breach_event_step on breach_event (step, at) where step is not null;
create index credit_push_created on credit_push (agency_code, created_at);

create table source_day (
  "on"        date not null,
  agency_code text not null,
  source      text not null,
  asked       integer not null check (asked > 0),
  answered    integer not null check (answered between 0 and asked),
  primary key ("on", agency_code, source)
);
create index source_day_agency on source_day (agency_code, "on");
comment on table  source_day is 'How often an agency''s questions were put to a source on a day that is over, and answered. Counted once from the journal, which is too large to be counted anew for each reader.';
comment on column source_day."on" is 'Business day, Asia/Shanghai, on which was asked.';
comment on column source_day.agency_code is 'Agency that asked.';
comment on column source_day.source is 'Registered source.';
comment on column source_day.asked is 'Questions put to it, without those answered from evidence of the same case.';
comment on column source_day.answered is 'Those that it answered, whatever the answer was.';

create table source_day_counted (
  "on"       date primary key,
  counted_at timestamptz not null
);
comment on table  source_day_counted is 'Days of the journal that have been counted into source_day.';
comment on column source_day_counted."on" is 'Business day, Asia/Shanghai.';
comment on column source_day_counted.counted_at is 'Hub clock, UTC.';

create table yearly_report (
  id          uuid primary key,
  region_code text not null check (region_code ~ '^[0-9]{6}$'),
  year        integer not null check (year between 2021 and 2999),
  version     integer not null check (version > 0),
  figures     jsonb not null check (jsonb_typeof(figures) = 'object'),
  digest      text not null check (digest ~ '^[0-9a-f]{64}$'),
  remarks     text check (length(remarks) between 1 and 10000),
  agency_code text not null,
  drafted_at  timestamptz not null,
  drafted_by  text not null,
  constraint yearly_report_version_once unique (region_code, year, version)
);
comment on table  yearly_report is 'A yearly report (年度报告) of a region, as it was counted when it was drafted. Append-only; a correction is a further version.';
comment on column yearly_report.id is 'Shown to callers.';
comment on column yearly_report.region_code is 'Region it tells of.';
comment on column yearly_report.year is 'Calendar year it tells of.';
comment on column yearly_report.version is 'Counts from 1 for a region and year.';
comment on column yearly_report.figures is 'ReportFigures of src/model/yearly-report.ts, as they stood at drafted_at.';
comment on column yearly_report.digest is 'SHA-256 of the canonical JSON of figures and remarks, hex.';
comment on column yearly_report.remarks is 'What the bureau says of the year. Null for nothing.';
comment on column yearly_report.agency_code is 'Justice bureau that drafted it.';
comment on column yearly_report.drafted_at is 'Hub clock, UTC: what happened later is not in it.';
comment on column yearly_report.drafted_by is 'Officer as the identity provider names them.';
create trigger yearly_report_append_only before update or delete or truncate on yearly_report
  for each statement execute function refuse_change();

create table yearly_report_event (
  report_id uuid not null references yearly_report,
  number    integer not null check (number > 0),
  step      text check (step in ('PUBLISH', 'DISCARD')),
  state     text not null check (state in ('DRAFTED', 'PUBLISHED', 'DISCARDED')),
  at        timestamptz not null,
  by        text not null,
  reason    text check (length(reason) between 1 and 1000),
  primary key (report_id, number),
  check ((number = 1) = (step is null))
);
comment on table  yearly_report_event is 'What was done with a yearly report. The last one tells its state. Append-only.';
comment on column yearly_report_event.report_id is 'The report.';
comment on column yearly_report_event.number is 'Counts from 1; the draft is 1.';
comment on column yearly_report_event.step is 'The step taken. Null for the draft.';
comment on column yearly_report_event.state is 'The state after it.';
comment on column yearly_report_event.at is 'Hub clock, UTC.';
comment on column yearly_report_event.by is 'Officer as the identity provider names them.';
comment on column yearly_report_event.reason is 'Why it is discarded. Null otherwise.';
create trigger yearly_report_event_append_only before update or delete or truncate on yearly_report_event
  for each statement execute function refuse_change();
