-- What a revision of a source would change, found out before it counts.

create table shadow_report (
  id         uuid primary key,
  source     text not null,
  revision   integer not null,
  asked      integer not null check (asked >= 0),
  unreadable integer not null check (unreadable between 0 and asked),
  changed    integer not null check (changed between 0 and asked),
  groups     jsonb not null check (jsonb_typeof(groups) = 'array'),
  took_ms    integer not null check (took_ms >= 0),
  made_at    timestamptz not null,
  made_by    text not null,
  foreign key (source, revision) references source_revision
);
create index shadow_report_of_revision on shadow_report (source, revision, made_at desc);
comment on table  shadow_report is 'Recorded answers read again by a revision that is not in use, and the verdicts that would come of it. Append-only.';
comment on column shadow_report.id is 'Made by the hub.';
comment on column shadow_report.source is 'The source.';
comment on column shadow_report.revision is 'The revision that read the answers again.';
comment on column shadow_report.asked is 'Recorded answers that were read again.';
comment on column shadow_report.unreadable is 'Of them, those it could not read, which is a change of its own kind.';
comment on column shadow_report.changed is 'Of them, those whose verdict would be another.';
comment on column shadow_report.groups is 'Changes by cause: ChangeGroup of src/model/shadow.ts, with masked examples.';
comment on column shadow_report.took_ms is 'Milliseconds.';
comment on column shadow_report.made_at is 'Hub clock, UTC.';
comment on column shadow_report.made_by is 'Operator as the identity provider names them.';
create trigger shadow_report_append_only before update or delete or truncate on shadow_report
  for each statement execute function refuse_change();

create index verdict_newest on verdict (decided_at desc, id desc);
