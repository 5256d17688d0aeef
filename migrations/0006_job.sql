-- Which replica runs which occurrence of a scheduled job.

create table job_slot (
  job       text not null check (job <> ''),
  slot      timestamptz not null,
  replica   text not null,
  fired_at  timestamptz not null default now(),
  primary key (job, slot)
);
comment on table  job_slot is 'One occurrence of a scheduled job. Every replica ticks; the one whose row is inserted runs it.';
comment on column job_slot.job is 'Name of the schedule.';
comment on column job_slot.slot is 'The instant the schedule names, the same in every replica, UTC.';
comment on column job_slot.replica is 'Replica that won.';
comment on column job_slot.fired_at is 'Database clock, UTC.';
