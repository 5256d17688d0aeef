-- What stays of nights that are long over: everything that differed, and how often anything else.

alter table cross_check_run add column swept_at timestamptz;
comment on column cross_check_run.swept_at is 'Hub clock, UTC, when the rows of subjects that were alike were deleted. Null before. Its report stays the same, byte by byte.';
create index cross_check_run_unswept on cross_check_run (ended_at) where swept_at is null and ended_at is not null;

create table cross_check_cause (
  run_id   uuid not null references cross_check_run,
  cause    text not null check (length(cause) between 1 and 200),
  subjects integer not null check (subjects > 0),
  primary key (run_id, cause)
);
comment on table  cross_check_cause is 'Why subjects of a run were inconclusive whose rows are deleted by now.';
comment on column cross_check_cause.run_id is 'The run.';
comment on column cross_check_cause.cause is 'As in cross_check_observation.';
comment on column cross_check_cause.subjects is 'How many deleted ones.';
