-- What a revision in the shadow answers about the subjects that its source is asked about anyway.

create table shadow_answer (
  id              uuid primary key,
  source          text not null,
  revision        integer not null,
  verdict_id      uuid not null references verdict,
  position        integer not null check (position > 0),
  asked_at        timestamptz not null,
  took_ms         integer not null check (took_ms >= 0),
  is_unanswered   boolean not null,
  cause           text check (cause <> ''),
  before_code     text not null,
  after_code      text not null,
  judged_digest   text not null check (judged_digest ~ '^[0-9a-f]{64}$'),
  verification_id uuid not null references verification,
  agency_code     text not null,
  subject_name    text not null,
  foreign key (source, revision) references source_revision,
  constraint shadow_answer_once unique (source, revision, verdict_id, position)
);
create index shadow_answer_newest on shadow_answer (source, revision, asked_at desc);
create index shadow_answer_asked_at on shadow_answer (asked_at);
comment on table  shadow_answer is 'One live answer beside what a revision in the shadow said a moment later, as far as it changes the verdict. Purged by a job: thirty days, ten thousand a revision.';
comment on column shadow_answer.id is 'Made by the hub.';
comment on column shadow_answer.source is 'The source.';
comment on column shadow_answer.revision is 'The revision in the shadow.';
comment on column shadow_answer.verdict_id is 'The verdict that rests on the live answer.';
comment on column shadow_answer.position is 'Place of the live answer among the observations of the verdict, from 1.';
comment on column shadow_answer.asked_at is 'Hub clock, UTC, when the revision in the shadow was asked.';
comment on column shadow_answer.took_ms is 'Milliseconds.';
comment on column shadow_answer.is_unanswered is 'It gave no answer, or none that can be read.';
comment on column shadow_answer.cause is 'What would be another, in fixed words. Null where the verdict would be the same.';
comment on column shadow_answer.before_code is 'Verdict by the live answer.';
comment on column shadow_answer.after_code is 'Verdict by the answer in the shadow.';
comment on column shadow_answer.judged_digest is 'SHA-256 of what would be judged by the answer in the shadow, canonical JSON, hex.';
comment on column shadow_answer.verification_id is 'The question.';
comment on column shadow_answer.agency_code is 'Agency that asked.';
comment on column shadow_answer.subject_name is 'Masked as officers see it.';

alter table shadow_report
  add column mode text not null default 'REPLAY' check (mode in ('REPLAY', 'LIVE'));
comment on column shadow_report.mode is 'REPLAY: recorded answers read again. LIVE: pairs of shadow_answer.';
