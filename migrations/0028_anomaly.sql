-- How often sources speak against subjects, and what is held back when that changes at once.

create table answer_sample (
  source      text not null,
  revision    integer not null,
  subject_id  uuid not null references case_subject,
  subject_key text not null,
  is_adverse  boolean not null,
  sampled_at  timestamptz not null,
  primary key (source, revision, subject_id)
);
create index answer_sample_recent on answer_sample (source, sampled_at);
comment on table  answer_sample is 'Whether the last answer of a source about a subject of a case spoke against it. Kept for eight days; purged by a job.';
comment on column answer_sample.source is 'Id of the registered source.';
comment on column answer_sample.revision is 'Revision that answered; 0 where it has none.';
comment on column answer_sample.subject_id is 'The subject, as bound to its case.';
comment on column answer_sample.subject_key is 'SHA-256 of the subject''s code, hex, so that one subject of many cases counts once.';
comment on column answer_sample.is_adverse is 'True where a field differed, or the record was not valid or not there.';
comment on column answer_sample.sampled_at is 'Hub clock, UTC.';

create table source_hold (
  id             uuid primary key,
  source         text not null,
  revision       integer not null,
  since          timestamptz not null,
  usual          double precision not null check (usual between 0 and 1),
  observed       double precision not null check (observed between 0 and 1),
  answers        integer not null check (answers > 0),
  settled_at     timestamptz,
  rolled_back_to integer,
  released_at    timestamptz,
  released_by    text,
  reason         text check (length(reason) between 1 and 500),
  check ((released_at is null) = (released_by is null)),
  check ((released_at is null) = (reason is null))
);
create unique index source_hold_open on source_hold (source, revision) where released_at is null;
create index source_hold_newest on source_hold (source, since desc);
comment on table  source_hold is 'Adverse answers of a revision are held back (异常冻结) because there were suddenly too many of them.';
comment on column source_hold.id is 'Shown to operators.';
comment on column source_hold.source is 'Id of the registered source.';
comment on column source_hold.revision is 'Revision whose answers it is about; 0 where it has none.';
comment on column source_hold.since is 'Hub clock, UTC.';
comment on column source_hold.usual is 'Usual share of adverse answers.';
comment on column source_hold.observed is 'Share that led to the hold.';
comment on column source_hold.answers is 'Different subjects within the window.';
comment on column source_hold.settled_at is 'When the hub had decided whether to go back to an earlier revision. Null while it has not.';
comment on column source_hold.rolled_back_to is 'Revision it went back to. Null where it did not.';
comment on column source_hold.released_at is 'When an operator released it. Null while it stands.';
comment on column source_hold.released_by is 'Operator as the identity provider names them. Null while it stands.';
comment on column source_hold.reason is 'Why the answers may be believed again. Null while it stands.';
