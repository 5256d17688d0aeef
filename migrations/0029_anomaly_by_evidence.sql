-- Answers are counted by the evidence they are, and a hold is about the evidence of a revision.

-- Counts of a few days at most; what is usual is learned anew.
drop table answer_sample;

create table answer_mark (
  source     text not null check (source <> ''),
  revision   integer not null check (revision >= 0),
  episode    integer not null check (episode >= 0),
  key_digest text not null check (key_digest ~ '^[0-9a-f]{64}$'),
  is_adverse boolean not null,
  counted_at timestamptz not null,
  primary key (source, revision, episode, key_digest)
);
create index answer_mark_counted_at on answer_mark (counted_at);
comment on table  answer_mark is 'Keys that have been counted, so that asking again about one subject counts once a day. Purged by a job.';
comment on column answer_mark.source is 'Id of the registered source.';
comment on column answer_mark.revision is 'Revision that gave the evidence; 0 where it has none.';
comment on column answer_mark.episode is 'How many holds of this revision had been released when it was counted.';
comment on column answer_mark.key_digest is 'HMAC-SHA-256 of the key, hex, as in evidence. Tells nothing about the subject.';
comment on column answer_mark.is_adverse is 'Whether the answer spoke against the subject in a decisive field.';
comment on column answer_mark.counted_at is 'Hub clock, UTC.';

create table answer_bucket (
  source    text not null check (source <> ''),
  revision  integer not null check (revision >= 0),
  episode   integer not null check (episode >= 0),
  starts_at timestamptz not null,
  answers   integer not null check (answers > 0),
  adverse   integer not null check (adverse between 0 and answers),
  primary key (source, revision, episode, starts_at)
);
create index answer_bucket_starts_at on answer_bucket (source, starts_at);
comment on table  answer_bucket is 'What verdicts made of the answers of a revision within five minutes, over all replicas. Purged by a job.';
comment on column answer_bucket.source is 'Id of the registered source.';
comment on column answer_bucket.revision is 'Revision that gave the evidence; 0 where it has none.';
comment on column answer_bucket.episode is 'How many holds of this revision had been released before.';
comment on column answer_bucket.starts_at is 'Beginning of the five minutes, hub clock, UTC.';
comment on column answer_bucket.answers is 'Answers about distinct keys, see answer_mark.';
comment on column answer_bucket.adverse is 'Of them, those that spoke against the subject in a decisive field.';

alter table source_hold
  drop column settled_at,
  add column episode     integer not null default 0 check (episode >= 0),
  add column window_from timestamptz,
  add column review_from timestamptz,
  add column finding     text check (finding in ('FAULT_MENDED', 'ANSWERS_RIGHT'));
update source_hold
set window_from = since - interval '1 hour', review_from = since - interval '1 day',
    finding = case when released_at is not null then 'FAULT_MENDED' end;
alter table source_hold
  alter column episode drop default,
  alter column window_from set not null,
  alter column review_from set not null,
  add check ((released_at is null) = (finding is null));
comment on column source_hold.episode is 'How many holds of this revision had been released before.';
comment on column source_hold.window_from is 'Beginning of the answers that were looked at; they are not usual for anybody.';
comment on column source_hold.review_from is 'Verdicts from then on that rest on adverse answers of the revision want to be looked at again.';
comment on column source_hold.finding is 'FAULT_MENDED: what was answered before stays unbelieved. ANSWERS_RIGHT: the world has changed, and this share is usual now. Null while it stands.';
