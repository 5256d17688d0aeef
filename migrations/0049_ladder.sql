-- The fallback ladder under one clock: how far each verification has come, and its one due day; officers' decisions.

create table ladder (
  verification_id    uuid primary key references verification,
  agency_code        text not null,
  counted_from       date not null,
  working_days       integer not null check (working_days between 1 and 250),
  due_on             date not null,
  due_is_provisional boolean not null,
  rung               text not null check (rung in
    ('ONLINE', 'EQUIVALENT', 'ASSISTANCE', 'ON_SITE', 'DECISION', 'CONCLUDED')),
  rungs              integer not null check (rungs > 0),
  is_open            boolean not null,
  check (is_open = (rung <> 'CONCLUDED'))
);
create index ladder_due on ladder (agency_code, due_on, verification_id) where is_open;
comment on table  ladder is 'How far the ladder of a verification has come that was not concluded at once, for finding it. Its rung can be made anew from ladder_rung.';
comment on column ladder.verification_id is 'The verification.';
comment on column ladder.agency_code is 'Agency that asked; no other sees it.';
comment on column ladder.counted_from is 'Day after which the one clock counts, Asia/Shanghai: the day of the question.';
comment on column ladder.working_days is 'Working days of the whole ladder, from the policy.';
comment on column ladder.due_on is 'The one due day, Asia/Shanghai; counted anew when the calendar changes.';
comment on column ladder.due_is_provisional is 'True when due_on lies beyond the published working-day calendar.';
comment on column ladder.rung is 'Rung it stands on; CONCLUDED when nothing is left to climb.';
comment on column ladder.rungs is 'Number of the last row of ladder_rung.';
comment on column ladder.is_open is 'False when it is concluded. A later answer may open it again.';

create table ladder_rung (
  verification_id uuid not null references ladder,
  number          integer not null check (number > 0),
  rung            text not null check (rung in
    ('ONLINE', 'EQUIVALENT', 'ASSISTANCE', 'ON_SITE', 'DECISION', 'CONCLUDED')),
  entered_on      date not null,
  primary key (verification_id, number)
);
comment on table  ladder_rung is 'Which rung of its ladder a verification came to, and when. Append-only.';
comment on column ladder_rung.verification_id is 'The verification.';
comment on column ladder_rung.number is 'Counts from 1; the last one is where it stands.';
comment on column ladder_rung.rung is 'LadderRungName of the schema.';
comment on column ladder_rung.entered_on is 'Day it came there, Asia/Shanghai.';
create trigger ladder_rung_append_only before update or delete or truncate on ladder_rung
  for each statement execute function refuse_change();

-- Verifications from before that are open: twenty working days from the question. The next counting
-- of due days puts the right day in the place of this one.
insert into ladder (verification_id, agency_code, counted_from, working_days, due_on,
  due_is_provisional, rung, rungs, is_open)
select verification.id, agency_code, asked.day, 20, asked.day + 28, true, last.rung, 1, true
from verification
cross join lateral (select (asked_at at time zone 'Asia/Shanghai')::date as day) as asked
cross join lateral (
  select code,
    case when observations @> '[{"method": "ASSISTANCE"}]' then 'ASSISTANCE' else 'ONLINE' end as rung
  from verdict where verification_id = verification.id order by number desc limit 1
) as last
where last.code in ('PENDING', 'INCONCLUSIVE', 'UNAVAILABLE', 'CONFLICTING');
insert into ladder_rung (verification_id, number, rung, entered_on)
select verification_id, 1, rung, counted_from from ladder;

create table officer_decision (
  verdict_id      uuid primary key references verdict,
  verification_id uuid not null references verification,
  outcome         text not null check (outcome in ('CONFIRM', 'LEAVE_OPEN')),
  reason          text not null check (length(reason) between 1 and 2000),
  documents       jsonb not null check (jsonb_typeof(documents) = 'array'),
  decided_at      timestamptz not null,
  decided_by      text not null,
  check (outcome = 'LEAVE_OPEN' or jsonb_array_length(documents) > 0)
);
create index officer_decision_verification on officer_decision (verification_id, decided_at);
comment on table  officer_decision is 'What an officer decided on the last rung of a ladder (人工认定). Never against anybody: a refutation needs an observation. Append-only.';
comment on column officer_decision.verdict_id is 'The verdict that names it.';
comment on column officer_decision.verification_id is 'The verification it concludes.';
comment on column officer_decision.outcome is 'CONFIRM: the documents show what is claimed. LEAVE_OPEN: the certificate is asked for instead.';
comment on column officer_decision.reason is 'Why, in the officer''s words.';
comment on column officer_decision.documents is 'What it rests on: name, SHA-256 and length of each.';
comment on column officer_decision.decided_at is 'Hub clock, UTC.';
comment on column officer_decision.decided_by is 'Officer as the identity provider names them; nobody who handled the case.';
create trigger officer_decision_append_only before update or delete or truncate on officer_decision
  for each statement execute function refuse_change();

alter table verdict drop constraint verdict_cause_check;
alter table verdict add constraint verdict_cause_check
  check (cause in ('ASKED', 'ASSISTANCE_REPLIED', 'ASSISTANCE_UNANSWERED', 'ANSWER_CAME_LATE',
    'ON_SITE_REPORTED', 'ON_SITE_ENDED', 'OFFICER_DECIDED'));
comment on column verdict.cause is 'Why it was judged: asked, a reply came in, none came or will come, a slow source answered at last, an on-site order was reported or ended, an officer decided.';
