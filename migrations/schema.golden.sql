-- Functions

CREATE OR REPLACE FUNCTION public.mirror_changed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform mirror_lock(array(select distinct collection_id from come));
  update mirror_range r
     set rows = r.rows + d.rows, xor64 = r.xor64 # d.xor64, sum64 = r.sum64 + d.sum64
    from (select c.collection_id, p.lower, sum(c.sign) as rows, bit_xor(c.row_hash) as xor64, sum(c.sign * c.row_hash::numeric) as sum64
            from (select collection_id, key, row_hash, 1 as sign from come
                  union all
                  select collection_id, key, row_hash, -1 from gone) c
            cross join lateral (
              select lower from mirror_range
               where collection_id = c.collection_id and lower <= c.key order by lower desc limit 1) p
           group by c.collection_id, p.lower) d
   where r.collection_id = d.collection_id and r.lower = d.lower;
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION public.mirror_come()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform mirror_lock(array(select distinct collection_id from come));
  update mirror_range r
     set rows = r.rows + d.rows, xor64 = r.xor64 # d.xor64, sum64 = r.sum64 + d.sum64
    from (select c.collection_id, p.lower, count(*) as rows, bit_xor(c.row_hash) as xor64, sum(c.row_hash) as sum64
            from come c
            cross join lateral (
              select lower from mirror_range
               where collection_id = c.collection_id and lower <= c.key order by lower desc limit 1) p
           group by c.collection_id, p.lower) d
   where r.collection_id = d.collection_id and r.lower = d.lower;
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION public.mirror_gone()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform mirror_lock(array(select distinct collection_id from gone));
  update mirror_range r
     set rows = r.rows - d.rows, xor64 = r.xor64 # d.xor64, sum64 = r.sum64 - d.sum64
    from (select g.collection_id, p.lower, count(*) as rows, bit_xor(g.row_hash) as xor64, sum(g.row_hash) as sum64
            from gone g
            cross join lateral (
              select lower from mirror_range
               where collection_id = g.collection_id and lower <= g.key order by lower desc limit 1) p
           group by g.collection_id, p.lower) d
   where r.collection_id = d.collection_id and r.lower = d.lower;
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION public.mirror_lock(collections integer[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  perform 1 from mirror_collection where id = any (collections) order by id for update;
end $function$
;

CREATE OR REPLACE FUNCTION public.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $function$
;
comment on function refuse_change() is 'Trigger body of append-only tables: refuses update, delete and truncate with SQLSTATE 23001.';

CREATE OR REPLACE FUNCTION public.tell_calendar_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform pg_notify('hecha_calendar', '');
  return null;
end $function$
;
comment on function tell_calendar_change() is 'Trigger body: wakes every replica that listens, when the change is committed.';

CREATE OR REPLACE FUNCTION public.tell_registry_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform pg_notify('hecha_registry', '');
  return null;
end $function$
;
comment on function tell_registry_change() is 'Trigger body: wakes every replica that listens, when the change is committed.';

-- Tables

create table adoption_item (
  task_id uuid not null,
  matter_code text not null,
  adopted_on date,
  own_matter_code text,
  adopted_at timestamp with time zone,
  adopted_by text,
  constraint adoption_item_check CHECK (((adopted_on IS NULL) = (adopted_at IS NULL))),
  constraint adoption_item_check1 CHECK (((adopted_on IS NULL) = (adopted_by IS NULL))),
  constraint adoption_item_check2 CHECK (((adopted_on IS NULL) = (own_matter_code IS NULL))),
  constraint adoption_item_own_matter_code_check CHECK (((length(own_matter_code) >= 1) AND (length(own_matter_code) <= 64))),
  constraint adoption_item_pkey PRIMARY KEY (task_id, matter_code),
  constraint adoption_item_task_id_fkey FOREIGN KEY (task_id) REFERENCES adoption_task(id)
);
comment on table adoption_item is 'One matter of such a task.';
comment on column adoption_item.task_id is 'The task.';
comment on column adoption_item.matter_code is 'Code of the matter on the upper list.';
comment on column adoption_item.adopted_on is 'Day on which the agency said so, Asia/Shanghai. Null while open.';
comment on column adoption_item.own_matter_code is 'Implementing code under which the agency carries it out.';
comment on column adoption_item.adopted_at is 'Hub clock, UTC.';
comment on column adoption_item.adopted_by is 'Officer as the identity provider names them.';

create table adoption_task (
  id uuid not null,
  list_id uuid not null,
  agency_code text not null,
  listed_on date not null,
  working_days integer not null,
  due_on date not null,
  provisional boolean not null,
  constraint adoption_task_list_id_fkey FOREIGN KEY (list_id) REFERENCES matter_list(id),
  constraint adoption_task_once UNIQUE (list_id, agency_code),
  constraint adoption_task_pkey PRIMARY KEY (id),
  constraint adoption_task_working_days_check CHECK (((working_days >= 0) AND (working_days <= 1000)))
);
CREATE INDEX adoption_task_agency ON public.adoption_task USING btree (agency_code, due_on);
comment on table adoption_task is 'An agency has to take over (承接) matters of a list and to carry them out.';
comment on column adoption_task.id is 'Shown to callers.';
comment on column adoption_task.list_id is 'Version of the list that named the agency.';
comment on column adoption_task.agency_code is 'Agency that has to.';
comment on column adoption_task.listed_on is 'Day of publication, from which the period counts.';
comment on column adoption_task.working_days is 'Working days it has, as the import said.';
comment on column adoption_task.due_on is 'Last day, by the working-day calendar; counted anew when that changes.';
comment on column adoption_task.provisional is 'True when due_on lies beyond the published working-day calendar.';

create table agency (
  code text not null,
  name text not null,
  region_code text not null,
  level text not null,
  is_justice boolean not null,
  version integer not null,
  registered_at timestamp with time zone not null,
  registered_by text not null,
  constraint agency_code_check CHECK ((code ~ '^[0-9A-Z]{18}$'::text)),
  constraint agency_level_check CHECK ((level = ANY (ARRAY['PROVINCE'::text, 'CITY'::text, 'COUNTY'::text]))),
  constraint agency_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
  constraint agency_pkey PRIMARY KEY (code),
  constraint agency_region_code_check CHECK ((region_code ~ '^[0-9]{6}$'::text)),
  constraint agency_version_check CHECK ((version > 0))
);
CREATE INDEX agency_region ON public.agency USING btree (region_code, level);
comment on table agency is 'An administrative organ (行政机关、单位) that takes part in the regime: who is responsible where.';
comment on column agency.code is 'Unified social credit code of the organ.';
comment on column agency.name is 'Its name, Chinese.';
comment on column agency.region_code is 'GB/T 2260 code of the region it is responsible for.';
comment on column agency.level is 'PROVINCE 省级, CITY 市级, COUNTY 县级.';
comment on column agency.is_justice is 'True for the justice bureau (司法行政部门), which owns the lists of its level, coordinates assistance and receives filings.';
comment on column agency.version is 'Counts from 1; a change raises it.';
comment on column agency.registered_at is 'Hub clock, UTC, of the last change.';
comment on column agency.registered_by is 'Operator of the last change, as the identity provider names them, or deployment.';

create table answer_bucket (
  source text not null,
  revision integer not null,
  episode integer not null,
  starts_at timestamp with time zone not null,
  answers integer not null,
  adverse integer not null,
  constraint answer_bucket_answers_check CHECK ((answers > 0)),
  constraint answer_bucket_check CHECK (((adverse >= 0) AND (adverse <= answers))),
  constraint answer_bucket_episode_check CHECK ((episode >= 0)),
  constraint answer_bucket_pkey PRIMARY KEY (source, revision, episode, starts_at),
  constraint answer_bucket_revision_check CHECK ((revision >= 0)),
  constraint answer_bucket_source_check CHECK ((source <> ''::text))
);
CREATE INDEX answer_bucket_starts_at ON public.answer_bucket USING btree (source, starts_at);
comment on table answer_bucket is 'What verdicts made of the answers of a revision within five minutes, over all replicas. Purged by a job.';
comment on column answer_bucket.source is 'Id of the registered source.';
comment on column answer_bucket.revision is 'Revision that gave the evidence; 0 where it has none.';
comment on column answer_bucket.episode is 'How many holds of this revision had been released before.';
comment on column answer_bucket.starts_at is 'Beginning of the five minutes, hub clock, UTC.';
comment on column answer_bucket.answers is 'Answers about distinct keys, see answer_mark.';
comment on column answer_bucket.adverse is 'Of them, those that spoke against the subject in a decisive field.';

create table answer_mark (
  source text not null,
  revision integer not null,
  episode integer not null,
  key_digest text not null,
  is_adverse boolean not null,
  counted_at timestamp with time zone not null,
  constraint answer_mark_episode_check CHECK ((episode >= 0)),
  constraint answer_mark_key_digest_check CHECK ((key_digest ~ '^[0-9a-f]{64}$'::text)),
  constraint answer_mark_pkey PRIMARY KEY (source, revision, episode, key_digest),
  constraint answer_mark_revision_check CHECK ((revision >= 0)),
  constraint answer_mark_source_check CHECK ((source <> ''::text))
);
CREATE INDEX answer_mark_counted_at ON public.answer_mark USING btree (counted_at);
comment on table answer_mark is 'Keys that have been counted, so that asking again about one subject counts once a day. Purged by a job.';
comment on column answer_mark.source is 'Id of the registered source.';
comment on column answer_mark.revision is 'Revision that gave the evidence; 0 where it has none.';
comment on column answer_mark.episode is 'How many holds of this revision had been released when it was counted.';
comment on column answer_mark.key_digest is 'HMAC-SHA-256 of the key, hex, as in evidence. Tells nothing about the subject.';
comment on column answer_mark.is_adverse is 'Whether the answer spoke against the subject in a decisive field.';
comment on column answer_mark.counted_at is 'Hub clock, UTC.';

create table assistance_alarm (
  request_id uuid not null,
  kind text not null,
  turn integer not null,
  to_agency text,
  due_on date not null,
  raised_at timestamp with time zone not null,
  constraint assistance_alarm_kind_check CHECK ((kind = ANY (ARRAY['REMINDER_HALF'::text, 'REMINDER_LATE'::text, 'ESCALATED_TO_COORDINATOR'::text, 'ESCALATED_TO_SUPERIOR'::text]))),
  constraint assistance_alarm_pkey PRIMARY KEY (request_id, kind, turn),
  constraint assistance_alarm_request_id_fkey FOREIGN KEY (request_id) REFERENCES assistance_request(id),
  constraint assistance_alarm_turn_check CHECK ((turn > 0))
);
CREATE INDEX assistance_alarm_to ON public.assistance_alarm USING btree (to_agency, raised_at DESC);
CREATE TRIGGER assistance_alarm_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.assistance_alarm FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table assistance_alarm is 'Somebody was reminded of a turn, or told that nobody took it (催办). Each once for each turn. Append-only.';
comment on column assistance_alarm.request_id is 'The request.';
comment on column assistance_alarm.kind is 'At 50 % and 80 % of the turn, and one and three working days after its due day.';
comment on column assistance_alarm.turn is 'Version by which the turn began.';
comment on column assistance_alarm.to_agency is 'Who is told. Null where no justice bureau is registered: the operator is.';
comment on column assistance_alarm.due_on is 'Due day of the turn.';
comment on column assistance_alarm.raised_at is 'Hub clock, UTC.';

create table assistance_delivery (
  request_id uuid not null,
  attempts integer default 0 not null,
  next_at timestamp with time zone,
  delivered_at timestamp with time zone,
  receipt_number text,
  last_fault text,
  constraint assistance_delivery_attempts_check CHECK ((attempts >= 0)),
  constraint assistance_delivery_done CHECK (((delivered_at IS NULL) OR (next_at IS NULL))),
  constraint assistance_delivery_pkey PRIMARY KEY (request_id),
  constraint assistance_delivery_receipt CHECK (((delivered_at IS NULL) = (receipt_number IS NULL))),
  constraint assistance_delivery_request_id_fkey FOREIGN KEY (request_id) REFERENCES assistance_request(id)
);
CREATE INDEX assistance_delivery_due ON public.assistance_delivery USING btree (next_at) WHERE (next_at IS NOT NULL);
comment on table assistance_delivery is 'Whether the assisting agency''s own system has been told of a request; the inbox has it either way.';
comment on column assistance_delivery.request_id is 'The request.';
comment on column assistance_delivery.attempts is 'Deliveries tried so far.';
comment on column assistance_delivery.next_at is 'When to try again, database clock. Null when delivered or given up.';
comment on column assistance_delivery.delivered_at is 'When the system acknowledged. Null while it has not.';
comment on column assistance_delivery.receipt_number is 'Its receipt. Null while it has not acknowledged.';
comment on column assistance_delivery.last_fault is 'Fault code of the last attempt. Null when there was none.';

create table assistance_event (
  request_id uuid not null,
  number integer not null,
  step text not null,
  state text not null,
  at timestamp with time zone not null,
  "on" date not null,
  agency_code text not null,
  by text not null,
  facts jsonb not null,
  idempotency_key text,
  constraint assistance_event_facts_check CHECK ((jsonb_typeof(facts) = 'object'::text)),
  constraint assistance_event_idempotency_key_check CHECK (((length(idempotency_key) >= 1) AND (length(idempotency_key) <= 64))),
  constraint assistance_event_key_once UNIQUE (request_id, idempotency_key),
  constraint assistance_event_number_check CHECK ((number > 0)),
  constraint assistance_event_pkey PRIMARY KEY (request_id, number),
  constraint assistance_event_request_id_fkey FOREIGN KEY (request_id) REFERENCES assistance_request(id)
);
CREATE TRIGGER assistance_event_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.assistance_event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table assistance_event is 'Everything that was done to a request for assistance, in order. The request is the sum of it. Append-only.';
comment on column assistance_event.request_id is 'The request.';
comment on column assistance_event.number is 'Counts from 1; the version after it.';
comment on column assistance_event.step is 'AssistanceStep of src/model/assistance-life.ts.';
comment on column assistance_event.state is 'AssistanceState after it.';
comment on column assistance_event.at is 'Hub clock, UTC.';
comment on column assistance_event."on" is 'Business day of it, Asia/Shanghai.';
comment on column assistance_event.agency_code is 'Agency that did it.';
comment on column assistance_event.by is 'Account as the identity provider names it, or job.';
comment on column assistance_event.facts is 'AssistanceFacts of src/model/assistance-record.ts: what the step brought with it.';
comment on column assistance_event.idempotency_key is 'Chosen by the caller; the same key is the same step. Null where there is none.';

create table assistance_item (
  code text not null,
  version integer not null,
  title text not null,
  assisting_agency text not null,
  legal_basis text not null,
  contact text not null,
  questions jsonb not null,
  limits jsonb not null,
  minutes_per_request integer not null,
  effective_from date not null,
  published_at timestamp with time zone not null,
  published_by text not null,
  other_agencies text[] default '{}'::text[] not null,
  constraint assistance_item_code_check CHECK ((code ~ '^[a-z0-9-]{1,64}$'::text)),
  constraint assistance_item_contact_check CHECK (((length(contact) >= 1) AND (length(contact) <= 200))),
  constraint assistance_item_legal_basis_check CHECK (((length(legal_basis) >= 1) AND (length(legal_basis) <= 500))),
  constraint assistance_item_limits_check CHECK ((jsonb_typeof(limits) = 'object'::text)),
  constraint assistance_item_minutes_per_request_check CHECK (((minutes_per_request >= 1) AND (minutes_per_request <= 10000))),
  constraint assistance_item_other_agencies_check CHECK ((cardinality(other_agencies) <= 5)),
  constraint assistance_item_pkey PRIMARY KEY (code, version),
  constraint assistance_item_questions_check CHECK ((jsonb_typeof(questions) = 'array'::text)),
  constraint assistance_item_title_check CHECK (((length(title) >= 1) AND (length(title) <= 200))),
  constraint assistance_item_version_check CHECK ((version > 0))
);
CREATE INDEX assistance_item_agency ON public.assistance_item USING btree (assisting_agency);
CREATE TRIGGER assistance_item_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.assistance_item FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table assistance_item is 'The list of assistance (行政协助事项清单): what an agency answers, on which basis, how soon. Append-only by version.';
comment on column assistance_item.code is 'Stable over versions.';
comment on column assistance_item.version is 'Counts from 1.';
comment on column assistance_item.title is 'What is asked, Chinese.';
comment on column assistance_item.assisting_agency is 'Unified social credit code of the agency that answers.';
comment on column assistance_item.legal_basis is 'Law and article.';
comment on column assistance_item.contact is 'Desk and telephone, no person.';
comment on column assistance_item.questions is 'Question set: code and text.';
comment on column assistance_item.limits is 'AssistanceLimits of src/model/assistance-item.ts, working days.';
comment on column assistance_item.minutes_per_request is 'What one answer by hand costs, minutes.';
comment on column assistance_item.effective_from is 'First day it holds, Asia/Shanghai.';
comment on column assistance_item.published_at is 'Hub clock, UTC.';
comment on column assistance_item.published_by is 'Account as the identity provider names it.';
comment on column assistance_item.other_agencies is 'Unified social credit codes of other agencies that can answer the same independently.';

create table assistance_reply (
  request_id uuid not null,
  answers jsonb not null,
  answerer_name text not null,
  as_of date not null,
  replied_at timestamp with time zone not null,
  replied_by text not null,
  number integer default 1 not null,
  attachments jsonb default '[]'::jsonb not null,
  constraint assistance_reply_answerer_name_check CHECK (((length(answerer_name) >= 1) AND (length(answerer_name) <= 64))),
  constraint assistance_reply_answers_check CHECK ((jsonb_typeof(answers) = 'array'::text)),
  constraint assistance_reply_attachments_check CHECK ((jsonb_typeof(attachments) = 'array'::text)),
  constraint assistance_reply_number_check CHECK ((number > 0)),
  constraint assistance_reply_pkey PRIMARY KEY (request_id, number),
  constraint assistance_reply_request_id_fkey FOREIGN KEY (request_id) REFERENCES assistance_request(id)
);
CREATE TRIGGER assistance_reply_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.assistance_reply FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table assistance_reply is 'What a person at the assisting agency found. Append-only.';
comment on column assistance_reply.request_id is 'The request it answers.';
comment on column assistance_reply.answers is 'Question code, answer code and note, one each, in the order of the questions.';
comment on column assistance_reply.answerer_name is 'Who looked it up, as they signed.';
comment on column assistance_reply.as_of is 'Business day whose holdings were looked at, Asia/Shanghai.';
comment on column assistance_reply.replied_at is 'Hub clock, UTC.';
comment on column assistance_reply.replied_by is 'Account that replied, as the identity provider names it.';
comment on column assistance_reply.number is 'Version of the request that it made; the last one counts.';
comment on column assistance_reply.attachments is 'Documents that go with it: name, SHA-256 and length.';

create table assistance_request (
  id uuid not null,
  request_number text not null,
  verification_id uuid,
  case_id uuid not null,
  subject_id uuid not null,
  requirement text not null,
  asking_agency text not null,
  assisting_agency text not null,
  source text not null,
  questions jsonb not null,
  due_on date not null,
  due_is_provisional boolean not null,
  submitted_at timestamp with time zone not null,
  submitted_by text not null,
  parent_id uuid,
  attempt integer default 1 not null,
  item_code text,
  item_version integer,
  independent_of uuid,
  reason text,
  constraint assistance_request_attempt_check CHECK ((attempt > 0)),
  constraint assistance_request_case_id_fkey FOREIGN KEY (case_id) REFERENCES case_file(id),
  constraint assistance_request_independence_has_reason CHECK (((independent_of IS NULL) = (reason IS NULL))),
  constraint assistance_request_independent_of_fkey FOREIGN KEY (independent_of) REFERENCES assistance_request(id),
  constraint assistance_request_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES assistance_request(id),
  constraint assistance_request_pkey PRIMARY KEY (id),
  constraint assistance_request_questions_check CHECK ((jsonb_typeof(questions) = 'array'::text)),
  constraint assistance_request_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 1000))),
  constraint assistance_request_request_number_key UNIQUE (request_number),
  constraint assistance_request_subject_id_fkey FOREIGN KEY (subject_id) REFERENCES case_subject(id),
  constraint assistance_request_verification_id_fkey FOREIGN KEY (verification_id) REFERENCES verification(id)
);
CREATE INDEX assistance_request_inbox ON public.assistance_request USING btree (assisting_agency, submitted_at DESC, id DESC);
CREATE UNIQUE INDEX assistance_request_once ON public.assistance_request USING btree (case_id, subject_id, requirement, attempt) WHERE (parent_id IS NULL);
CREATE INDEX assistance_request_parent ON public.assistance_request USING btree (parent_id) WHERE (parent_id IS NOT NULL);
CREATE INDEX assistance_request_sent ON public.assistance_request USING btree (asking_agency, submitted_at DESC, id DESC);
CREATE INDEX assistance_request_subject_id ON public.assistance_request USING btree (subject_id, submitted_at DESC);
CREATE TRIGGER assistance_request_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.assistance_request FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table assistance_request is 'A request for administrative assistance (行政协助), in the inbox of the assisting agency from the moment it is committed. Append-only.';
comment on column assistance_request.id is 'Shown to callers; the key by which delivery and reply are idempotent.';
comment on column assistance_request.request_number is 'Number people use: asking region, date, serial.';
comment on column assistance_request.verification_id is 'Verification that waits for the answer. Null where an officer asked without one.';
comment on column assistance_request.case_id is 'Case that gives the purpose.';
comment on column assistance_request.subject_id is 'Subject that is asked about.';
comment on column assistance_request.requirement is 'Requirement of the matter''s policy it would answer.';
comment on column assistance_request.asking_agency is 'Unified social credit code of the agency that asks.';
comment on column assistance_request.assisting_agency is 'Unified social credit code of the agency that is asked first; assistance_standing tells which one has it now.';
comment on column assistance_request.source is 'Id of the registered source by which the assisting agency is told.';
comment on column assistance_request.questions is 'Question set: code, text and the claim field it answers.';
comment on column assistance_request.due_on is 'Last working day for the reply as it was counted first; assistance_standing tells the one that counts.';
comment on column assistance_request.due_is_provisional is 'True when due_on lies beyond the published working-day calendar.';
comment on column assistance_request.submitted_at is 'Hub clock, UTC.';
comment on column assistance_request.submitted_by is 'Officer as the identity provider names them.';
comment on column assistance_request.parent_id is 'Request that this one is a part of (拆分). Null for a whole one.';
comment on column assistance_request.attempt is 'Counts from 1; the same is asked again after it was withdrawn, or independently once it was answered.';
comment on column assistance_request.item_code is 'Entry of the list of assistance that it follows. Null where the list has none.';
comment on column assistance_request.item_version is 'Its version. Null where the list has none.';
comment on column assistance_request.independent_of is 'Answered request of which this one is independent: another person looks. Null for a first one.';
comment on column assistance_request.reason is 'Why a second, independent answer is wanted. Null for a first one.';

create table assistance_standing (
  request_id uuid not null,
  state text not null,
  version integer not null,
  assisting_agency text not null,
  owner_agency text,
  coordinator_agency text,
  due_on date not null,
  due_is_provisional boolean not null,
  is_open boolean not null,
  standing jsonb not null,
  constraint assistance_standing_pkey PRIMARY KEY (request_id),
  constraint assistance_standing_request_id_fkey FOREIGN KEY (request_id) REFERENCES assistance_request(id),
  constraint assistance_standing_standing_check CHECK ((jsonb_typeof(standing) = 'object'::text)),
  constraint assistance_standing_version_check CHECK ((version >= 0))
);
CREATE INDEX assistance_standing_coordinator ON public.assistance_standing USING btree (coordinator_agency, state) WHERE (coordinator_agency IS NOT NULL);
CREATE INDEX assistance_standing_inbox ON public.assistance_standing USING btree (assisting_agency, state);
CREATE INDEX assistance_standing_open ON public.assistance_standing USING btree (request_id) WHERE is_open;
comment on table assistance_standing is 'What the events of a request come to, for finding it. Can be made anew from them at any time.';
comment on column assistance_standing.request_id is 'The request.';
comment on column assistance_standing.state is 'AssistanceState of src/model/assistance-life.ts.';
comment on column assistance_standing.version is 'Number of its last event. 0 for a draft, to which nothing has happened.';
comment on column assistance_standing.assisting_agency is 'The agency that has to assist now.';
comment on column assistance_standing.owner_agency is 'The one agency whose turn it is. Null where it is over or nobody coordinates.';
comment on column assistance_standing.coordinator_agency is 'Justice bureau that coordinates. Null until somebody has to.';
comment on column assistance_standing.due_on is 'Last working day for the reply, Asia/Shanghai; counted anew when the calendar changes.';
comment on column assistance_standing.due_is_provisional is 'True when due_on lies beyond the published working-day calendar.';
comment on column assistance_standing.is_open is 'False where nothing can follow.';
comment on column assistance_standing.standing is 'AssistanceStanding of src/model/assistance-standing.ts.';

create table breach (
  id uuid not null,
  agency_code text not null,
  commitment_id uuid not null,
  first_id uuid not null,
  second_id uuid not null,
  regulator_code text,
  opened_by text not null,
  opened_at timestamp with time zone not null,
  idempotency_key text not null,
  constraint breach_commitment_id_fkey FOREIGN KEY (commitment_id) REFERENCES commitment(id),
  constraint breach_first_id_fkey FOREIGN KEY (first_id) REFERENCES verification(id),
  constraint breach_idempotency_key_check CHECK (((length(idempotency_key) >= 1) AND (length(idempotency_key) <= 64))),
  constraint breach_key_once UNIQUE (agency_code, idempotency_key),
  constraint breach_pkey PRIMARY KEY (id),
  constraint breach_second_id_fkey FOREIGN KEY (second_id) REFERENCES verification(id)
);
CREATE INDEX breach_commitment ON public.breach USING btree (commitment_id);
CREATE INDEX breach_newest ON public.breach USING btree (agency_code, opened_at DESC, id DESC);
CREATE TRIGGER breach_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.breach FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table breach is 'A suspected breach (承诺不实) of a commitment, opened by an officer on two independent refutations. Append-only; what became of it stands in breach_event.';
comment on column breach.id is 'Shown to callers.';
comment on column breach.agency_code is 'Agency that accepted the commitment; no other sees it.';
comment on column breach.commitment_id is 'The commitment.';
comment on column breach.first_id is 'Verification that refuted first.';
comment on column breach.second_id is 'Verification that refuted again, on other evidence; the first one where it rests on two independent observations.';
comment on column breach.regulator_code is 'Agency that regulates the trade, where another one handles the matter. Null where they are the same.';
comment on column breach.opened_by is 'Officer as the identity provider names them.';
comment on column breach.opened_at is 'Hub clock, UTC.';
comment on column breach.idempotency_key is 'Chosen by the caller.';

create table breach_event (
  breach_id uuid not null,
  number integer not null,
  step text,
  state text not null,
  at timestamp with time zone not null,
  by text not null,
  statement text,
  due_on date,
  decision jsonb,
  constraint breach_event_breach_id_fkey FOREIGN KEY (breach_id) REFERENCES breach(id),
  constraint breach_event_check CHECK (((number = 1) = (step IS NULL))),
  constraint breach_event_check1 CHECK (((NOT (step IS DISTINCT FROM 'NOTIFY'::text)) = (due_on IS NOT NULL))),
  constraint breach_event_check2 CHECK (((NOT (step IS DISTINCT FROM 'DECIDE'::text)) = (decision IS NOT NULL))),
  constraint breach_event_number_check CHECK ((number > 0)),
  constraint breach_event_pkey PRIMARY KEY (breach_id, number),
  constraint breach_event_state_check CHECK ((state = ANY (ARRAY['OPENED'::text, 'NOTIFIED'::text, 'HEARD'::text, 'DECIDED'::text, 'TOLERATED'::text, 'DISMISSED'::text, 'ANNULLED'::text]))),
  constraint breach_event_statement_check CHECK (((length(statement) >= 1) AND (length(statement) <= 4000))),
  constraint breach_event_step_check CHECK ((step = ANY (ARRAY['NOTIFY'::text, 'HEAR'::text, 'DECIDE'::text, 'TOLERATE'::text, 'DISMISS'::text, 'ANNUL'::text])))
);
CREATE INDEX breach_event_step ON public.breach_event USING btree (step, at) WHERE (step IS NOT NULL);
CREATE TRIGGER breach_event_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.breach_event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table breach_event is 'What was done with a suspected breach. The last one tells its state. Append-only.';
comment on column breach_event.breach_id is 'The suspected breach.';
comment on column breach_event.number is 'Counts from 1; the opening is 1.';
comment on column breach_event.step is 'The step taken. Null for the opening.';
comment on column breach_event.state is 'The state after it.';
comment on column breach_event.at is 'Hub clock, UTC.';
comment on column breach_event.by is 'Officer as the identity provider names them.';
comment on column breach_event.statement is 'The applicant''s statement, or why, in the officer''s words. Null where the step needs none.';
comment on column breach_event.due_on is 'Last day for the applicant''s statement. Null unless the applicant was told.';
comment on column breach_event.decision is 'BreachDecision of src/model/breach.ts. Null unless decided.';

create table bulk (
  id uuid not null,
  agency_code text not null,
  number text not null,
  matter_code text not null,
  matter_version integer not null,
  legal_basis text not null,
  accepted_on date not null,
  opened_at timestamp with time zone not null,
  opened_by text not null,
  asked_by text,
  state text not null,
  version integer not null,
  file_digest text,
  file_bytes integer,
  skips_rejects boolean,
  waits_for text,
  waits_because text,
  retry_at timestamp with time zone,
  holder uuid,
  held_until timestamp with time zone,
  constraint bulk_check CHECK (((holder IS NULL) = (held_until IS NULL))),
  constraint bulk_file_at_once CHECK ((((file_digest IS NULL) = (file_bytes IS NULL)) AND ((file_digest IS NULL) = (skips_rejects IS NULL)))),
  constraint bulk_file_before_check CHECK (((state = ANY (ARRAY['OPENED'::text, 'CANCELED'::text])) OR (file_digest IS NOT NULL))),
  constraint bulk_file_bytes_check CHECK ((file_bytes >= 0)),
  constraint bulk_file_digest_check CHECK ((file_digest ~ '^[0-9a-f]{64}$'::text)),
  constraint bulk_legal_basis_check CHECK (((length(legal_basis) >= 1) AND (length(legal_basis) <= 512))),
  constraint bulk_matter_code_matter_version_fkey FOREIGN KEY (matter_code, matter_version) REFERENCES matter_version(matter_code, version),
  constraint bulk_number_check CHECK (((length(number) >= 1) AND (length(number) <= 58))),
  constraint bulk_number_once UNIQUE (agency_code, number),
  constraint bulk_pkey PRIMARY KEY (id),
  constraint bulk_state_check CHECK ((state = ANY (ARRAY['OPENED'::text, 'CHECKED'::text, 'RUNNING'::text, 'WAITING'::text, 'PAUSED'::text, 'DONE'::text, 'CANCELED'::text]))),
  constraint bulk_version_check CHECK ((version > 0)),
  constraint bulk_waits_for_something CHECK ((((state = 'WAITING'::text) = (retry_at IS NOT NULL)) AND ((state = 'WAITING'::text) = (waits_because IS NOT NULL))))
);
CREATE INDEX bulk_newest ON public.bulk USING btree (agency_code, opened_at DESC, id DESC);
CREATE INDEX bulk_to_run ON public.bulk USING btree (opened_at, id) WHERE (state = ANY (ARRAY['RUNNING'::text, 'WAITING'::text]));
comment on table bulk is 'One list (批量核查): a matter, a legal basis, and the subjects of a file. What was done with it stands in bulk_event, its subjects in cases of their own.';
comment on column bulk.id is 'Shown to callers.';
comment on column bulk.agency_code is 'Agency that opened it; no other sees it.';
comment on column bulk.number is 'The agency''s own number of the list (核查批次号); the numbers of its cases begin with it.';
comment on column bulk.matter_code is 'Matter by whose policy every row is verified.';
comment on column bulk.matter_version is 'Version in force on accepted_on.';
comment on column bulk.legal_basis is 'Law and article on which the agency asks.';
comment on column bulk.accepted_on is 'Business day that counts as the day of acceptance, Asia/Shanghai.';
comment on column bulk.opened_at is 'Hub clock, UTC.';
comment on column bulk.opened_by is 'Officer as the identity provider names them.';
comment on column bulk.asked_by is 'Officer who started it and in whose name sources are asked. Null before.';
comment on column bulk.state is 'OPENED without a file, CHECKED, RUNNING, WAITING for a source, PAUSED by an officer, DONE or CANCELED.';
comment on column bulk.version is 'Counts the steps so far.';
comment on column bulk.file_digest is 'SHA-256 of the file exactly as received, hex. Null before it was taken in.';
comment on column bulk.file_bytes is 'Length of the file. Null before it was taken in.';
comment on column bulk.skips_rejects is 'Whether the officer had the rows that cannot be read left out. Null before the file was taken in.';
comment on column bulk.waits_for is 'Id of the source that is waited for. Null where none is to blame.';
comment on column bulk.waits_because is 'Fault code, with finer reason, of what is waited for. Null unless it waits.';
comment on column bulk.retry_at is 'When it goes on by itself; hub clock, UTC. Null unless it waits.';
comment on column bulk.holder is 'The run that works on it. Null while none does.';
comment on column bulk.held_until is 'Until when the run holds it unless it is heard of again; database clock.';

create table bulk_event (
  bulk_id uuid not null,
  number integer not null,
  step text,
  state text not null,
  at timestamp with time zone not null,
  by text not null,
  reason text,
  constraint bulk_event_bulk_id_fkey FOREIGN KEY (bulk_id) REFERENCES bulk(id),
  constraint bulk_event_number_check CHECK ((number > 0)),
  constraint bulk_event_pkey PRIMARY KEY (bulk_id, number),
  constraint bulk_event_step_check CHECK ((step = ANY (ARRAY['CHECK'::text, 'START'::text, 'PAUSE'::text, 'RESUME'::text, 'WAIT'::text, 'FINISH'::text, 'CANCEL'::text])))
);
CREATE TRIGGER bulk_event_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.bulk_event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table bulk_event is 'What was done with a list, by whom. Append-only.';
comment on column bulk_event.bulk_id is 'The list.';
comment on column bulk_event.number is 'Counts from 1; the version of the list after it.';
comment on column bulk_event.step is 'BulkStep of the schema. Null for the opening.';
comment on column bulk_event.state is 'The state after it.';
comment on column bulk_event.at is 'Hub clock, UTC.';
comment on column bulk_event.by is 'Officer as the identity provider names them, or job:bulk.';
comment on column bulk_event.reason is 'Fault that is waited for. Null for other steps.';

create table bulk_reject (
  bulk_id uuid not null,
  number integer not null,
  line integer not null,
  field text,
  reason text not null,
  message text not null,
  constraint bulk_reject_bulk_id_fkey FOREIGN KEY (bulk_id) REFERENCES bulk(id),
  constraint bulk_reject_line_check CHECK ((line > 0)),
  constraint bulk_reject_number_check CHECK ((number > 0)),
  constraint bulk_reject_pkey PRIMARY KEY (bulk_id, number),
  constraint bulk_reject_reason_check CHECK ((reason <> ''::text))
);
comment on table bulk_reject is 'A row of the file that cannot be asked about, left out because the officer said so. Holds no value of it.';
comment on column bulk_reject.bulk_id is 'The list.';
comment on column bulk_reject.number is 'Counts from 1 in the order of the file.';
comment on column bulk_reject.line is 'Line of the file, from 1 with the heading.';
comment on column bulk_reject.field is 'Column to blame. Null for the whole row.';
comment on column bulk_reject.reason is 'Stable word for why.';
comment on column bulk_reject.message is 'What to do, in a sentence.';

create table bulk_row (
  bulk_id uuid not null,
  line integer not null,
  subject_id uuid not null,
  claims jsonb not null,
  state text not null,
  isolation smallint default 0 not null,
  tries smallint default 0 not null,
  claimed_by uuid,
  fault text,
  verification_id uuid,
  verdict_code text,
  ended_at timestamp with time zone,
  constraint bulk_row_bulk_id_fkey FOREIGN KEY (bulk_id) REFERENCES bulk(id),
  constraint bulk_row_claims_check CHECK ((jsonb_typeof(claims) = 'array'::text)),
  constraint bulk_row_concluded CHECK ((((state = 'CONCLUDED'::text) = (verification_id IS NOT NULL)) AND ((state = 'CONCLUDED'::text) = (verdict_code IS NOT NULL)))),
  constraint bulk_row_ended CHECK (((state = 'WAITING'::text) = (ended_at IS NULL))),
  constraint bulk_row_isolation_check CHECK (((isolation >= 0) AND (isolation <= 2))),
  constraint bulk_row_line_check CHECK ((line > 0)),
  constraint bulk_row_pkey PRIMARY KEY (bulk_id, line),
  constraint bulk_row_skipped_says_why CHECK (((state <> 'SKIPPED'::text) OR (fault IS NOT NULL))),
  constraint bulk_row_state_check CHECK ((state = ANY (ARRAY['WAITING'::text, 'CONCLUDED'::text, 'SKIPPED'::text]))),
  constraint bulk_row_subject_id_fkey FOREIGN KEY (subject_id) REFERENCES case_subject(id),
  constraint bulk_row_subject_once UNIQUE (subject_id),
  constraint bulk_row_tries_check CHECK (((tries >= 0) AND (tries <= 3))),
  constraint bulk_row_verdict_code_check CHECK ((verdict_code = ANY (ARRAY['CONFIRMED'::text, 'REFUTED'::text, 'CONFLICTING'::text, 'INCONCLUSIVE'::text, 'PENDING'::text, 'UNAVAILABLE'::text, 'EXEMPT'::text]))),
  constraint bulk_row_verification_id_fkey FOREIGN KEY (verification_id) REFERENCES verification(id),
  constraint bulk_row_verification_once UNIQUE (verification_id)
);
CREATE INDEX bulk_row_next ON public.bulk_row USING btree (bulk_id, isolation, line) WHERE (state = 'WAITING'::text);
CREATE INDEX bulk_row_progress ON public.bulk_row USING btree (bulk_id, state, verdict_code, ended_at);
comment on table bulk_row is 'One row of a list. Its name and code stand with its subject, its conclusion with its verification.';
comment on column bulk_row.bulk_id is 'The list.';
comment on column bulk_row.line is 'Line of the file, from 1 with the heading, as an editor shows it.';
comment on column bulk_row.subject_id is 'Subject of one of the cases of the list.';
comment on column bulk_row.claims is 'Claims: requirement, field, value.';
comment on column bulk_row.state is 'WAITING to be asked about, CONCLUDED by a verdict, or SKIPPED because asking fails for this row alone.';
comment on column bulk_row.isolation is '0: asked together with many; 1: with few; 2: alone, because it may be what makes asking fail.';
comment on column bulk_row.tries is 'Times it was asked about alone and failed for its own sake.';
comment on column bulk_row.claimed_by is 'The run that asks about it. One of a run that has ended was interrupted.';
comment on column bulk_row.fault is 'Why asking failed last; why it is skipped. Null where it did not.';
comment on column bulk_row.verification_id is 'Its verification. Null exactly until it is concluded.';
comment on column bulk_row.verdict_code is 'The first verdict; a later one stands with the verification.';
comment on column bulk_row.ended_at is 'Hub clock, UTC. Null while it waits.';

create table calendar_day (
  date date not null,
  is_workday boolean not null,
  why text not null,
  source text not null,
  constraint calendar_day_pkey PRIMARY KEY (date),
  constraint calendar_day_why_check CHECK (((length(why) >= 1) AND (length(why) <= 64)))
);
comment on table calendar_day is 'Days that the published arrangements name. Any other day is worked from Monday to Friday.';
comment on column calendar_day.date is 'The day, Asia/Shanghai.';
comment on column calendar_day.is_workday is 'False for a statutory holiday and its days in lieu, true for a Saturday or Sunday that is worked (调休补班).';
comment on column calendar_day.why is 'Name of the holiday, Chinese.';
comment on column calendar_day.source is 'Package that carried it, with its version.';

create table calendar_edition (
  number integer generated always as identity not null,
  package text not null,
  digest text not null,
  covered_from date not null,
  covered_through date not null,
  loaded_at timestamp with time zone not null,
  constraint calendar_edition_check CHECK ((covered_from <= covered_through)),
  constraint calendar_edition_digest_check CHECK ((digest ~ '^[0-9a-f]{64}$'::text)),
  constraint calendar_edition_once UNIQUE (digest),
  constraint calendar_edition_pkey PRIMARY KEY (number)
);
CREATE TRIGGER calendar_edition_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.calendar_edition FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER calendar_edition_tells AFTER INSERT ON public.calendar_edition FOR EACH STATEMENT EXECUTE FUNCTION tell_calendar_change();
comment on table calendar_edition is 'Published arrangements of working days (放假安排) that were loaded; the last one counts. Append-only.';
comment on column calendar_edition.number is 'Counts from 1.';
comment on column calendar_edition.package is 'Package that carried them, with its version.';
comment on column calendar_edition.digest is 'SHA-256 of what was loaded, hex; the same is loaded once.';
comment on column calendar_edition.covered_from is 'First day of the first year with a published arrangement.';
comment on column calendar_edition.covered_through is 'Last day of the last year with a published arrangement; what lies beyond is provisional.';
comment on column calendar_edition.loaded_at is 'Hub clock, UTC.';

create table calendar_override (
  id uuid not null,
  number integer generated always as identity not null,
  first_day date not null,
  last_day date not null,
  is_workday boolean not null,
  why text not null,
  reason text not null,
  set_at timestamp with time zone not null,
  set_by text not null,
  constraint calendar_override_check CHECK ((first_day <= last_day)),
  constraint calendar_override_number_key UNIQUE (number),
  constraint calendar_override_pkey PRIMARY KEY (id),
  constraint calendar_override_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 1000))),
  constraint calendar_override_why_check CHECK (((length(why) >= 1) AND (length(why) <= 64)))
);
CREATE TRIGGER calendar_override_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.calendar_override FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER calendar_override_tells AFTER INSERT ON public.calendar_override FOR EACH STATEMENT EXECUTE FUNCTION tell_calendar_change();
comment on table calendar_override is 'Days that are worked or not by a decision made here: a local closure, an extended holiday, a make-up day. Append-only.';
comment on column calendar_override.id is 'Shown to callers.';
comment on column calendar_override.number is 'Counts from 1; of two that name the same day the later one counts.';
comment on column calendar_override.first_day is 'First day it is about, Asia/Shanghai.';
comment on column calendar_override.last_day is 'Last day it is about.';
comment on column calendar_override.is_workday is 'Whether these days are worked.';
comment on column calendar_override.why is 'What is shown beside the days, Chinese.';
comment on column calendar_override.reason is 'Decision or document it rests on.';
comment on column calendar_override.set_at is 'Hub clock, UTC.';
comment on column calendar_override.set_by is 'Account as the identity provider names it.';

create table calendar_override_end (
  override_id uuid not null,
  reason text not null,
  withdrawn_at timestamp with time zone not null,
  withdrawn_by text not null,
  constraint calendar_override_end_override_id_fkey FOREIGN KEY (override_id) REFERENCES calendar_override(id),
  constraint calendar_override_end_pkey PRIMARY KEY (override_id),
  constraint calendar_override_end_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 1000)))
);
CREATE TRIGGER calendar_override_end_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.calendar_override_end FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER calendar_override_end_tells AFTER INSERT ON public.calendar_override_end FOR EACH STATEMENT EXECUTE FUNCTION tell_calendar_change();
comment on table calendar_override_end is 'A decision about days that was withdrawn: it no longer counts. Append-only.';
comment on column calendar_override_end.override_id is 'The decision.';
comment on column calendar_override_end.reason is 'Why.';
comment on column calendar_override_end.withdrawn_at is 'Hub clock, UTC.';
comment on column calendar_override_end.withdrawn_by is 'Account as the identity provider names it.';

create table case_file (
  id uuid not null,
  agency_code text not null,
  case_number text not null,
  matter_code text not null,
  matter_version integer not null,
  legal_basis text not null,
  accepted_on date not null,
  opened_at timestamp with time zone not null,
  opened_by text not null,
  bulk_id uuid,
  constraint case_file_bulk_id_fkey FOREIGN KEY (bulk_id) REFERENCES bulk(id),
  constraint case_file_case_number_check CHECK (((length(case_number) >= 1) AND (length(case_number) <= 64))),
  constraint case_file_legal_basis_check CHECK (((length(legal_basis) >= 1) AND (length(legal_basis) <= 512))),
  constraint case_file_matter_code_matter_version_fkey FOREIGN KEY (matter_code, matter_version) REFERENCES matter_version(matter_code, version),
  constraint case_file_number_once UNIQUE (agency_code, case_number),
  constraint case_file_pkey PRIMARY KEY (id)
);
CREATE INDEX case_file_accepted ON public.case_file USING btree (agency_code, accepted_on);
CREATE INDEX case_file_newest ON public.case_file USING btree (agency_code, opened_at DESC, id DESC);
CREATE INDEX case_file_newest_own ON public.case_file USING btree (agency_code, opened_at DESC, id DESC) WHERE (bulk_id IS NULL);
CREATE TRIGGER case_file_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.case_file FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table case_file is 'A case (办件): why questions about its subjects may be asked. Append-only.';
comment on column case_file.id is 'Shown to callers.';
comment on column case_file.agency_code is 'Agency that opened it; no other sees it.';
comment on column case_file.case_number is 'The agency''s own number (办件编号).';
comment on column case_file.matter_code is 'Matter applied for.';
comment on column case_file.matter_version is 'Version in force on accepted_on.';
comment on column case_file.legal_basis is 'Law and article on which the agency asks.';
comment on column case_file.accepted_on is 'Business day on which the application was accepted, Asia/Shanghai.';
comment on column case_file.opened_at is 'Hub clock, UTC.';
comment on column case_file.opened_by is 'Officer as the identity provider names them.';
comment on column case_file.bulk_id is 'List whose rows it holds. Null for a case an officer opened.';

create table case_subject (
  id uuid not null,
  case_id uuid not null,
  "position" integer not null,
  kind text not null,
  code text not null,
  code_as_given text not null,
  name text not null,
  region_code text,
  findings jsonb not null,
  constraint case_subject_case_id_fkey FOREIGN KEY (case_id) REFERENCES case_file(id),
  constraint case_subject_case_id_position_key UNIQUE (case_id, "position"),
  constraint case_subject_code_once UNIQUE (case_id, code),
  constraint case_subject_findings_check CHECK ((jsonb_typeof(findings) = 'array'::text)),
  constraint case_subject_kind_check CHECK ((kind = ANY (ARRAY['ENTERPRISE'::text, 'INDIVIDUAL_BUSINESS'::text, 'PERSON'::text]))),
  constraint case_subject_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
  constraint case_subject_pkey PRIMARY KEY (id),
  constraint case_subject_position_check CHECK ((("position" >= 1) AND ("position" <= 20)))
);
CREATE TRIGGER case_subject_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.case_subject FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table case_subject is 'A subject bound to a case. Everything else refers to it by id, which means nothing outside the case. Append-only.';
comment on column case_subject.id is 'Random, per case: the reference callers use instead of the identifier.';
comment on column case_subject.case_id is 'The case.';
comment on column case_subject."position" is 'Order in which the agency named it, from 1.';
comment on column case_subject.kind is 'Enterprise, individual business (个体工商户) or natural person.';
comment on column case_subject.code is 'Canonical: unified social credit code, or 18-digit resident id.';
comment on column case_subject.code_as_given is 'As the agency sent it, at most 64 characters.';
comment on column case_subject.name is 'As the applicant states it.';
comment on column case_subject.region_code is 'GB/T 2260 code inside the identifier, possibly historic. Null where it has none.';
comment on column case_subject.findings is 'Findings of the identifier''s parser.';

create table certificate_route (
  case_id uuid not null,
  subject_id uuid not null,
  ground text not null,
  since timestamp with time zone not null,
  by text not null,
  constraint certificate_route_case_id_fkey FOREIGN KEY (case_id) REFERENCES case_file(id),
  constraint certificate_route_ground_check CHECK ((ground = ANY (ARRAY['NOT_CHOSEN'::text, 'PUBLICITY_REFUSED'::text, 'INELIGIBLE'::text, 'WITHDRAWN'::text]))),
  constraint certificate_route_pkey PRIMARY KEY (case_id, subject_id),
  constraint certificate_route_subject_id_fkey FOREIGN KEY (subject_id) REFERENCES case_subject(id)
);
CREATE INDEX certificate_route_since ON public.certificate_route USING btree (since);
CREATE TRIGGER certificate_route_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.certificate_route FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table certificate_route is 'A subject of a case proves its claim by certificate (提交证明) instead of commitment. Append-only.';
comment on column certificate_route.case_id is 'The case.';
comment on column certificate_route.subject_id is 'The applicant.';
comment on column certificate_route.ground is 'Why: did not choose commitment, refused publicity, may not commit, or withdrew.';
comment on column certificate_route.since is 'Hub clock, UTC.';
comment on column certificate_route.by is 'Officer as the identity provider names them.';

create table commitment (
  id uuid not null,
  code text not null,
  case_id uuid not null,
  subject_id uuid not null,
  agency_code text not null,
  matter_code text not null,
  matter_version integer not null,
  eligibility_check_id uuid not null,
  template_id text not null,
  template_version integer not null,
  text_digest text not null,
  signer_name text not null,
  signer_capacity text not null,
  proxy_basis text,
  signed_on date not null,
  signed_at timestamp with time zone not null,
  accepted_by text not null,
  valid_until date,
  publicity text not null,
  idempotency_key text not null,
  constraint commitment_case_id_fkey FOREIGN KEY (case_id) REFERENCES case_file(id),
  constraint commitment_check CHECK (((signer_capacity = 'PROXY'::text) = (proxy_basis IS NOT NULL))),
  constraint commitment_check1 CHECK ((valid_until >= signed_on)),
  constraint commitment_code_check CHECK ((code ~ '^[0-9]{20}$'::text)),
  constraint commitment_code_key UNIQUE (code),
  constraint commitment_eligibility_check_id_fkey FOREIGN KEY (eligibility_check_id) REFERENCES eligibility_check(id),
  constraint commitment_idempotency_key_check CHECK (((length(idempotency_key) >= 1) AND (length(idempotency_key) <= 64))),
  constraint commitment_key_once UNIQUE (agency_code, idempotency_key),
  constraint commitment_matter_code_matter_version_fkey FOREIGN KEY (matter_code, matter_version) REFERENCES matter_version(matter_code, version),
  constraint commitment_pkey PRIMARY KEY (id),
  constraint commitment_proxy_basis_check CHECK (((length(proxy_basis) >= 1) AND (length(proxy_basis) <= 500))),
  constraint commitment_publicity_check CHECK ((publicity = ANY (ARRAY['PUBLIC'::text, 'NOT_ASKED'::text, 'BARRED_FOR_PERSONS'::text]))),
  constraint commitment_signer_capacity_check CHECK ((signer_capacity = ANY (ARRAY['SELF'::text, 'LEGAL_REPRESENTATIVE'::text, 'PROXY'::text]))),
  constraint commitment_signer_name_check CHECK (((length(signer_name) >= 1) AND (length(signer_name) <= 200))),
  constraint commitment_subject_id_fkey FOREIGN KEY (subject_id) REFERENCES case_subject(id),
  constraint commitment_template_version_check CHECK ((template_version > 0)),
  constraint commitment_text_digest_check CHECK ((text_digest ~ '^[0-9a-f]{64}$'::text))
);
CREATE INDEX commitment_newest ON public.commitment USING btree (agency_code, signed_at DESC, id DESC);
CREATE INDEX commitment_public ON public.commitment USING btree (signed_at DESC, id DESC) WHERE (publicity = 'PUBLIC'::text);
CREATE INDEX commitment_signed ON public.commitment USING btree (agency_code, signed_on);
CREATE INDEX commitment_subject ON public.commitment USING btree (subject_id);
CREATE TRIGGER commitment_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.commitment FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table commitment is 'A signed commitment (承诺书). Append-only; what became of it stands in commitment_event.';
comment on column commitment.id is 'Shown to callers.';
comment on column commitment.code is '承诺编码: region of acceptance, yyyymmdd, serial of six digits.';
comment on column commitment.case_id is 'The case it was made in.';
comment on column commitment.subject_id is 'The applicant who promised.';
comment on column commitment.agency_code is 'Agency that accepted it; no other sees it.';
comment on column commitment.matter_code is 'Matter of the case.';
comment on column commitment.matter_version is 'Version of the matter in the case.';
comment on column commitment.eligibility_check_id is 'The check by which the applicant may use commitment.';
comment on column commitment.template_id is 'Format text (承诺书格式文本) that was signed.';
comment on column commitment.template_version is 'Its version.';
comment on column commitment.text_digest is 'SHA-256 of the text as the applicant saw it, hex.';
comment on column commitment.signer_name is 'Who signed.';
comment on column commitment.signer_capacity is 'In person, as legal representative, or as proxy (代为承诺).';
comment on column commitment.proxy_basis is 'Power of attorney. Null unless a proxy signed.';
comment on column commitment.signed_on is 'Day of the commitment, Asia/Shanghai.';
comment on column commitment.signed_at is 'Hub clock, UTC.';
comment on column commitment.accepted_by is 'Officer as the identity provider names them.';
comment on column commitment.valid_until is 'Last day of validity (承诺有效期). Null for none.';
comment on column commitment.publicity is 'Whether it is shown to the public; of natural persons never.';
comment on column commitment.idempotency_key is 'Chosen by the caller.';

create table commitment_event (
  commitment_id uuid not null,
  number integer not null,
  step text,
  state text not null,
  at timestamp with time zone not null,
  by text not null,
  reason text,
  basis text,
  constraint commitment_event_basis_check CHECK (((length(basis) >= 1) AND (length(basis) <= 200))),
  constraint commitment_event_check CHECK (((number = 1) = (step IS NULL))),
  constraint commitment_event_commitment_id_fkey FOREIGN KEY (commitment_id) REFERENCES commitment(id),
  constraint commitment_event_number_check CHECK ((number > 0)),
  constraint commitment_event_pkey PRIMARY KEY (commitment_id, number),
  constraint commitment_event_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 1000))),
  constraint commitment_event_state_check CHECK ((state = ANY (ARRAY['SIGNED'::text, 'WITHDRAWN'::text, 'TERMINATED'::text, 'CONCLUDED'::text, 'FULFILLED'::text, 'PARTLY_FULFILLED'::text, 'NOT_FULFILLED'::text, 'REPAIRED'::text]))),
  constraint commitment_event_step_check CHECK ((step = ANY (ARRAY['WITHDRAW'::text, 'TERMINATE'::text, 'CONCLUDE'::text, 'FULFILL'::text, 'FIND_PARTLY'::text, 'FIND_UNFULFILLED'::text, 'REPAIR'::text])))
);
CREATE INDEX commitment_event_step ON public.commitment_event USING btree (step, at) WHERE (step IS NOT NULL);
CREATE TRIGGER commitment_event_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.commitment_event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table commitment_event is 'What was done to a commitment, from the signing on. The last one tells its state. Append-only.';
comment on column commitment_event.commitment_id is 'The commitment.';
comment on column commitment_event.number is 'Counts from 1; the signing is 1.';
comment on column commitment_event.step is 'The step taken. Null for the signing.';
comment on column commitment_event.state is 'The state after it.';
comment on column commitment_event.at is 'Hub clock, UTC.';
comment on column commitment_event.by is 'Officer as the identity provider names them.';
comment on column commitment_event.reason is 'Why, in their words. Null where the step needs none.';
comment on column commitment_event.basis is 'Id or number of the verification, decision or document it rests on. Null where none is named.';

create table commitment_serial (
  region_code text not null,
  day date not null,
  last integer not null,
  constraint commitment_serial_last_check CHECK (((last >= 1) AND (last <= 999999))),
  constraint commitment_serial_pkey PRIMARY KEY (region_code, day),
  constraint commitment_serial_region_code_check CHECK ((region_code ~ '^[0-9]{6}$'::text))
);
comment on table commitment_serial is 'The last serial given to a commitment (承诺编码) of a region on a day.';
comment on column commitment_serial.region_code is 'Region of acceptance.';
comment on column commitment_serial.day is 'Day of the commitment, Asia/Shanghai.';
comment on column commitment_serial.last is 'The serial, from 1.';

create table counter_signing_key (
  agency_code text not null,
  version integer not null,
  public_key bytea not null,
  digest text not null,
  registered_at timestamp with time zone not null,
  registered_by text not null,
  constraint counter_signing_key_digest CHECK ((digest = encode(sha256(public_key), 'hex'::text))),
  constraint counter_signing_key_once UNIQUE (digest),
  constraint counter_signing_key_pkey PRIMARY KEY (agency_code, version),
  constraint counter_signing_key_public_key_check CHECK ((length(public_key) = 44)),
  constraint counter_signing_key_version_check CHECK ((version > 0))
);
CREATE TRIGGER counter_signing_key_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.counter_signing_key FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table counter_signing_key is 'Public keys by which agencies counter-sign summaries of runs. The last version of an agency counts; what was signed by an earlier one stays. Append-only.';
comment on column counter_signing_key.agency_code is 'The agency that holds the private part.';
comment on column counter_signing_key.version is 'Counts from 1; each one takes the place of the one before.';
comment on column counter_signing_key.public_key is 'Ed25519, SubjectPublicKeyInfo in DER.';
comment on column counter_signing_key.digest is 'SHA-256 of the public key, hex. No key has two holders.';
comment on column counter_signing_key.registered_at is 'Hub clock, UTC.';
comment on column counter_signing_key.registered_by is 'Operator as the identity provider names them.';

create table credit_push (
  id uuid not null,
  commitment_id uuid not null,
  commitment_version integer not null,
  agency_code text not null,
  recipient text not null,
  told jsonb not null,
  record jsonb,
  state text not null,
  version integer not null,
  reference text,
  field text,
  reason text,
  attempts integer not null,
  last_fault text,
  next_at timestamp with time zone,
  created_at timestamp with time zone not null,
  changed_at timestamp with time zone not null,
  constraint credit_push_attempts_check CHECK ((attempts >= 0)),
  constraint credit_push_check CHECK (((state = ANY (ARRAY['QUEUED'::text, 'TAKEN'::text])) = (next_at IS NOT NULL))),
  constraint credit_push_check1 CHECK (((state = 'PROBLEM'::text) = (reason IS NOT NULL))),
  constraint credit_push_commitment_id_fkey FOREIGN KEY (commitment_id) REFERENCES commitment(id),
  constraint credit_push_commitment_version_check CHECK ((commitment_version > 0)),
  constraint credit_push_once UNIQUE (commitment_id, commitment_version, recipient),
  constraint credit_push_pkey PRIMARY KEY (id),
  constraint credit_push_recipient_check CHECK ((recipient <> ''::text)),
  constraint credit_push_record_check CHECK ((jsonb_typeof(record) = 'object'::text)),
  constraint credit_push_state_check CHECK ((state = ANY (ARRAY['QUEUED'::text, 'TAKEN'::text, 'ACKNOWLEDGED'::text, 'PROBLEM'::text, 'SUPERSEDED'::text]))),
  constraint credit_push_told_check CHECK ((jsonb_typeof(told) = 'object'::text)),
  constraint credit_push_version_check CHECK ((version > 0))
);
CREATE INDEX credit_push_commitment ON public.credit_push USING btree (commitment_id, recipient);
CREATE INDEX credit_push_created ON public.credit_push USING btree (agency_code, created_at);
CREATE INDEX credit_push_due ON public.credit_push USING btree (next_at) WHERE (next_at IS NOT NULL);
CREATE INDEX credit_push_newest ON public.credit_push USING btree (agency_code, created_at DESC, id DESC);
comment on table credit_push is 'One record (信用承诺信息) of a commitment for one recipient, and how far it has come. What happened to it stands in credit_push_event.';
comment on column credit_push.id is 'Shown to callers.';
comment on column credit_push.commitment_id is 'The commitment it tells of.';
comment on column credit_push.commitment_version is 'Version of the commitment that it tells.';
comment on column credit_push.agency_code is 'Agency that accepted the commitment.';
comment on column credit_push.recipient is 'Id of the registered source that takes it.';
comment on column credit_push.told is 'The commitment as it stood when this was queued, and what was not kept of it.';
comment on column credit_push.record is 'CommitmentRecord of src/model/commitment-record.ts, as it is sent. Null before it is first sent.';
comment on column credit_push.state is 'QUEUED to be sent, TAKEN by the recipient, ACKNOWLEDGED, on the PROBLEM list, or SUPERSEDED by a newer record.';
comment on column credit_push.version is 'Counts the steps so far.';
comment on column credit_push.reference is 'Receipt of the recipient. Null before it took the record.';
comment on column credit_push.field is 'Field to blame. Null where none is named.';
comment on column credit_push.reason is 'Why it is on the problem list. Null unless it is.';
comment on column credit_push.attempts is 'Attempts begun, counted before the first byte leaves.';
comment on column credit_push.last_fault is 'Fault code of the last attempt that came to nothing. Null where there was none.';
comment on column credit_push.next_at is 'When to send, or to ask what became of it; database clock. Null where nothing is left to do.';
comment on column credit_push.created_at is 'Hub clock, UTC.';
comment on column credit_push.changed_at is 'Hub clock, UTC, of the last step.';

create table credit_push_event (
  push_id uuid not null,
  number integer not null,
  state text not null,
  at timestamp with time zone not null,
  by text not null,
  field text,
  reason text,
  constraint credit_push_event_number_check CHECK ((number > 0)),
  constraint credit_push_event_pkey PRIMARY KEY (push_id, number),
  constraint credit_push_event_push_id_fkey FOREIGN KEY (push_id) REFERENCES credit_push(id),
  constraint credit_push_event_state_check CHECK ((state = ANY (ARRAY['QUEUED'::text, 'TAKEN'::text, 'ACKNOWLEDGED'::text, 'PROBLEM'::text, 'SUPERSEDED'::text])))
);
CREATE TRIGGER credit_push_event_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.credit_push_event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table credit_push_event is 'What happened to a record on its way. Append-only.';
comment on column credit_push_event.push_id is 'The record.';
comment on column credit_push_event.number is 'Counts from 1.';
comment on column credit_push_event.state is 'The state after it.';
comment on column credit_push_event.at is 'Hub clock, UTC.';
comment on column credit_push_event.by is 'Officer as the identity provider names them, or job:credit-push.';
comment on column credit_push_event.field is 'Field to blame. Null where none is named.';
comment on column credit_push_event.reason is 'In the words of the recipient, of the hub, or of the officer. Null where there is none.';

create table cross_check (
  id uuid not null,
  key text not null,
  created_at timestamp with time zone not null,
  created_by text not null,
  constraint cross_check_key_check CHECK ((key ~ '^[a-z][a-z0-9-]{2,63}$'::text)),
  constraint cross_check_key_key UNIQUE (key),
  constraint cross_check_pkey PRIMARY KEY (id)
);
CREATE TRIGGER cross_check_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.cross_check FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table cross_check is 'A pair of collections that is compared again and again (夜间核对). What is compared, and how, stands in cross_check_version. Append-only.';
comment on column cross_check.id is 'Shown to callers.';
comment on column cross_check.key is 'Name by which operators call it.';
comment on column cross_check.created_at is 'Hub clock, UTC.';
comment on column cross_check.created_by is 'Operator as the identity provider names them, or deployment.';

create table cross_check_cause (
  run_id uuid not null,
  cause text not null,
  subjects integer not null,
  constraint cross_check_cause_cause_check CHECK (((length(cause) >= 1) AND (length(cause) <= 200))),
  constraint cross_check_cause_pkey PRIMARY KEY (run_id, cause),
  constraint cross_check_cause_run_id_fkey FOREIGN KEY (run_id) REFERENCES cross_check_run(id),
  constraint cross_check_cause_subjects_check CHECK ((subjects > 0))
);
comment on table cross_check_cause is 'Why subjects of a run were inconclusive whose rows are deleted by now.';
comment on column cross_check_cause.run_id is 'The run.';
comment on column cross_check_cause.cause is 'As in cross_check_observation.';
comment on column cross_check_cause.subjects is 'How many deleted ones.';

create table cross_check_counter_signature (
  run_id uuid not null,
  agency_code text not null,
  key_version integer not null,
  signature bytea not null,
  received_at timestamp with time zone not null,
  received_by text not null,
  constraint cross_check_counter_signature_agency_code_key_version_fkey FOREIGN KEY (agency_code, key_version) REFERENCES counter_signing_key(agency_code, version),
  constraint cross_check_counter_signature_pkey PRIMARY KEY (run_id, agency_code, key_version),
  constraint cross_check_counter_signature_run_id_fkey FOREIGN KEY (run_id) REFERENCES cross_check_summary(run_id),
  constraint cross_check_counter_signature_signature_check CHECK ((length(signature) = 64))
);
CREATE TRIGGER cross_check_counter_signature_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.cross_check_counter_signature FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table cross_check_counter_signature is 'Signatures of agencies over the same document, verified before they were stored. Append-only.';
comment on column cross_check_counter_signature.run_id is 'The run whose summary is signed.';
comment on column cross_check_counter_signature.agency_code is 'The agency.';
comment on column cross_check_counter_signature.key_version is 'The key it was verified by.';
comment on column cross_check_counter_signature.signature is 'Ed25519 (RFC 8032) over the document.';
comment on column cross_check_counter_signature.received_at is 'Hub clock, UTC.';
comment on column cross_check_counter_signature.received_by is 'Who sent it, as the identity provider names them.';

create table cross_check_difference (
  run_id uuid not null,
  number integer not null,
  class text not null,
  field text not null,
  value_from text not null,
  value_to text not null,
  constraint cross_check_difference_class_check CHECK ((class = ANY (ARRAY['MISSING_IN_SOURCE'::text, 'MISSING_IN_HUB'::text, 'FIELD_CHANGED'::text, 'STATUS_CHANGED'::text, 'DUPLICATE_KEY'::text, 'UNPARSEABLE'::text, 'IN_FLIGHT'::text, 'COMMITMENT_UNSUPPORTED'::text, 'UNACKNOWLEDGED_PUSH'::text]))),
  constraint cross_check_difference_pkey PRIMARY KEY (run_id, number, class, field),
  constraint cross_check_difference_run_id_number_fkey FOREIGN KEY (run_id, number) REFERENCES cross_check_observation(run_id, number) ON DELETE CASCADE
);
CREATE TRIGGER cross_check_difference_fixed BEFORE UPDATE OR TRUNCATE ON public.cross_check_difference FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table cross_check_difference is 'One thing that is not as it should be at one subject of a run. Codes only, never a value. Never changed; deleted by retention only.';
comment on column cross_check_difference.run_id is 'The run.';
comment on column cross_check_difference.number is 'The subject.';
comment on column cross_check_difference.class is 'CrossCheckClass of the schema.';
comment on column cross_check_difference.field is 'The field it is about. Empty where it is about the whole record.';
comment on column cross_check_difference.value_from is 'Code of what was met before, or on the left. Empty where there is none.';
comment on column cross_check_difference.value_to is 'Code of what was met now, or on the right. Empty where there is none.';

create table cross_check_finding (
  id uuid not null,
  check_id uuid not null,
  commitment_id uuid,
  part text not null,
  class text not null,
  field text not null,
  value_from text not null,
  value_to text not null,
  agency_code text not null,
  opened_at timestamp with time zone not null,
  state text not null,
  version integer not null,
  owner_code text not null,
  nights integer not null,
  steady integer not null,
  reopened integer not null,
  accepted_until date,
  due_from date,
  due_days integer not null,
  due_on date,
  due_is_provisional boolean,
  constraint cross_check_finding_accepted CHECK (((state = 'ACCEPTED'::text) = (accepted_until IS NOT NULL))),
  constraint cross_check_finding_check_id_fkey FOREIGN KEY (check_id) REFERENCES cross_check(id),
  constraint cross_check_finding_commitment_id_fkey FOREIGN KEY (commitment_id) REFERENCES commitment(id),
  constraint cross_check_finding_due CHECK ((((due_on IS NULL) = (due_from IS NULL)) AND ((due_on IS NULL) = (due_is_provisional IS NULL)))),
  constraint cross_check_finding_due_days_check CHECK (((due_days >= 0) AND (due_days <= 365))),
  constraint cross_check_finding_named CHECK (((commitment_id IS NOT NULL) OR (part <> ''::text))),
  constraint cross_check_finding_nights_check CHECK ((nights > 0)),
  constraint cross_check_finding_once UNIQUE NULLS NOT DISTINCT (check_id, commitment_id, part, class, field, value_to),
  constraint cross_check_finding_pkey PRIMARY KEY (id),
  constraint cross_check_finding_reopened_check CHECK ((reopened >= 0)),
  constraint cross_check_finding_state_check CHECK ((state = ANY (ARRAY['NEW'::text, 'PERSISTING'::text, 'RESOLVED'::text, 'REOPENED'::text, 'FLAPPING'::text, 'ACCEPTED'::text]))),
  constraint cross_check_finding_version_check CHECK ((version > 0))
);
CREATE INDEX cross_check_finding_agency ON public.cross_check_finding USING btree (agency_code, opened_at DESC, id DESC);
CREATE INDEX cross_check_finding_newest ON public.cross_check_finding USING btree (opened_at DESC, id DESC);
CREATE INDEX cross_check_finding_open ON public.cross_check_finding USING btree (check_id, commitment_id) WHERE (state <> 'RESOLVED'::text);
CREATE INDEX cross_check_finding_owner ON public.cross_check_finding USING btree (owner_code, state);
comment on table cross_check_finding is 'A difference and its life across nights. The same difference is one finding, however often it is met; the sum of cross_check_finding_event.';
comment on column cross_check_finding.id is 'Shown to callers.';
comment on column cross_check_finding.check_id is 'The cross-check that met it.';
comment on column cross_check_finding.commitment_id is 'The commitment it touches. Null for a record of a collection.';
comment on column cross_check_finding.part is 'As in cross_check_subject.';
comment on column cross_check_finding.class is 'CrossCheckClass of the schema.';
comment on column cross_check_finding.field is 'The field. Empty for the whole record.';
comment on column cross_check_finding.value_from is 'Code of what was met before, or on the left. Empty where there is none.';
comment on column cross_check_finding.value_to is 'Code of what was met now, or on the right. Empty where there is none.';
comment on column cross_check_finding.agency_code is 'Agency that accepted the commitment; for a record of a collection the first owner.';
comment on column cross_check_finding.opened_at is 'Hub clock, UTC.';
comment on column cross_check_finding.state is 'The state after its last event.';
comment on column cross_check_finding.version is 'Counts its events.';
comment on column cross_check_finding.owner_code is 'Agency that has to look into it.';
comment on column cross_check_finding.nights is 'Runs that met it.';
comment on column cross_check_finding.steady is 'Of a flapping one, runs in a row that met it; negative where they did not. 0 otherwise.';
comment on column cross_check_finding.reopened is 'Times it came back.';
comment on column cross_check_finding.accepted_until is 'Last day on which it is accepted. Null unless it is.';
comment on column cross_check_finding.due_from is 'Day from which its time counts. Null while nothing is left to do.';
comment on column cross_check_finding.due_days is 'Working days it may take.';
comment on column cross_check_finding.due_on is 'Business day by which it is to be looked into. Null while nothing is left to do.';
comment on column cross_check_finding.due_is_provisional is 'True while a day was counted whose arrangement is not published.';

create table cross_check_finding_event (
  finding_id uuid not null,
  number integer not null,
  step text,
  state text not null,
  run_id uuid,
  at timestamp with time zone not null,
  by text not null,
  reason text,
  until date,
  owner_code text,
  constraint cross_check_finding_event_check CHECK (((number = 1) = (step IS NULL))),
  constraint cross_check_finding_event_finding_id_fkey FOREIGN KEY (finding_id) REFERENCES cross_check_finding(id),
  constraint cross_check_finding_event_number_check CHECK ((number > 0)),
  constraint cross_check_finding_event_pkey PRIMARY KEY (finding_id, number),
  constraint cross_check_finding_event_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 1000))),
  constraint cross_check_finding_event_run_id_fkey FOREIGN KEY (run_id) REFERENCES cross_check_run(id),
  constraint cross_check_finding_event_run_once UNIQUE (finding_id, run_id),
  constraint cross_check_finding_event_step_check CHECK ((step = ANY (ARRAY['SEE'::text, 'MISS'::text, 'FLAP'::text, 'STAY'::text, 'SETTLE'::text, 'END'::text, 'ACCEPT'::text, 'LAPSE'::text, 'ASSIGN'::text])))
);
CREATE TRIGGER cross_check_finding_event_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.cross_check_finding_event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table cross_check_finding_event is 'What happened to a finding, at most once a run. Append-only.';
comment on column cross_check_finding_event.finding_id is 'The finding.';
comment on column cross_check_finding_event.number is 'Counts from 1; the version of the finding after it.';
comment on column cross_check_finding_event.step is 'CrossCheckFindingStep of the schema. Null for the first sight.';
comment on column cross_check_finding_event.state is 'The state after it.';
comment on column cross_check_finding_event.run_id is 'The run that met it or did not. Null where an officer acted.';
comment on column cross_check_finding_event.at is 'Hub clock, UTC.';
comment on column cross_check_finding_event.by is 'Officer as the identity provider names them, or job:cross-check.';
comment on column cross_check_finding_event.reason is 'Why, in the officer''s words. Null where the step needs none.';
comment on column cross_check_finding_event.until is 'Last day of an acceptance. Null for other steps.';
comment on column cross_check_finding_event.owner_code is 'Agency it was given to. Null for other steps.';

create table cross_check_latest (
  check_id uuid not null,
  commitment_id uuid not null,
  part text not null,
  status text,
  status_before text,
  record_key text,
  observed_on date not null,
  constraint cross_check_latest_check_id_fkey FOREIGN KEY (check_id) REFERENCES cross_check(id),
  constraint cross_check_latest_commitment_id_fkey FOREIGN KEY (commitment_id) REFERENCES commitment(id),
  constraint cross_check_latest_pkey PRIMARY KEY (check_id, commitment_id, part),
  constraint cross_check_latest_record_key_check CHECK (((length(record_key) >= 1) AND (length(record_key) <= 128)))
);
comment on table cross_check_latest is 'What was last met at a commitment: from which a change of status is told, and when it is due again. The sum of its observations.';
comment on column cross_check_latest.check_id is 'The cross-check.';
comment on column cross_check_latest.commitment_id is 'The commitment.';
comment on column cross_check_latest.part is 'As in cross_check_subject.';
comment on column cross_check_latest.status is 'Last status that was told. Null where none was.';
comment on column cross_check_latest.status_before is 'The one before, which differs. Null where there was none.';
comment on column cross_check_latest.record_key is 'Identifier (电子证照标识) of the license that was met, by which it is asked for the next time. Null where none was told.';
comment on column cross_check_latest.observed_on is 'Business day of the last answer, Asia/Shanghai.';

create table cross_check_observation (
  run_id uuid not null,
  number integer not null,
  outcome text not null,
  cause text,
  status text,
  evidence uuid[] not null,
  told jsonb,
  observed_at timestamp with time zone not null,
  constraint cross_check_observation_cause CHECK (((outcome = 'INCONCLUSIVE'::text) = (cause IS NOT NULL))),
  constraint cross_check_observation_cause_check CHECK (((length(cause) >= 1) AND (length(cause) <= 200))),
  constraint cross_check_observation_outcome_check CHECK ((outcome = ANY (ARRAY['MATCHED'::text, 'DIFFERING'::text, 'INCONCLUSIVE'::text]))),
  constraint cross_check_observation_pkey PRIMARY KEY (run_id, number),
  constraint cross_check_observation_run_id_number_fkey FOREIGN KEY (run_id, number) REFERENCES cross_check_subject(run_id, number),
  constraint cross_check_observation_status_check CHECK (((length(status) >= 1) AND (length(status) <= 40))),
  constraint cross_check_observation_told CHECK (((outcome = 'DIFFERING'::text) OR (told IS NULL))),
  constraint cross_check_observation_told_check CHECK ((jsonb_typeof(told) = 'array'::text))
);
CREATE TRIGGER cross_check_observation_fixed BEFORE UPDATE OR TRUNCATE ON public.cross_check_observation FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table cross_check_observation is 'What a run met at one subject: once, whatever became of the workers. Never changed; deleted by retention only.';
comment on column cross_check_observation.run_id is 'The run.';
comment on column cross_check_observation.number is 'The subject.';
comment on column cross_check_observation.outcome is 'MATCHED, DIFFERING, or INCONCLUSIVE: nobody said anything that counts.';
comment on column cross_check_observation.cause is 'Why it is inconclusive: a fault code or a stable word. Null exactly where it is not.';
comment on column cross_check_observation.status is 'Status of the record, as a code. Null where none was told.';
comment on column cross_check_observation.evidence is 'Evidence it rests on. Empty where nobody answered, or nobody was asked.';
comment on column cross_check_observation.told is 'SourceObservation of src/model/verification.ts, of what differs. Null where nothing does.';
comment on column cross_check_observation.observed_at is 'Hub clock, UTC.';

create table cross_check_run (
  id uuid not null,
  check_id uuid not null,
  check_version integer not null,
  number integer not null,
  slot timestamp with time zone not null,
  idempotency_key text,
  state text not null,
  version integer not null,
  opened_at timestamp with time zone not null,
  opened_by text not null,
  ends_at timestamp with time zone not null,
  subjects integer,
  result jsonb,
  root_digest text,
  ended_at timestamp with time zone,
  alike integer default 0 not null,
  swept_at timestamp with time zone,
  constraint cross_check_run_alike_check CHECK ((alike >= 0)),
  constraint cross_check_run_check_id_check_version_fkey FOREIGN KEY (check_id, check_version) REFERENCES cross_check_version(check_id, version),
  constraint cross_check_run_counted CHECK (((state <> 'COMPLETE'::text) OR ((result IS NOT NULL) AND (root_digest IS NOT NULL) AND (((((result ->> 'matched'::text))::integer + ((result ->> 'differing'::text))::integer) + ((result ->> 'inconclusive'::text))::integer) = subjects)))),
  constraint cross_check_run_ended CHECK (((state = ANY (ARRAY['COMPLETE'::text, 'CANCELED'::text])) = (ended_at IS NOT NULL))),
  constraint cross_check_run_idempotency_key_check CHECK (((length(idempotency_key) >= 1) AND (length(idempotency_key) <= 64))),
  constraint cross_check_run_key_once UNIQUE (check_id, idempotency_key),
  constraint cross_check_run_number_check CHECK ((number > 0)),
  constraint cross_check_run_number_once UNIQUE (check_id, number),
  constraint cross_check_run_pkey PRIMARY KEY (id),
  constraint cross_check_run_result_check CHECK ((jsonb_typeof(result) = 'object'::text)),
  constraint cross_check_run_root_digest_check CHECK ((root_digest ~ '^[0-9a-f]{64}$'::text)),
  constraint cross_check_run_slot_once UNIQUE (check_id, slot),
  constraint cross_check_run_state_check CHECK ((state = ANY (ARRAY['OPENED'::text, 'RUNNING'::text, 'PAUSED'::text, 'HELD'::text, 'COMPLETE'::text, 'CANCELED'::text]))),
  constraint cross_check_run_subjects_check CHECK ((subjects >= 0)),
  constraint cross_check_run_version_check CHECK ((version > 0))
);
CREATE INDEX cross_check_run_newest ON public.cross_check_run USING btree (opened_at DESC, id DESC);
CREATE UNIQUE INDEX cross_check_run_one_open ON public.cross_check_run USING btree (check_id) WHERE (state = ANY (ARRAY['OPENED'::text, 'RUNNING'::text, 'PAUSED'::text]));
CREATE INDEX cross_check_run_unswept ON public.cross_check_run USING btree (ended_at) WHERE ((swept_at IS NULL) AND (ended_at IS NOT NULL));
comment on table cross_check_run is 'One run of a cross-check. The row of (check, slot) decides that there is exactly one. What was done with it stands in cross_check_run_event.';
comment on column cross_check_run.id is 'Shown to callers.';
comment on column cross_check_run.check_id is 'The cross-check.';
comment on column cross_check_run.check_version is 'Version it runs by, to its end.';
comment on column cross_check_run.number is 'Counts the runs of the cross-check from 1: its nights.';
comment on column cross_check_run.slot is 'The instant its schedule names, or at which an operator started it; UTC.';
comment on column cross_check_run.idempotency_key is 'Chosen by the operator who started it. Null for a scheduled one.';
comment on column cross_check_run.state is 'OPENED and not yet cut into tasks, RUNNING, PAUSED, HELD because it found too much, COMPLETE or CANCELED.';
comment on column cross_check_run.version is 'Counts the steps so far.';
comment on column cross_check_run.opened_at is 'Hub clock, UTC.';
comment on column cross_check_run.opened_by is 'Operator as the identity provider names them, or job:cross-check.';
comment on column cross_check_run.ends_at is 'After this nothing more is asked: what is left is inconclusive. Hub clock, UTC.';
comment on column cross_check_run.subjects is 'How many it reads, frozen when it was cut. Null before.';
comment on column cross_check_run.result is 'CrossCheckResult of src/model/cross-check-run.ts. Null before it has read all.';
comment on column cross_check_run.root_digest is 'SHA-256 over its report, hex. Null before it is complete.';
comment on column cross_check_run.ended_at is 'Hub clock, UTC. Null while it goes on or is held.';
comment on column cross_check_run.alike is 'Of its subjects, records of two collections that digests of ranges showed alike: they have no row in cross_check_subject. 0 where commitments are read.';
comment on column cross_check_run.swept_at is 'Hub clock, UTC, when the rows of subjects that were alike were deleted. Null before. Its report stays the same, byte by byte.';

create table cross_check_run_event (
  run_id uuid not null,
  number integer not null,
  step text,
  state text not null,
  at timestamp with time zone not null,
  by text not null,
  reason text,
  constraint cross_check_run_event_check CHECK (((number = 1) = (step IS NULL))),
  constraint cross_check_run_event_number_check CHECK ((number > 0)),
  constraint cross_check_run_event_pkey PRIMARY KEY (run_id, number),
  constraint cross_check_run_event_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 1000))),
  constraint cross_check_run_event_run_id_fkey FOREIGN KEY (run_id) REFERENCES cross_check_run(id),
  constraint cross_check_run_event_step_check CHECK ((step = ANY (ARRAY['CUT'::text, 'PAUSE'::text, 'RESUME'::text, 'HOLD'::text, 'RELEASE'::text, 'COMPLETE'::text, 'CANCEL'::text])))
);
CREATE TRIGGER cross_check_run_event_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.cross_check_run_event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table cross_check_run_event is 'What was done with a run, by whom. Append-only.';
comment on column cross_check_run_event.run_id is 'The run.';
comment on column cross_check_run_event.number is 'Counts from 1; the version of the run after it.';
comment on column cross_check_run_event.step is 'CrossCheckRunStep of the schema. Null for the opening.';
comment on column cross_check_run_event.state is 'The state after it.';
comment on column cross_check_run_event.at is 'Hub clock, UTC.';
comment on column cross_check_run_event.by is 'Operator as the identity provider names them, or job:cross-check.';
comment on column cross_check_run_event.reason is 'Why. Null where the step needs none.';

create table cross_check_sample (
  run_id uuid not null,
  algorithm text not null,
  seed text not null,
  population integer not null,
  population_digest text not null,
  wanted integer not null,
  sampled integer not null,
  strata jsonb not null,
  drawn_at timestamp with time zone not null,
  constraint cross_check_sample_all CHECK ((sampled = LEAST(wanted, population))),
  constraint cross_check_sample_pkey PRIMARY KEY (run_id),
  constraint cross_check_sample_population_check CHECK ((population >= 0)),
  constraint cross_check_sample_population_digest_check CHECK ((population_digest ~ '^[0-9a-f]{64}$'::text)),
  constraint cross_check_sample_run_id_fkey FOREIGN KEY (run_id) REFERENCES cross_check_run(id),
  constraint cross_check_sample_seed_check CHECK ((seed ~ '^[0-9a-f]{64}$'::text)),
  constraint cross_check_sample_strata_check CHECK ((jsonb_typeof(strata) = 'array'::text)),
  constraint cross_check_sample_wanted_check CHECK (((wanted >= 1) AND (wanted <= 10000)))
);
CREATE TRIGGER cross_check_sample_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.cross_check_sample FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table cross_check_sample is 'How the random sample of a run was drawn, so that it can be drawn again. Append-only.';
comment on column cross_check_sample.run_id is 'The run.';
comment on column cross_check_sample.algorithm is 'Names the way of drawing: see src/model/night-sample.ts.';
comment on column cross_check_sample.seed is 'SHA-256, hex, of the algorithm, the id of the run and its slot.';
comment on column cross_check_sample.population is 'How many it was drawn from: all that the check is about when the run was cut.';
comment on column cross_check_sample.population_digest is 'SHA-256, hex, of the text of the population: see populationText of src/model/sampling.ts.';
comment on column cross_check_sample.wanted is 'How many the definition asks for.';
comment on column cross_check_sample.sampled is 'How many were drawn: all, where there are no more than are asked for.';
comment on column cross_check_sample.strata is 'For each matter its code, how many there are of it, and how many of them were drawn.';
comment on column cross_check_sample.drawn_at is 'Hub clock, UTC.';

create table cross_check_subject (
  run_id uuid not null,
  number integer not null,
  commitment_id uuid,
  part text not null,
  is_sampled boolean default false not null,
  constraint cross_check_subject_commitment_id_fkey FOREIGN KEY (commitment_id) REFERENCES commitment(id),
  constraint cross_check_subject_named CHECK (((commitment_id IS NOT NULL) OR (part <> ''::text))),
  constraint cross_check_subject_number_check CHECK ((number > 0)),
  constraint cross_check_subject_once UNIQUE NULLS NOT DISTINCT (run_id, commitment_id, part),
  constraint cross_check_subject_pkey PRIMARY KEY (run_id, number),
  constraint cross_check_subject_run_id_fkey FOREIGN KEY (run_id) REFERENCES cross_check_run(id)
);
CREATE INDEX cross_check_subject_sampled ON public.cross_check_subject USING btree (run_id) WHERE is_sampled;
CREATE TRIGGER cross_check_subject_fixed BEFORE UPDATE OR TRUNCATE ON public.cross_check_subject FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table cross_check_subject is 'One commitment that a run reads, or one record of two collections that may differ, as it was frozen when the run was cut. Never changed; deleted by retention only.';
comment on column cross_check_subject.run_id is 'The run.';
comment on column cross_check_subject.number is 'Counts from 1 in the order of the codes of commitments, or of the keys of records.';
comment on column cross_check_subject.commitment_id is 'The commitment. Null for a record of a collection.';
comment on column cross_check_subject.part is 'Which of several things about the commitment: a license type code, or a recipient; empty where there is only one. For a record its key: a license identifier, or a unified social credit code.';
comment on column cross_check_subject.is_sampled is 'Whether the seeded random sample of the run has drawn it. Only these say anything of all others.';

create table cross_check_summary (
  run_id uuid not null,
  document bytea not null,
  digest text not null,
  signature bytea not null,
  key_id text not null,
  signed_at timestamp with time zone not null,
  constraint cross_check_summary_digest CHECK ((digest = encode(sha256(document), 'hex'::text))),
  constraint cross_check_summary_document_check CHECK (((length(document) >= 1) AND (length(document) <= 1000000))),
  constraint cross_check_summary_key_id_check CHECK ((key_id ~ '^[A-Za-z0-9._-]{1,64}$'::text)),
  constraint cross_check_summary_pkey PRIMARY KEY (run_id),
  constraint cross_check_summary_run_id_fkey FOREIGN KEY (run_id) REFERENCES cross_check_run(id),
  constraint cross_check_summary_signature_check CHECK ((length(signature) = 64))
);
CREATE TRIGGER cross_check_summary_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.cross_check_summary FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table cross_check_summary is 'What a complete run came to, signed by the hub once. The key itself is never here. Append-only.';
comment on column cross_check_summary.run_id is 'The run.';
comment on column cross_check_summary.document is 'The bytes that were signed: canonical JSON in UTF-8, see src/model/cross-check-summary.ts.';
comment on column cross_check_summary.digest is 'SHA-256 of the document, hex.';
comment on column cross_check_summary.signature is 'Ed25519 (RFC 8032) over the document.';
comment on column cross_check_summary.key_id is 'Name of the key in the file of HECHA_SIGNING_KEYS_FILE.';
comment on column cross_check_summary.signed_at is 'Hub clock, UTC.';

create table cross_check_task (
  run_id uuid not null,
  number integer not null,
  first integer not null,
  last integer not null,
  state text not null,
  fence bigint default 0 not null,
  holder text,
  held_until timestamp with time zone,
  not_before timestamp with time zone,
  tries smallint default 0 not null,
  constraint cross_check_task_check CHECK ((last >= first)),
  constraint cross_check_task_check1 CHECK (((holder IS NULL) = (held_until IS NULL))),
  constraint cross_check_task_check2 CHECK (((state = 'WAITING'::text) OR (holder IS NULL))),
  constraint cross_check_task_fence_check CHECK ((fence >= 0)),
  constraint cross_check_task_first_check CHECK ((first > 0)),
  constraint cross_check_task_number_check CHECK ((number > 0)),
  constraint cross_check_task_pkey PRIMARY KEY (run_id, number),
  constraint cross_check_task_run_id_fkey FOREIGN KEY (run_id) REFERENCES cross_check_run(id),
  constraint cross_check_task_state_check CHECK ((state = ANY (ARRAY['WAITING'::text, 'DONE'::text]))),
  constraint cross_check_task_tries_check CHECK (((tries >= 0) AND (tries <= 100)))
);
CREATE INDEX cross_check_task_waiting ON public.cross_check_task USING btree (run_id, number) WHERE (state = 'WAITING'::text);
comment on table cross_check_task is 'A page of the subjects of a run, worked on by whichever worker holds its lease. What is done of it is what cross_check_observation has.';
comment on column cross_check_task.run_id is 'The run.';
comment on column cross_check_task.number is 'Counts from 1.';
comment on column cross_check_task.first is 'First subject of the page, by number.';
comment on column cross_check_task.last is 'Last subject of the page, by number.';
comment on column cross_check_task.state is 'WAITING to be worked on or under way, or DONE: every subject has its observation.';
comment on column cross_check_task.fence is 'Counts the workers that took it. Who shows an older number can record nothing.';
comment on column cross_check_task.holder is 'Worker that has it. Null while none has.';
comment on column cross_check_task.held_until is 'Until when the worker has it unless it is heard of again; database clock. Null while none has.';
comment on column cross_check_task.not_before is 'Left alone until then, because a source cannot be asked; database clock. Null where it can.';
comment on column cross_check_task.tries is 'Times that asking failed for a reason that may be the subject''s own.';

create table cross_check_version (
  check_id uuid not null,
  version integer not null,
  definition jsonb not null,
  is_enabled boolean not null,
  published_at timestamp with time zone not null,
  published_by text not null,
  constraint cross_check_version_check_id_fkey FOREIGN KEY (check_id) REFERENCES cross_check(id),
  constraint cross_check_version_definition_check CHECK ((jsonb_typeof(definition) = 'object'::text)),
  constraint cross_check_version_pkey PRIMARY KEY (check_id, version),
  constraint cross_check_version_version_check CHECK ((version > 0))
);
CREATE TRIGGER cross_check_version_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.cross_check_version FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table cross_check_version is 'What a cross-check compares from then on. The last version counts. Append-only.';
comment on column cross_check_version.check_id is 'The cross-check.';
comment on column cross_check_version.version is 'Counts from 1.';
comment on column cross_check_version.definition is 'CrossCheckDefinition of src/model/cross-check.ts.';
comment on column cross_check_version.is_enabled is 'Whether its schedule opens runs.';
comment on column cross_check_version.published_at is 'Hub clock, UTC. Slots before it are never run.';
comment on column cross_check_version.published_by is 'Operator as the identity provider names them, or deployment.';

create table discrepancy (
  id uuid not null,
  agency_code text not null,
  verdict_id uuid not null,
  verification_id uuid not null,
  requirement text not null,
  field text not null,
  sources text[] not null,
  opened_at timestamp with time zone not null,
  constraint discrepancy_once UNIQUE (verification_id, requirement, field),
  constraint discrepancy_pkey PRIMARY KEY (id),
  constraint discrepancy_sources_check CHECK ((cardinality(sources) >= 2)),
  constraint discrepancy_verdict_id_fkey FOREIGN KEY (verdict_id) REFERENCES verdict(id),
  constraint discrepancy_verification_id_fkey FOREIGN KEY (verification_id) REFERENCES verification(id)
);
CREATE INDEX discrepancy_newest ON public.discrepancy USING btree (agency_code, opened_at DESC, id DESC);
comment on table discrepancy is 'A field on which sources of equal rank contradict each other. Goes to a person, never into a consequence.';
comment on column discrepancy.id is 'Shown to callers.';
comment on column discrepancy.agency_code is 'Agency whose verification met it.';
comment on column discrepancy.verdict_id is 'Verdict that found it first.';
comment on column discrepancy.verification_id is 'Verification that met it.';
comment on column discrepancy.requirement is 'Requirement of the matter''s policy.';
comment on column discrepancy.field is 'ClaimField of the schema.';
comment on column discrepancy.sources is 'Sources that contradict each other, in order of id.';
comment on column discrepancy.opened_at is 'Hub clock, UTC.';

create table document (
  id uuid not null,
  agency_code text not null,
  series text not null,
  version integer not null,
  kind text not null,
  title text not null,
  number text,
  media_type text not null,
  content bytea not null,
  digest text not null,
  registered_at timestamp with time zone not null,
  registered_by text not null,
  constraint document_content_check CHECK (((length(content) >= 1) AND (length(content) <= 180000))),
  constraint document_digest_check CHECK ((digest ~ '^[0-9a-f]{64}$'::text)),
  constraint document_kind_check CHECK ((kind = ANY (ARRAY['WORK_RULES'::text, 'FORMAT_TEXT'::text, 'SUPPORTING'::text]))),
  constraint document_media_type_check CHECK ((media_type = ANY (ARRAY['text/plain'::text, 'application/pdf'::text, 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'::text]))),
  constraint document_number_check CHECK (((length(number) >= 1) AND (length(number) <= 100))),
  constraint document_pkey PRIMARY KEY (id),
  constraint document_series_check CHECK (((length(series) >= 1) AND (length(series) <= 100))),
  constraint document_title_check CHECK (((length(title) >= 1) AND (length(title) <= 200))),
  constraint document_version_check CHECK ((version > 0)),
  constraint document_version_once UNIQUE (agency_code, series, version)
);
CREATE TRIGGER document_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.document FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table document is 'Rules and supporting documents (工作规程、配套制度) of agencies, by version. Append-only.';
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

create table eligibility_check (
  id uuid not null,
  agency_code text not null,
  case_id uuid not null,
  subject_id uuid not null,
  idempotency_key text not null,
  outcome text not null,
  findings jsonb not null,
  unanswered jsonb not null,
  rules_version integer not null,
  checked_on date not null,
  checked_at timestamp with time zone not null,
  checked_by text not null,
  constraint eligibility_check_case_id_fkey FOREIGN KEY (case_id) REFERENCES case_file(id),
  constraint eligibility_check_findings_check CHECK ((jsonb_typeof(findings) = 'array'::text)),
  constraint eligibility_check_idempotency_key_check CHECK (((length(idempotency_key) >= 1) AND (length(idempotency_key) <= 64))),
  constraint eligibility_check_once UNIQUE (agency_code, idempotency_key),
  constraint eligibility_check_outcome_check CHECK ((outcome = ANY (ARRAY['ELIGIBLE'::text, 'WARNED'::text, 'BLOCKED'::text, 'UNDETERMINED'::text]))),
  constraint eligibility_check_pkey PRIMARY KEY (id),
  constraint eligibility_check_rules_version_fkey FOREIGN KEY (rules_version) REFERENCES eligibility_rules(version),
  constraint eligibility_check_subject_id_fkey FOREIGN KEY (subject_id) REFERENCES case_subject(id),
  constraint eligibility_check_unanswered_check CHECK ((jsonb_typeof(unanswered) = 'array'::text))
);
CREATE INDEX eligibility_check_day ON public.eligibility_check USING btree (agency_code, checked_on);
CREATE INDEX eligibility_check_subject ON public.eligibility_check USING btree (subject_id, checked_at DESC);
CREATE TRIGGER eligibility_check_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.eligibility_check FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table eligibility_check is 'Whether an applicant may use commitment, and on what that rests. Append-only.';
comment on column eligibility_check.id is 'Shown to callers.';
comment on column eligibility_check.agency_code is 'Agency that checked; no other sees it.';
comment on column eligibility_check.case_id is 'Case that gives the purpose.';
comment on column eligibility_check.subject_id is 'The applicant.';
comment on column eligibility_check.idempotency_key is 'Chosen by the caller.';
comment on column eligibility_check.outcome is 'What the rules came to. Silence of a source is UNDETERMINED, never BLOCKED.';
comment on column eligibility_check.findings is 'EligibilityFinding of src/model/eligibility.ts, one for each record.';
comment on column eligibility_check.unanswered is 'Datasets that had to be asked and did not answer.';
comment on column eligibility_check.rules_version is 'Rules that were applied.';
comment on column eligibility_check.checked_on is 'Business day of the check, Asia/Shanghai.';
comment on column eligibility_check.checked_at is 'Hub clock, UTC.';
comment on column eligibility_check.checked_by is 'Officer as the identity provider names them.';

create table eligibility_decision (
  check_id uuid not null,
  reason text not null,
  decided_at timestamp with time zone not null,
  decided_by text not null,
  constraint eligibility_decision_check_id_fkey FOREIGN KEY (check_id) REFERENCES eligibility_check(id),
  constraint eligibility_decision_pkey PRIMARY KEY (check_id),
  constraint eligibility_decision_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 1000)))
);
CREATE TRIGGER eligibility_decision_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.eligibility_decision FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table eligibility_decision is 'An officer lets an applicant commit although a check warned or could not be completed. A block is never overridden. Append-only.';
comment on column eligibility_decision.check_id is 'The check.';
comment on column eligibility_decision.reason is 'Why, in the officer''s words.';
comment on column eligibility_decision.decided_at is 'Hub clock, UTC.';
comment on column eligibility_decision.decided_by is 'Officer as the identity provider names them.';

create table eligibility_rules (
  version integer not null,
  effective_from date not null,
  rules jsonb not null,
  published_at timestamp with time zone not null,
  published_by text not null,
  constraint eligibility_rules_pkey PRIMARY KEY (version),
  constraint eligibility_rules_rules_check CHECK ((jsonb_typeof(rules) = 'array'::text)),
  constraint eligibility_rules_version_check CHECK ((version > 0))
);
CREATE TRIGGER eligibility_rules_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.eligibility_rules FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table eligibility_rules is 'Rules of who may not use commitment (不适用告知承诺制的情形). A change is a new version. Append-only.';
comment on column eligibility_rules.version is 'Counts from 1.';
comment on column eligibility_rules.effective_from is 'First day in force, Asia/Shanghai; the highest version in force that day counts.';
comment on column eligibility_rules.rules is 'EligibilityRule of src/model/eligibility.ts, one each.';
comment on column eligibility_rules.published_at is 'Hub clock, UTC.';
comment on column eligibility_rules.published_by is 'Officer of a justice bureau, as the identity provider names them, or deployment.';

create table evidence (
  id uuid not null,
  call_id uuid not null,
  source text not null,
  capability text not null,
  key_digest text not null,
  case_id uuid,
  observed_at timestamp with time zone not null,
  as_of timestamp with time zone,
  record_outcome text not null,
  records jsonb not null,
  connector text not null,
  constraint evidence_call_id_fkey FOREIGN KEY (call_id) REFERENCES source_call(id),
  constraint evidence_key_digest_check CHECK ((key_digest ~ '^[0-9a-f]{64}$'::text)),
  constraint evidence_pkey PRIMARY KEY (id),
  constraint evidence_record_outcome_check CHECK ((record_outcome = ANY (ARRAY['FOUND_ONE'::text, 'FOUND_MANY'::text, 'ABSENT_COVERED'::text, 'ABSENT_UNCOVERED'::text]))),
  constraint evidence_records_check CHECK ((jsonb_typeof(records) = 'array'::text))
);
CREATE INDEX evidence_fresh ON public.evidence USING btree (case_id, source, capability, key_digest, observed_at DESC);
CREATE TRIGGER evidence_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.evidence FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table evidence is 'What a source answered about one key, decoded. A verdict refers to it and can be recomputed from it. Append-only.';
comment on column evidence.id is 'Made by the hub; verdicts refer to it.';
comment on column evidence.call_id is 'Call it was read from; holds the bytes.';
comment on column evidence.source is 'Id of the registered source.';
comment on column evidence.capability is 'What was asked.';
comment on column evidence.key_digest is 'HMAC-SHA-256 of capability and key, hex.';
comment on column evidence.case_id is 'Case it was obtained for; it is not shown to another. Null for canaries.';
comment on column evidence.observed_at is 'Hub clock, UTC, when the answer was read.';
comment on column evidence.as_of is 'How fresh the source says its holdings are. Null when it does not say.';
comment on column evidence.record_outcome is 'What the source said about the existence of the record.';
comment on column evidence.records is 'Decoded records in the hub''s vocabulary, shape by capability.';
comment on column evidence.connector is 'Kind and version that decoded it, e.g. license-library@1.0.0.';

create table file_download (
  id uuid not null,
  ticket_id uuid not null,
  begun_at timestamp with time zone not null,
  source text not null,
  key_digest text not null,
  case_id uuid not null,
  case_number text not null,
  agency_code text not null,
  matter_code text not null,
  legal_basis text not null,
  actor text not null,
  request_id text not null,
  constraint file_download_key_digest_check CHECK ((key_digest ~ '^[0-9a-f]{64}$'::text)),
  constraint file_download_pkey PRIMARY KEY (id),
  constraint file_download_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES file_ticket(id)
);
CREATE INDEX file_download_case ON public.file_download USING btree (case_id, begun_at);
CREATE TRIGGER file_download_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.file_download FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table file_download is 'Downloads of license files, on record before the source hears of them. Append-only.';
comment on column file_download.id is 'Referred to by the outcome.';
comment on column file_download.ticket_id is 'The ticket.';
comment on column file_download.begun_at is 'Hub clock, UTC.';
comment on column file_download.source is 'Id of the source.';
comment on column file_download.key_digest is 'HMAC-SHA-256 of the identifier of the license, hex.';
comment on column file_download.case_id is 'Case it was for.';
comment on column file_download.case_number is '办件编号 of that case.';
comment on column file_download.agency_code is 'Agency that asked.';
comment on column file_download.matter_code is 'Matter of that case.';
comment on column file_download.legal_basis is 'Law and article on which the agency asked.';
comment on column file_download.actor is 'Officer as the identity provider names them.';
comment on column file_download.request_id is 'Request of the officer.';

create table file_download_outcome (
  download_id uuid not null,
  ended_at timestamp with time zone not null,
  outcome text not null,
  hop text,
  reason text,
  media_type text,
  bytes bigint not null,
  content_digest text,
  constraint file_download_outcome_bytes_check CHECK ((bytes >= 0)),
  constraint file_download_outcome_check CHECK (((outcome = 'FAULT'::text) = ((hop IS NOT NULL) AND (reason IS NOT NULL)))),
  constraint file_download_outcome_check1 CHECK (((outcome = 'DELIVERED'::text) = (content_digest IS NOT NULL))),
  constraint file_download_outcome_check2 CHECK (((outcome <> 'DELIVERED'::text) OR (media_type IS NOT NULL))),
  constraint file_download_outcome_content_digest_check CHECK ((content_digest ~ '^[0-9a-f]{64}$'::text)),
  constraint file_download_outcome_download_id_fkey FOREIGN KEY (download_id) REFERENCES file_download(id),
  constraint file_download_outcome_outcome_check CHECK ((outcome = ANY (ARRAY['DELIVERED'::text, 'NO_FILE'::text, 'ABANDONED'::text, 'FAULT'::text]))),
  constraint file_download_outcome_pkey PRIMARY KEY (download_id)
);
CREATE TRIGGER file_download_outcome_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.file_download_outcome FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table file_download_outcome is 'What became of downloads. None of it says anything about the holder. Append-only.';
comment on column file_download_outcome.download_id is 'The download.';
comment on column file_download_outcome.ended_at is 'Hub clock, UTC.';
comment on column file_download_outcome.outcome is 'DELIVERED whole, NO_FILE to give, ABANDONED by the caller, FAULT on the way.';
comment on column file_download_outcome.hop is 'Where on the way the fault lay. Null unless FAULT.';
comment on column file_download_outcome.reason is 'Fault code with finer reason. Null unless FAULT.';
comment on column file_download_outcome.media_type is 'IANA media type. Null where the source gave no file.';
comment on column file_download_outcome.bytes is 'Bytes passed on; where it was not DELIVERED they are not the file.';
comment on column file_download_outcome.content_digest is 'SHA-256 of the whole file, hex. Null unless DELIVERED.';

create table file_ticket (
  id uuid not null,
  token_digest text not null,
  agency_code text not null,
  account text not null,
  case_id uuid not null,
  subject_id uuid not null,
  source text not null,
  license_identifier text not null,
  state text not null,
  issued_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  tries integer default 0 not null,
  claim uuid,
  claimed_at timestamp with time zone,
  constraint file_ticket_case_id_fkey FOREIGN KEY (case_id) REFERENCES case_file(id),
  constraint file_ticket_check CHECK ((expires_at > issued_at)),
  constraint file_ticket_check1 CHECK (((claim IS NULL) = (claimed_at IS NULL))),
  constraint file_ticket_check2 CHECK (((state <> 'FETCHING'::text) OR (claim IS NOT NULL))),
  constraint file_ticket_license_identifier_check CHECK (((length(license_identifier) >= 1) AND (length(license_identifier) <= 200))),
  constraint file_ticket_pkey PRIMARY KEY (id),
  constraint file_ticket_state_check CHECK ((state = ANY (ARRAY['ISSUED'::text, 'FETCHING'::text, 'DELIVERED'::text]))),
  constraint file_ticket_token_digest_check CHECK ((token_digest ~ '^[0-9a-f]{64}$'::text)),
  constraint file_ticket_token_once UNIQUE (token_digest),
  constraint file_ticket_tries_check CHECK ((tries >= 0))
);
comment on table file_ticket is 'Tickets for license files (证照文件): the right of one account to one file, once, for one case.';
comment on column file_ticket.id is 'Named in the record of downloads.';
comment on column file_ticket.token_digest is 'SHA-256 of the token in the address, hex. The token itself is not kept.';
comment on column file_ticket.agency_code is 'Agency it was issued to; no other may use it.';
comment on column file_ticket.account is 'Officer it was issued to, as the identity provider names them; no other may use it.';
comment on column file_ticket.case_id is 'Case it was issued for: the purpose.';
comment on column file_ticket.subject_id is 'Subject of the case who holds the license.';
comment on column file_ticket.source is 'Id of the source that gives the file.';
comment on column file_ticket.license_identifier is '证照标识, GB/T 36904-2018.';
comment on column file_ticket.state is 'See src/model/file-ticket.ts.';
comment on column file_ticket.issued_at is 'Hub clock, UTC.';
comment on column file_ticket.expires_at is 'From then on it serves nobody. Hub clock, UTC.';
comment on column file_ticket.tries is 'How often it was claimed.';
comment on column file_ticket.claim is 'Names the latest attempt, so that only it ends what it began. Null before the first.';
comment on column file_ticket.claimed_at is 'When it was claimed last. Hub clock, UTC. Null before.';

create table filing (
  id uuid not null,
  kind text not null,
  reference uuid not null,
  digest text not null,
  title text not null,
  from_agency text not null,
  from_region text not null,
  from_level text not null,
  to_region text not null,
  to_level text not null,
  counted_from date,
  working_days integer,
  due_on date,
  provisional boolean not null,
  opened_at timestamp with time zone not null,
  constraint filing_check CHECK (((counted_from IS NULL) = (due_on IS NULL))),
  constraint filing_check1 CHECK (((counted_from IS NULL) = (working_days IS NULL))),
  constraint filing_digest_check CHECK ((digest ~ '^[0-9a-f]{64}$'::text)),
  constraint filing_from_level_check CHECK ((from_level = ANY (ARRAY['PROVINCE'::text, 'CITY'::text, 'COUNTY'::text]))),
  constraint filing_from_region_check CHECK ((from_region ~ '^[0-9]{6}$'::text)),
  constraint filing_kind_check CHECK ((kind = ANY (ARRAY['LIST'::text, 'DOCUMENT'::text]))),
  constraint filing_once UNIQUE (reference, from_level),
  constraint filing_pkey PRIMARY KEY (id),
  constraint filing_title_check CHECK (((length(title) >= 1) AND (length(title) <= 300))),
  constraint filing_to_level_check CHECK ((to_level = ANY (ARRAY['PROVINCE'::text, 'CITY'::text, 'COUNTY'::text]))),
  constraint filing_to_region_check CHECK ((to_region ~ '^[0-9]{6}$'::text)),
  constraint filing_working_days_check CHECK (((working_days >= 0) AND (working_days <= 1000)))
);
CREATE INDEX filing_due ON public.filing USING btree (due_on, id);
CREATE INDEX filing_from ON public.filing USING btree (from_region, from_level);
comment on table filing is 'One step of a filing (备案): who has to report what to which justice bureau, by when. Its state is that of its last event.';
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
  filing_id uuid not null,
  number integer not null,
  step text not null,
  state text not null,
  happened_on date not null,
  receipt_number text,
  reason text,
  agency_code text not null,
  happened_at timestamp with time zone not null,
  happened_by text not null,
  constraint filing_event_check CHECK (((step = 'RECEIVE'::text) = (receipt_number IS NOT NULL))),
  constraint filing_event_check1 CHECK (((step = 'RETURN'::text) = (reason IS NOT NULL))),
  constraint filing_event_filing_id_fkey FOREIGN KEY (filing_id) REFERENCES filing(id),
  constraint filing_event_number_check CHECK ((number > 0)),
  constraint filing_event_pkey PRIMARY KEY (filing_id, number),
  constraint filing_event_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 1000))),
  constraint filing_event_receipt_number_check CHECK (((length(receipt_number) >= 1) AND (length(receipt_number) <= 100))),
  constraint filing_event_state_check CHECK ((state = ANY (ARRAY['SENT'::text, 'RECEIVED'::text, 'RETURNED'::text]))),
  constraint filing_event_step_check CHECK ((step = ANY (ARRAY['SEND'::text, 'RECEIVE'::text, 'RETURN'::text])))
);
CREATE TRIGGER filing_event_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.filing_event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table filing_event is 'What was done in a step of filing, in order. Append-only.';
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

create table follow_up (
  id uuid not null,
  agency_code text not null,
  verification_id uuid not null,
  verdict_id uuid not null,
  kind text not null,
  due_on date not null,
  due_is_provisional boolean not null,
  created_at timestamp with time zone not null,
  counted_from date,
  working_days integer,
  constraint follow_up_kind_check CHECK ((kind = ANY (ARRAY['VERIFY_AGAIN'::text, 'DECIDE_BY_PERSON'::text]))),
  constraint follow_up_once UNIQUE (verification_id, kind),
  constraint follow_up_pkey PRIMARY KEY (id),
  constraint follow_up_verdict_id_fkey FOREIGN KEY (verdict_id) REFERENCES verdict(id),
  constraint follow_up_verification_id_fkey FOREIGN KEY (verification_id) REFERENCES verification(id),
  constraint follow_up_working_days_check CHECK ((working_days >= 0))
);
CREATE INDEX follow_up_due ON public.follow_up USING btree (agency_code, due_on, id);
comment on table follow_up is 'What the agency still has to do because a verification did not settle the question.';
comment on column follow_up.id is 'Shown to callers.';
comment on column follow_up.agency_code is 'Agency that has to act.';
comment on column follow_up.verification_id is 'Verification that is not settled.';
comment on column follow_up.verdict_id is 'Verdict that created it.';
comment on column follow_up.kind is 'VERIFY_AGAIN: sources did not answer. DECIDE_BY_PERSON: they answered, and a person must look.';
comment on column follow_up.due_on is 'Last business day, Asia/Shanghai; working days after the verdict as the policy says.';
comment on column follow_up.due_is_provisional is 'True when due_on lies beyond the published working-day calendar.';
comment on column follow_up.created_at is 'Hub clock, UTC.';
comment on column follow_up.counted_from is 'Day after which the working days are counted, Asia/Shanghai. Null where it is not known: then due_on stays.';
comment on column follow_up.working_days is 'Working days to due_on. Null where it is not known: then due_on stays.';

create table format_text (
  id uuid not null,
  matter_code text not null,
  version integer not null,
  agency_code text not null,
  elements jsonb not null,
  allows_proxy boolean not null,
  digest text not null,
  drafted_at timestamp with time zone not null,
  drafted_by text not null,
  constraint format_text_digest_check CHECK ((digest ~ '^[0-9a-f]{64}$'::text)),
  constraint format_text_elements_check CHECK ((jsonb_typeof(elements) = 'array'::text)),
  constraint format_text_matter_code_check CHECK (((length(matter_code) >= 1) AND (length(matter_code) <= 64))),
  constraint format_text_pkey PRIMARY KEY (id),
  constraint format_text_version_check CHECK ((version > 0)),
  constraint format_text_version_once UNIQUE (matter_code, version)
);
CREATE TRIGGER format_text_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.format_text FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table format_text is 'Format text of notice and commitment (告知承诺书格式文本) and the additions to the service guide, by version. Append-only.';
comment on column format_text.id is 'Shown to callers.';
comment on column format_text.matter_code is 'Implementing code of the matter.';
comment on column format_text.version is 'Counts from 1 within the matter.';
comment on column format_text.agency_code is 'Agency that wrote it.';
comment on column format_text.elements is 'WrittenElement of src/model/format-text.ts, one each.';
comment on column format_text.allows_proxy is 'Whether a proxy may sign (是否可代为承诺).';
comment on column format_text.digest is 'SHA-256 of notice and commitment as applicants see them, hex.';
comment on column format_text.drafted_at is 'Hub clock, UTC.';
comment on column format_text.drafted_by is 'Officer as the identity provider names them.';

create table format_text_publication (
  text_id uuid not null,
  published_on date not null,
  channels jsonb not null,
  published_at timestamp with time zone not null,
  published_by text not null,
  constraint format_text_publication_channels_check CHECK ((jsonb_typeof(channels) = 'array'::text)),
  constraint format_text_publication_pkey PRIMARY KEY (text_id),
  constraint format_text_publication_text_id_fkey FOREIGN KEY (text_id) REFERENCES format_text(id)
);
CREATE TRIGGER format_text_publication_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.format_text_publication FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table format_text_publication is 'That a format text was made public (公布). Of one matter the highest version published up to a day counts. Append-only.';
comment on column format_text_publication.text_id is 'The text.';
comment on column format_text_publication.published_on is 'First day, Asia/Shanghai.';
comment on column format_text_publication.channels is 'Where: SERVICE_HALL 服务场所, WEBSITE 网站, PLATFORM 政务服务平台.';
comment on column format_text_publication.published_at is 'Hub clock, UTC.';
comment on column format_text_publication.published_by is 'Officer as the identity provider names them.';

create table format_text_task (
  id uuid not null,
  list_reference text not null,
  matter_code text not null,
  agency_code text not null,
  listed_on date not null,
  working_days integer not null,
  due_on date not null,
  provisional boolean not null,
  constraint format_text_task_list_reference_check CHECK (((length(list_reference) >= 1) AND (length(list_reference) <= 200))),
  constraint format_text_task_once UNIQUE (list_reference, matter_code, agency_code),
  constraint format_text_task_pkey PRIMARY KEY (id),
  constraint format_text_task_working_days_check CHECK (((working_days >= 1) AND (working_days <= 1000)))
);
CREATE INDEX format_text_task_agency ON public.format_text_task USING btree (agency_code, due_on);
comment on table format_text_task is 'An agency has to publish the format text of a matter that came onto a list. Done once a text is published.';
comment on column format_text_task.id is 'Shown to callers.';
comment on column format_text_task.list_reference is 'Names the published list.';
comment on column format_text_task.matter_code is 'The matter.';
comment on column format_text_task.agency_code is 'The agency that has to.';
comment on column format_text_task.listed_on is 'Day on which the list was published, Asia/Shanghai.';
comment on column format_text_task.working_days is 'Working days it has; the plan''s section 5 gives ten.';
comment on column format_text_task.due_on is 'Last day, counted by the working-day calendar; counted anew when that changes.';
comment on column format_text_task.provisional is 'True when due_on lies beyond the published working-day calendar.';

create table handover (
  id uuid not null,
  begun_at timestamp with time zone not null,
  source text not null,
  name text not null,
  step text not null,
  record_code text not null,
  record_digest text not null,
  case_id uuid,
  case_number text not null,
  agency_code text not null,
  matter_code text not null,
  legal_basis text not null,
  actor text not null,
  request_id text not null,
  constraint handover_name_check CHECK ((name <> ''::text)),
  constraint handover_pkey PRIMARY KEY (id),
  constraint handover_record_code_check CHECK ((record_code <> ''::text)),
  constraint handover_record_digest_check CHECK ((record_digest ~ '^[0-9a-f]{64}$'::text)),
  constraint handover_source_check CHECK ((source <> ''::text)),
  constraint handover_step_check CHECK ((step = ANY (ARRAY['PUSH'::text, 'ACKNOWLEDGEMENT'::text])))
);
CREATE INDEX handover_case_id ON public.handover USING btree (case_id, begun_at);
CREATE INDEX handover_record_code ON public.handover USING btree (record_code, begun_at);
CREATE TRIGGER handover_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.handover FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table handover is 'One record about one subject handed to one source, or asked after there; durable before its first byte leaves. Append-only; kept at least 3 years (network data security regulation, art. 12).';
comment on column handover.id is 'Made by the hub; the outcome refers to it.';
comment on column handover.begun_at is 'Hub clock, UTC.';
comment on column handover.source is 'Id of the registered source that gets the record.';
comment on column handover.name is 'Which record it is, a PushName of the connector contract.';
comment on column handover.step is 'PUSH: the record itself. ACKNOWLEDGEMENT: what became of one that was taken.';
comment on column handover.record_code is 'Code of the record, e.g. of a commitment (承诺编码).';
comment on column handover.record_digest is 'HMAC-SHA-256 of name and record, or of name and receipt, hex. The record itself is not kept here.';
comment on column handover.case_id is 'Case the record is about. Null for the trial records of a check, which concern no person.';
comment on column handover.case_number is 'The agency''s number of the case (办件编号), or canary.';
comment on column handover.agency_code is 'Unified social credit code of the agency whose record it is, or hub.';
comment on column handover.matter_code is 'Matter the case is about, or canary.';
comment on column handover.legal_basis is 'Law and article under which the record is handed over.';
comment on column handover.actor is 'Officer as the identity provider names them, or job:<name>.';
comment on column handover.request_id is 'Request or run in which it was handed over; the same id is in the logs.';

create table handover_outcome (
  handover_id uuid not null,
  ended_at timestamp with time zone not null,
  outcome text not null,
  hop text,
  reason text,
  reference text,
  constraint handover_outcome_fault_has_hop CHECK (((outcome = 'FAULT'::text) = (hop IS NOT NULL))),
  constraint handover_outcome_fault_has_reason CHECK (((outcome = 'FAULT'::text) = (reason IS NOT NULL))),
  constraint handover_outcome_handover_id_fkey FOREIGN KEY (handover_id) REFERENCES handover(id),
  constraint handover_outcome_hop_check CHECK ((hop = ANY (ARRAY['HUB'::text, 'CONNECTOR'::text, 'NETWORK'::text, 'SOURCE'::text]))),
  constraint handover_outcome_outcome_check CHECK ((outcome = ANY (ARRAY['TAKEN'::text, 'REFUSED'::text, 'ACKNOWLEDGED'::text, 'PENDING'::text, 'REJECTED'::text, 'UNKNOWN'::text, 'FAULT'::text]))),
  constraint handover_outcome_pkey PRIMARY KEY (handover_id),
  constraint handover_outcome_taken_has_reference CHECK (((outcome <> 'TAKEN'::text) OR (reference IS NOT NULL)))
);
CREATE TRIGGER handover_outcome_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.handover_outcome FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table handover_outcome is 'What became of a handover. One without was interrupted: the record may or may not have arrived, and goes out again. Append-only.';
comment on column handover_outcome.handover_id is 'The handover.';
comment on column handover_outcome.ended_at is 'Hub clock, UTC.';
comment on column handover_outcome.outcome is 'What the source said; FAULT: it said nothing that could be relied upon.';
comment on column handover_outcome.hop is 'Where on the way a fault arose. Null unless it is one.';
comment on column handover_outcome.reason is 'Fault code, with the finer reason after a colon where there is one. Null unless it is one.';
comment on column handover_outcome.reference is 'The receipt of the source. Null where it gave none.';

create table holder_consent (
  id uuid not null,
  agency_code text not null,
  case_id uuid not null,
  subject_id uuid not null,
  source text not null,
  type_codes text[] not null,
  state text not null,
  version integer not null,
  reference text,
  fault text,
  requested_at timestamp with time zone not null,
  requested_by text not null,
  expires_at timestamp with time zone not null,
  granted_at timestamp with time zone,
  next_poll_at timestamp with time zone not null,
  constraint holder_consent_begun_has_reference CHECK (((state <> ALL (ARRAY['WAITING'::text, 'GRANTED'::text, 'REFUSED'::text])) OR (reference IS NOT NULL))),
  constraint holder_consent_case_id_fkey FOREIGN KEY (case_id) REFERENCES case_file(id),
  constraint holder_consent_check CHECK ((expires_at > requested_at)),
  constraint holder_consent_failed_has_fault CHECK (((state = 'FAILED'::text) = (fault IS NOT NULL))),
  constraint holder_consent_granted_has_time CHECK (((state <> 'GRANTED'::text) OR (granted_at IS NOT NULL))),
  constraint holder_consent_pkey PRIMARY KEY (id),
  constraint holder_consent_source_check CHECK ((source <> ''::text)),
  constraint holder_consent_state_check CHECK ((state = ANY (ARRAY['REQUESTED'::text, 'WAITING'::text, 'GRANTED'::text, 'REFUSED'::text, 'EXPIRED'::text, 'FAILED'::text]))),
  constraint holder_consent_subject_id_fkey FOREIGN KEY (subject_id) REFERENCES case_subject(id),
  constraint holder_consent_type_codes_check CHECK (((cardinality(type_codes) >= 1) AND (cardinality(type_codes) <= 10))),
  constraint holder_consent_version_check CHECK ((version > 0))
);
CREATE INDEX holder_consent_open ON public.holder_consent USING btree (expires_at) WHERE (state = ANY (ARRAY['REQUESTED'::text, 'WAITING'::text]));
CREATE INDEX holder_consent_subject ON public.holder_consent USING btree (case_id, subject_id, requested_at DESC);
comment on table holder_consent is 'A request to a holder to have licenses read (持证人授权), durable before the source hears of it. It is good for its own case and purpose only.';
comment on column holder_consent.id is 'Made by the hub.';
comment on column holder_consent.agency_code is 'Unified social credit code of the agency whose case it is.';
comment on column holder_consent.case_id is 'The case: the purpose of the request.';
comment on column holder_consent.subject_id is 'The subject whose licenses shall be read.';
comment on column holder_consent.source is 'Id of the registered source that asks the holder.';
comment on column holder_consent.type_codes is 'License types (证照类型代码) that may be read.';
comment on column holder_consent.state is 'A wait and a term are over by the clock, also before this says so.';
comment on column holder_consent.version is 'Counts the steps; a step is taken only from the version that was read.';
comment on column holder_consent.reference is 'Name of the request at the source. Null before it was taken there.';
comment on column holder_consent.fault is 'Why the source did not take it: fault code, with the finer reason after a colon.';
comment on column holder_consent.requested_at is 'Hub clock, UTC.';
comment on column holder_consent.requested_by is 'Officer as the identity provider names them.';
comment on column holder_consent.expires_at is 'The holder must have decided before.';
comment on column holder_consent.granted_at is 'When the hub heard of the consent. Null before.';
comment on column holder_consent.next_poll_at is 'The source is not asked again before, by no replica.';

create table holder_consent_event (
  consent_id uuid not null,
  number integer not null,
  state text not null,
  at timestamp with time zone not null,
  by text not null,
  request_id text not null,
  constraint holder_consent_event_consent_id_fkey FOREIGN KEY (consent_id) REFERENCES holder_consent(id),
  constraint holder_consent_event_number_check CHECK ((number > 0)),
  constraint holder_consent_event_pkey PRIMARY KEY (consent_id, number)
);
CREATE TRIGGER holder_consent_event_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.holder_consent_event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table holder_consent_event is 'Every step of a request for consent. Append-only.';
comment on column holder_consent_event.consent_id is 'The request.';
comment on column holder_consent_event.number is 'Counts from 1.';
comment on column holder_consent_event.state is 'The state it led to.';
comment on column holder_consent_event.at is 'Hub clock, UTC.';
comment on column holder_consent_event.by is 'Officer, or job:consents.';
comment on column holder_consent_event.request_id is 'Request in which it happened; the same id is in the logs.';

create table inspection (
  draw_id uuid not null,
  commitment_id uuid not null,
  number integer not null,
  outcome text not null,
  inspected_on date not null,
  note text,
  recorded_at timestamp with time zone not null,
  recorded_by text not null,
  constraint inspection_check CHECK (((outcome = 'KEPT'::text) OR (note IS NOT NULL))),
  constraint inspection_draw_id_commitment_id_fkey FOREIGN KEY (draw_id, commitment_id) REFERENCES sampling_subject(draw_id, commitment_id),
  constraint inspection_note_check CHECK (((length(note) >= 1) AND (length(note) <= 1000))),
  constraint inspection_number_check CHECK ((number > 0)),
  constraint inspection_outcome_check CHECK ((outcome = ANY (ARRAY['KEPT'::text, 'NOT_KEPT'::text, 'NOT_FOUND'::text]))),
  constraint inspection_pkey PRIMARY KEY (draw_id, commitment_id, number)
);
CREATE TRIGGER inspection_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.inspection FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table inspection is 'What an inspection found. Makes no breach by itself. The last one counts. Append-only.';
comment on column inspection.draw_id is 'The draw.';
comment on column inspection.commitment_id is 'The commitment that was inspected.';
comment on column inspection.number is 'Counts from 1; a correction is a further row.';
comment on column inspection.outcome is 'Kept, not kept, or the subject could not be found (查无下落).';
comment on column inspection.inspected_on is 'Day of the inspection, Asia/Shanghai.';
comment on column inspection.note is 'What was found, in the officer''s words. Null only where the commitment was kept.';
comment on column inspection.recorded_at is 'Hub clock, UTC.';
comment on column inspection.recorded_by is 'Officer as the identity provider names them.';

create table intake_collection (
  id integer generated always as identity not null,
  source text not null,
  edition text not null,
  collection text not null,
  watermark text,
  rows_kept bigint default 0 not null,
  rows_live bigint default 0 not null,
  bytes_kept bigint default 0 not null,
  run_at timestamp with time zone,
  fault text,
  fault_at timestamp with time zone,
  holder uuid,
  held_until timestamp with time zone,
  open_pass bigint,
  last_pass bigint,
  complete_pass bigint,
  settled_pass bigint,
  constraint intake_collection_bytes_kept_check CHECK ((bytes_kept >= 0)),
  constraint intake_collection_collection_check CHECK ((collection <> ''::text)),
  constraint intake_collection_complete_pass_fkey FOREIGN KEY (complete_pass) REFERENCES intake_pass(number),
  constraint intake_collection_edition_check CHECK ((edition <> ''::text)),
  constraint intake_collection_fault_check CHECK ((fault <> ''::text)),
  constraint intake_collection_fault_whole CHECK (((fault IS NULL) = (fault_at IS NULL))),
  constraint intake_collection_last_pass_fkey FOREIGN KEY (last_pass) REFERENCES intake_pass(number),
  constraint intake_collection_lease_whole CHECK (((holder IS NULL) = (held_until IS NULL))),
  constraint intake_collection_live_is_kept CHECK ((rows_live <= rows_kept)),
  constraint intake_collection_of_source UNIQUE (source, edition, collection),
  constraint intake_collection_open_pass_fkey FOREIGN KEY (open_pass) REFERENCES intake_pass(number),
  constraint intake_collection_pkey PRIMARY KEY (id),
  constraint intake_collection_rows_kept_check CHECK ((rows_kept >= 0)),
  constraint intake_collection_rows_live_check CHECK ((rows_live >= 0)),
  constraint intake_collection_source_check CHECK ((source <> ''::text))
);
comment on table intake_collection is 'One table, list or kind of file that a source hands over in passes: how far it was read, and which run is reading it.';
comment on column intake_collection.id is 'Made by the database; rows and passes refer to it.';
comment on column intake_collection.source is 'Id of the registered source. No foreign key: a source may be listed in a file.';
comment on column intake_collection.edition is 'Digest of the kind and settings by which rows are read and found, hex. Rows of two editions are never mixed.';
comment on column intake_collection.collection is 'As the source calls it.';
comment on column intake_collection.watermark is 'Where the next pass begins, in the words of the connector. Null to read from the beginning. Moved by complete passes only.';
comment on column intake_collection.rows_kept is 'Rows of the collection in intake_row, those that are gone included. Changed in the transaction that changes them.';
comment on column intake_collection.rows_live is 'Of them, those that are not gone.';
comment on column intake_collection.bytes_kept is 'Sum of intake_row.bytes.';
comment on column intake_collection.run_at is 'Hub clock, UTC, when a run last began to read it. Null before the first.';
comment on column intake_collection.fault is 'Why the last run ended early: fault code, with the finer reason after a colon. Null when it came to its end.';
comment on column intake_collection.fault_at is 'Hub clock, UTC. Null exactly when fault is.';
comment on column intake_collection.holder is 'Run that reads it now, made by the hub. Null when none does.';
comment on column intake_collection.held_until is 'Clock of the database, UTC. From then on another run may take it over. Null exactly when holder is.';
comment on column intake_collection.open_pass is 'Number of the pass that was begun and can be gone on with. Null when the next run begins a new one.';
comment on column intake_collection.last_pass is 'Number of the pass that was begun last. Null before the first.';
comment on column intake_collection.complete_pass is 'Number of the pass that was completed last. Null before the first.';
comment on column intake_collection.settled_pass is 'Number of the pass up to which what was not taken no longer matters: it showed everything and everything was taken, or two operators accepted it. Null where there was none.';

create table intake_pass (
  id uuid not null,
  number bigint generated always as identity not null,
  collection_id integer not null,
  name text not null,
  state text not null,
  started_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  attempts integer not null,
  whole boolean not null,
  shows_all boolean not null,
  live_before bigint not null,
  pages integer default 0 not null,
  kept bigint default 0 not null,
  unchanged bigint default 0 not null,
  deleted bigint default 0 not null,
  rejected bigint default 0 not null,
  quarantined bigint default 0 not null,
  removed bigint default 0 not null,
  "full" boolean default false not null,
  resume text,
  watermark text,
  as_of timestamp with time zone,
  reason text,
  proposed_at timestamp with time zone,
  proposed_by text,
  proposal text,
  accepted_at timestamp with time zone,
  accepted_by text,
  constraint intake_pass_accepted_by_check CHECK ((accepted_by <> ''::text)),
  constraint intake_pass_accepted_by_two CHECK (((accepted_by IS NULL) OR ((proposed_by IS NOT NULL) AND (accepted_by <> proposed_by)))),
  constraint intake_pass_accepted_whole CHECK (((accepted_at IS NULL) = (accepted_by IS NULL))),
  constraint intake_pass_attempts_check CHECK ((attempts > 0)),
  constraint intake_pass_collection_id_fkey FOREIGN KEY (collection_id) REFERENCES intake_collection(id),
  constraint intake_pass_complete_has_no_resume CHECK (((state <> 'COMPLETE'::text) OR (resume IS NULL))),
  constraint intake_pass_deleted_check CHECK ((deleted >= 0)),
  constraint intake_pass_ended CHECK (((state = 'RUNNING'::text) = (ended_at IS NULL))),
  constraint intake_pass_failed_has_reason CHECK (((state = 'FAILED'::text) = (reason IS NOT NULL))),
  constraint intake_pass_full_is_sound CHECK (((NOT "full") OR ((state = 'COMPLETE'::text) AND whole AND ((rejected + quarantined) = 0)))),
  constraint intake_pass_kept_check CHECK ((kept >= 0)),
  constraint intake_pass_live_before_check CHECK ((live_before >= 0)),
  constraint intake_pass_name_check CHECK ((name <> ''::text)),
  constraint intake_pass_number_key UNIQUE (number),
  constraint intake_pass_pages_check CHECK ((pages >= 0)),
  constraint intake_pass_pkey PRIMARY KEY (id),
  constraint intake_pass_proposal_check CHECK ((proposal <> ''::text)),
  constraint intake_pass_proposed_by_check CHECK ((proposed_by <> ''::text)),
  constraint intake_pass_proposed_whole CHECK ((((proposed_at IS NULL) = (proposed_by IS NULL)) AND ((proposed_at IS NULL) = (proposal IS NULL)))),
  constraint intake_pass_quarantined_check CHECK ((quarantined >= 0)),
  constraint intake_pass_reason_check CHECK ((reason <> ''::text)),
  constraint intake_pass_rejected_check CHECK ((rejected >= 0)),
  constraint intake_pass_removed_check CHECK ((removed >= 0)),
  constraint intake_pass_state_check CHECK ((state = ANY (ARRAY['RUNNING'::text, 'COMPLETE'::text, 'FAILED'::text]))),
  constraint intake_pass_unchanged_check CHECK ((unchanged >= 0))
);
CREATE INDEX intake_pass_done ON public.intake_pass USING btree (collection_id, name) WHERE (state = 'COMPLETE'::text);
CREATE INDEX intake_pass_not_taken ON public.intake_pass USING btree (collection_id, number) WHERE ((rejected + quarantined) > 0);
CREATE INDEX intake_pass_of_collection ON public.intake_pass USING btree (collection_id, number DESC);
comment on table intake_pass is 'One reading of a collection, from its first page on, over as many runs as it took. Each page was kept in one transaction with the counts and the resume of this row, so that the row proves which pages were kept.';
comment on column intake_pass.id is 'Made by the hub; for callers.';
comment on column intake_pass.number is 'In the order in which passes were begun; rows refer to it.';
comment on column intake_pass.collection_id is 'What was read.';
comment on column intake_pass.name is 'By the connector: digest of a file, or where the pass began. Several passes may have one name.';
comment on column intake_pass.state is 'RUNNING also when the process that ran it is gone; the next run goes on with it.';
comment on column intake_pass.started_at is 'Hub clock, UTC, before the source was asked for the first page.';
comment on column intake_pass.ended_at is 'Hub clock, UTC. Null exactly while RUNNING.';
comment on column intake_pass.attempts is 'Runs that worked on it.';
comment on column intake_pass.whole is 'Whether its first page here is known to be its beginning. False where another pass was cut off before it.';
comment on column intake_pass.shows_all is 'Whether its first page said that it shows everything there is.';
comment on column intake_pass.live_before is 'Rows of the collection that were not gone when it began.';
comment on column intake_pass.pages is 'Pages that were kept.';
comment on column intake_pass.kept is 'Changes after which a row is there that was not, or is another.';
comment on column intake_pass.unchanged is 'Changes that changed nothing: seen before, or older than what is kept.';
comment on column intake_pass.deleted is 'Changes by which the source took a row back.';
comment on column intake_pass.rejected is 'Changes that were not taken for any other reason than their time, all of them; intake_reject holds the first.';
comment on column intake_pass.quarantined is 'Changes that were not taken because their time is still to come (FUTURE_CHANGE).';
comment on column intake_pass.removed is 'Rows taken for gone since this pass showed everything and not them. For reason SHRUNK, how many there are at least that would be.';
comment on column intake_pass."full" is 'Whether everything it did not show was taken for gone.';
comment on column intake_pass.resume is 'Where to go on after the last page that was kept, in the words of the connector. Null when there is nothing after it, or it is not to be gone on with.';
comment on column intake_pass.watermark is 'Where the pass after it begins, as its last page said. Null before, or when it did not say.';
comment on column intake_pass.as_of is 'How fresh the rows are by the word of the source. Null when it does not say.';
comment on column intake_pass.reason is 'Why it failed: fault code, with the finer reason after a colon; SHRUNK when it would have removed more than is allowed. Null exactly when it did not fail.';
comment on column intake_pass.proposed_at is 'Hub clock, UTC, when a first operator wanted to accept what it removes, or what was not taken. Null when none did.';
comment on column intake_pass.proposed_by is 'First operator as the identity provider names them. Null exactly when proposed_at is.';
comment on column intake_pass.proposal is 'Why, in the words of the first operator. Null exactly when proposed_at is.';
comment on column intake_pass.accepted_at is 'Hub clock, UTC, when a second operator agreed. Null when none did.';
comment on column intake_pass.accepted_by is 'Second operator. Null exactly when accepted_at is.';

create table intake_reject (
  pass bigint not null,
  ordinal integer not null,
  place bigint not null,
  field text,
  reason text not null,
  constraint intake_reject_ordinal_check CHECK ((ordinal > 0)),
  constraint intake_reject_pass_fkey FOREIGN KEY (pass) REFERENCES intake_pass(number),
  constraint intake_reject_pkey PRIMARY KEY (pass, ordinal),
  constraint intake_reject_reason_check CHECK ((reason <> ''::text))
);
CREATE TRIGGER intake_reject_unchanged BEFORE UPDATE OR TRUNCATE ON public.intake_reject FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table intake_reject is 'A change that was not taken. Of each pass the first thousand; never a value.';
comment on column intake_reject.pass is 'Number of the pass.';
comment on column intake_reject.ordinal is 'From 1, in the order in which they were met.';
comment on column intake_reject.place is 'Line, row number or position within the pass, from 1.';
comment on column intake_reject.field is 'Column as the source calls it. Null for the whole row.';
comment on column intake_reject.reason is 'Fixed word of the connector, or of the hub: NO_ID, NOT_TEXT, TOO_LONG, ORDER_NOT_COMPARABLE.';

create table intake_row (
  collection_id integer not null,
  row_id text collate "C" not null,
  about text collate "C" not null,
  keys text[] collate "C" not null,
  change_order text collate "C" not null,
  deleted boolean not null,
  swept boolean not null,
  "values" jsonb not null,
  bytes integer not null,
  pass bigint not null,
  seen_in bigint not null,
  seen_at timestamp with time zone not null,
  constraint intake_row_bytes_check CHECK ((bytes >= 0)),
  constraint intake_row_collection_id_fkey FOREIGN KEY (collection_id) REFERENCES intake_collection(id),
  constraint intake_row_deleted_is_empty CHECK (((NOT deleted) OR ((keys = '{}'::text[]) AND ("values" = '{}'::jsonb) AND (bytes = 0)))),
  constraint intake_row_pkey PRIMARY KEY (collection_id, row_id),
  constraint intake_row_row_id_check CHECK ((row_id <> ''::text)),
  constraint intake_row_swept_is_deleted CHECK ((deleted OR (NOT swept))),
  constraint intake_row_values_check CHECK ((jsonb_typeof("values") = 'object'::text))
);
CREATE INDEX intake_row_about ON public.intake_row USING btree (about, collection_id) WHERE (NOT deleted);
CREATE INDEX intake_row_keys ON public.intake_row USING gin (keys);
comment on table intake_row is 'A row as a source last handed it over, or the news that it is gone. Passes are named by number without a foreign key, which would be checked for every row of every night.';
comment on column intake_row.collection_id is 'Collection it belongs to.';
comment on column intake_row.row_id is 'Identity within the collection.';
comment on column intake_row.about is 'What rows of several collections about one subject share, e.g. 主体身份代码 (PRIPID).';
comment on column intake_row.keys is 'What questions find the row by; empty when it is gone.';
comment on column intake_row.change_order is 'Of two changes to one row the greater one stands, compared as text.';
comment on column intake_row.deleted is 'True for a row that is gone. It stays, so that an older change does not bring it back.';
comment on column intake_row.swept is 'True for a row that is gone because a pass that showed everything did not show it; false where the source said so.';
comment on column intake_row."values" is 'Column to text, as held by the source, in plain text; empty when the row is gone.';
comment on column intake_row.bytes is 'Bytes of "values" as JSON text; 0 when the row is gone.';
comment on column intake_row.pass is 'Number of the pass that made the row what it is.';
comment on column intake_row.seen_in is 'Number of the last pass that showed the row and counted it as seen.';
comment on column intake_row.seen_at is 'Hub clock, UTC, when the page was kept that last wrote this row.';

create table job_slot (
  job text not null,
  slot timestamp with time zone not null,
  replica text not null,
  fired_at timestamp with time zone default now() not null,
  constraint job_slot_job_check CHECK ((job <> ''::text)),
  constraint job_slot_pkey PRIMARY KEY (job, slot)
);
comment on table job_slot is 'One occurrence of a scheduled job. Every replica ticks; the one whose row is inserted runs it.';
comment on column job_slot.job is 'Name of the schedule.';
comment on column job_slot.slot is 'The instant the schedule names, the same in every replica, UTC.';
comment on column job_slot.replica is 'Replica that won.';
comment on column job_slot.fired_at is 'Database clock, UTC.';

create table ladder (
  verification_id uuid not null,
  agency_code text not null,
  counted_from date not null,
  working_days integer not null,
  due_on date not null,
  due_is_provisional boolean not null,
  rung text not null,
  rungs integer not null,
  is_open boolean not null,
  constraint ladder_check CHECK ((is_open = (rung <> 'CONCLUDED'::text))),
  constraint ladder_pkey PRIMARY KEY (verification_id),
  constraint ladder_rung_check CHECK ((rung = ANY (ARRAY['ONLINE'::text, 'EQUIVALENT'::text, 'ASSISTANCE'::text, 'ON_SITE'::text, 'DECISION'::text, 'CONCLUDED'::text]))),
  constraint ladder_rungs_check CHECK ((rungs > 0)),
  constraint ladder_verification_id_fkey FOREIGN KEY (verification_id) REFERENCES verification(id),
  constraint ladder_working_days_check CHECK (((working_days >= 1) AND (working_days <= 250)))
);
CREATE INDEX ladder_due ON public.ladder USING btree (agency_code, due_on, verification_id) WHERE is_open;
comment on table ladder is 'How far the ladder of a verification has come that was not concluded at once, for finding it. Its rung can be made anew from ladder_rung.';
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
  verification_id uuid not null,
  number integer not null,
  rung text not null,
  entered_on date not null,
  constraint ladder_rung_number_check CHECK ((number > 0)),
  constraint ladder_rung_pkey PRIMARY KEY (verification_id, number),
  constraint ladder_rung_rung_check CHECK ((rung = ANY (ARRAY['ONLINE'::text, 'EQUIVALENT'::text, 'ASSISTANCE'::text, 'ON_SITE'::text, 'DECISION'::text, 'CONCLUDED'::text]))),
  constraint ladder_rung_verification_id_fkey FOREIGN KEY (verification_id) REFERENCES ladder(verification_id)
);
CREATE TRIGGER ladder_rung_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.ladder_rung FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table ladder_rung is 'Which rung of its ladder a verification came to, and when. Append-only.';
comment on column ladder_rung.verification_id is 'The verification.';
comment on column ladder_rung.number is 'Counts from 1; the last one is where it stands.';
comment on column ladder_rung.rung is 'LadderRungName of the schema.';
comment on column ladder_rung.entered_on is 'Day it came there, Asia/Shanghai.';

create table matter_adjustment (
  id uuid not null,
  agency_code text not null,
  region_code text not null,
  level text not null,
  kind text not null,
  matter_code text not null,
  requested_at timestamp with time zone not null,
  constraint matter_adjustment_kind_check CHECK ((kind = ANY (ARRAY['ADD'::text, 'REMOVE'::text, 'CHANGE'::text]))),
  constraint matter_adjustment_level_check CHECK ((level = ANY (ARRAY['PROVINCE'::text, 'CITY'::text, 'COUNTY'::text]))),
  constraint matter_adjustment_matter_code_check CHECK (((length(matter_code) >= 1) AND (length(matter_code) <= 64))),
  constraint matter_adjustment_pkey PRIMARY KEY (id),
  constraint matter_adjustment_region_code_check CHECK ((region_code ~ '^[0-9]{6}$'::text))
);
CREATE INDEX matter_adjustment_region ON public.matter_adjustment USING btree (region_code, requested_at);
CREATE TRIGGER matter_adjustment_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.matter_adjustment FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table matter_adjustment is 'Request of an agency to adjust the list of its region (清单调整申请). Append-only; its state is that of its last event.';
comment on column matter_adjustment.id is 'Shown to callers.';
comment on column matter_adjustment.agency_code is 'Agency that asks.';
comment on column matter_adjustment.region_code is 'Region of the list.';
comment on column matter_adjustment.level is 'Level of the list.';
comment on column matter_adjustment.kind is 'ADD, REMOVE or CHANGE.';
comment on column matter_adjustment.matter_code is 'Implementing code of the matter.';
comment on column matter_adjustment.requested_at is 'Hub clock, UTC.';

create table matter_adjustment_event (
  adjustment_id uuid not null,
  number integer not null,
  step text not null,
  state text not null,
  entry jsonb,
  basis text,
  reason text,
  list_id uuid,
  happened_at timestamp with time zone not null,
  happened_by text not null,
  constraint matter_adjustment_event_adjustment_id_fkey FOREIGN KEY (adjustment_id) REFERENCES matter_adjustment(id),
  constraint matter_adjustment_event_basis_check CHECK (((length(basis) >= 1) AND (length(basis) <= 2000))),
  constraint matter_adjustment_event_check CHECK (((step = 'SUBMIT'::text) = (basis IS NOT NULL))),
  constraint matter_adjustment_event_check1 CHECK (((step = 'PUBLISH'::text) = (list_id IS NOT NULL))),
  constraint matter_adjustment_event_entry_check CHECK ((jsonb_typeof(entry) = 'object'::text)),
  constraint matter_adjustment_event_list_id_fkey FOREIGN KEY (list_id) REFERENCES matter_list(id),
  constraint matter_adjustment_event_number_check CHECK ((number > 0)),
  constraint matter_adjustment_event_pkey PRIMARY KEY (adjustment_id, number),
  constraint matter_adjustment_event_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 1000))),
  constraint matter_adjustment_event_state_check CHECK ((state = ANY (ARRAY['SUBMITTED'::text, 'APPROVED'::text, 'RETURNED'::text, 'REJECTED'::text, 'WITHDRAWN'::text, 'PUBLISHED'::text]))),
  constraint matter_adjustment_event_step_check CHECK ((step = ANY (ARRAY['SUBMIT'::text, 'APPROVE'::text, 'RETURN'::text, 'REJECT'::text, 'WITHDRAW'::text, 'PUBLISH'::text])))
);
CREATE TRIGGER matter_adjustment_event_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.matter_adjustment_event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table matter_adjustment_event is 'What was done with a request, in order. Append-only.';
comment on column matter_adjustment_event.adjustment_id is 'The request.';
comment on column matter_adjustment_event.number is 'Counts from 1; shown as the version of the request.';
comment on column matter_adjustment_event.step is 'What was done.';
comment on column matter_adjustment_event.state is 'The state after it, see src/model/adjustment-life.ts.';
comment on column matter_adjustment_event.entry is 'With SUBMIT: the wanted ListedMatter. Null for a removal.';
comment on column matter_adjustment_event.basis is 'With SUBMIT: the basis (依据).';
comment on column matter_adjustment_event.reason is 'Why, in the words of whoever decided.';
comment on column matter_adjustment_event.list_id is 'With PUBLISH: the version it went into.';
comment on column matter_adjustment_event.happened_at is 'Hub clock, UTC.';
comment on column matter_adjustment_event.happened_by is 'Officer as the identity provider names them.';

create table matter_list (
  id uuid not null,
  region_code text not null,
  level text not null,
  version integer not null,
  origin text not null,
  effective_from date not null,
  published_on date not null,
  digest text not null,
  agency_code text not null,
  published_at timestamp with time zone not null,
  published_by text not null,
  constraint matter_list_digest_check CHECK ((digest ~ '^[0-9a-f]{64}$'::text)),
  constraint matter_list_level_check CHECK ((level = ANY (ARRAY['PROVINCE'::text, 'CITY'::text, 'COUNTY'::text]))),
  constraint matter_list_origin_check CHECK ((origin = ANY (ARRAY['IMPORT'::text, 'ADJUSTMENT'::text]))),
  constraint matter_list_pkey PRIMARY KEY (id),
  constraint matter_list_region_code_check CHECK ((region_code ~ '^[0-9]{6}$'::text)),
  constraint matter_list_version_check CHECK ((version > 0)),
  constraint matter_list_version_once UNIQUE (region_code, version)
);
CREATE TRIGGER matter_list_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.matter_list FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table matter_list is 'A published version of the list of matters (证明事项告知承诺制清单) of a region. Append-only. The list of a day is what the changes of all versions effective by then add up to.';
comment on column matter_list.id is 'Shown to callers.';
comment on column matter_list.region_code is 'GB/T 2260 code of the region whose list it is.';
comment on column matter_list.level is 'PROVINCE 省级通用清单, CITY 市级, COUNTY 县级.';
comment on column matter_list.version is 'Counts from 1 within the region; a later version is never effective before an earlier one.';
comment on column matter_list.origin is 'IMPORT: taken from a file whole; ADJUSTMENT: from reviewed requests.';
comment on column matter_list.effective_from is 'First day, Asia/Shanghai.';
comment on column matter_list.published_on is 'Day of publication, Asia/Shanghai; periods of filing count from it.';
comment on column matter_list.digest is 'SHA-256 of region, version, first day and changes, canonical, hex: what is filed.';
comment on column matter_list.agency_code is 'Justice bureau that published it, or took it over.';
comment on column matter_list.published_at is 'Hub clock, UTC.';
comment on column matter_list.published_by is 'Officer as the identity provider names them.';

create table matter_list_change (
  list_id uuid not null,
  matter_code text not null,
  kind text not null,
  entry jsonb,
  constraint matter_list_change_check CHECK (((kind = 'REMOVED'::text) = (entry IS NULL))),
  constraint matter_list_change_entry_check CHECK ((jsonb_typeof(entry) = 'object'::text)),
  constraint matter_list_change_excluded_never_active CHECK (((entry IS NULL) OR (NOT ((entry ->> 'isActive'::text))::boolean) OR (jsonb_array_length((entry -> 'exclusions'::text)) = 0))),
  constraint matter_list_change_kind_check CHECK ((kind = ANY (ARRAY['ADDED'::text, 'REMOVED'::text, 'CHANGED'::text]))),
  constraint matter_list_change_list_id_fkey FOREIGN KEY (list_id) REFERENCES matter_list(id),
  constraint matter_list_change_matter_code_check CHECK (((length(matter_code) >= 1) AND (length(matter_code) <= 64))),
  constraint matter_list_change_pkey PRIMARY KEY (list_id, matter_code)
);
CREATE INDEX matter_list_change_matter ON public.matter_list_change USING btree (matter_code);
CREATE TRIGGER matter_list_change_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.matter_list_change FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table matter_list_change is 'What a version changes against the one before it. Append-only.';
comment on column matter_list_change.list_id is 'The version.';
comment on column matter_list_change.matter_code is 'Implementing code of the matter.';
comment on column matter_list_change.kind is 'ADDED, REMOVED or CHANGED.';
comment on column matter_list_change.entry is 'ListedMatter of src/model/listed-matter.ts from then on. Null where it was removed.';

create table matter_version (
  matter_code text not null,
  version integer not null,
  name text not null,
  priority_field text not null,
  item_type text not null,
  agency_code text not null,
  agency_name text not null,
  certificate text not null,
  legal_basis text not null,
  effective_from date not null,
  effective_until date,
  policy jsonb not null,
  publicity text,
  constraint matter_version_check CHECK ((effective_from <= (effective_until + 1))),
  constraint matter_version_item_type_check CHECK ((item_type = ANY (ARRAY['LICENSE'::text, 'CONFIRMATION'::text, 'BENEFIT'::text]))),
  constraint matter_version_matter_code_check CHECK (((length(matter_code) >= 1) AND (length(matter_code) <= 64))),
  constraint matter_version_name_check CHECK ((name <> ''::text)),
  constraint matter_version_pkey PRIMARY KEY (matter_code, version),
  constraint matter_version_policy_check CHECK ((jsonb_typeof(policy) = 'object'::text)),
  constraint matter_version_priority_field_check CHECK ((priority_field = ANY (ARRAY['HOUSEHOLD_REGISTRATION'::text, 'MARKET_ACCESS'::text, 'QUALIFICATION_EXAM'::text, 'SOCIAL_INSURANCE'::text, 'SOCIAL_ASSISTANCE'::text, 'HEALTH_EXAMINATION'::text, 'LEGAL_SERVICE'::text]))),
  constraint matter_version_publicity_check CHECK ((publicity = ANY (ARRAY['PUBLIC_INTEREST'::text, 'THIRD_PARTY_INTEREST'::text, 'HARD_TO_VERIFY'::text]))),
  constraint matter_version_version_check CHECK ((version > 0))
);
comment on table matter_version is 'A certification matter (证明事项) as the list of its day had it. A change is a new version.';
comment on column matter_version.matter_code is 'Implementing code of the service item, GB/T 39554.1-2020, 31 characters.';
comment on column matter_version.version is 'Counts from 1 within the matter.';
comment on column matter_version.name is 'Name of the service item (行政事项), Chinese.';
comment on column matter_version.priority_field is 'One of the seven fields the plan names in section 2.';
comment on column matter_version.item_type is 'LICENSE 行政许可, CONFIRMATION 行政确认, BENEFIT 行政给付.';
comment on column matter_version.agency_code is 'Unified social credit code of the agency that demands the certificate (索要单位).';
comment on column matter_version.agency_name is 'Its name, Chinese.';
comment on column matter_version.certificate is 'The certificate that a commitment replaces, Chinese.';
comment on column matter_version.legal_basis is 'Law and article that demand it (设定依据), Chinese.';
comment on column matter_version.effective_from is 'First day in force, Asia/Shanghai.';
comment on column matter_version.effective_until is 'Last day in force, inclusive. Null while open-ended; the day before effective_from where it was replaced on that very day.';
comment on column matter_version.policy is 'VerificationPolicy of src/model/policy.ts.';
comment on column matter_version.publicity is 'Why commitments under it are shown to the public (公开承诺书). Null where they are not.';

create table mirror_collection (
  id integer generated always as identity not null,
  name text not null,
  field_names text[] not null,
  field_types text[] not null,
  key_fields smallint not null,
  flavor text not null,
  range_keys integer not null,
  constraint mirror_collection_fields_whole CHECK (((cardinality(field_names) = cardinality(field_types)) AND ((key_fields >= 1) AND (key_fields <= cardinality(field_names))))),
  constraint mirror_collection_flavor_check CHECK ((flavor = ANY (ARRAY['pg_record'::text, 'pg_text'::text, 'md5_text'::text]))),
  constraint mirror_collection_name_check CHECK ((name <> ''::text)),
  constraint mirror_collection_name_key UNIQUE (name),
  constraint mirror_collection_pkey PRIMARY KEY (id),
  constraint mirror_collection_range_keys_check CHECK (((range_keys >= 1) AND (range_keys <= 65536)))
);
comment on table mirror_collection is 'A collection of rows of which the hub keeps a copy to compare a source with.';
comment on column mirror_collection.id is 'Made by the database; rows and ranges refer to it.';
comment on column mirror_collection.name is 'As the comparison calls it.';
comment on column mirror_collection.field_names is 'Fields in the order of mirror_row.fields, those of the key first.';
comment on column mirror_collection.field_types is 'Their types, in the same order: TEXT, INTEGER, DECIMAL, DATE, TIMESTAMP, INSTANT, BOOLEAN or UUID.';
comment on column mirror_collection.key_fields is 'How many fields are the key.';
comment on column mirror_collection.flavor is 'How rows are hashed: the cheapest way that the source can do as well.';
comment on column mirror_collection.range_keys is 'About how many keys a range has after it was cut.';

create table mirror_range (
  collection_id integer not null,
  lower text collate "C" not null,
  upper text collate "C",
  rows bigint not null,
  xor64 bigint not null,
  sum64 numeric not null,
  constraint mirror_range_collection_id_fkey FOREIGN KEY (collection_id) REFERENCES mirror_collection(id),
  constraint mirror_range_empty CHECK (((rows > 0) OR ((xor64 = 0) AND (sum64 = (0)::numeric)))),
  constraint mirror_range_is_one CHECK (((upper IS NULL) OR (lower < upper))),
  constraint mirror_range_pkey PRIMARY KEY (collection_id, lower),
  constraint mirror_range_rows_check CHECK ((rows >= 0))
);
comment on table mirror_range is 'Digests of ranges of keys. The ranges of a collection cover all keys and do not overlap. Kept by the triggers of mirror_row, in the transaction of the write.';
comment on column mirror_range.collection_id is 'Collection it belongs to.';
comment on column mirror_range.lower is 'First key of the range, which need not be there. Empty for the first range.';
comment on column mirror_range.upper is 'First key after the range. Null for the last range.';
comment on column mirror_range.rows is 'Rows whose keys are in the range.';
comment on column mirror_range.xor64 is 'Exclusive or of their hashes.';
comment on column mirror_range.sum64 is 'Sum of their hashes, without a limit of bits.';

create table mirror_row (
  collection_id integer not null,
  bucket smallint not null,
  key text collate "C" not null,
  row_hash bigint not null,
  fields text[] not null,
  changed_at timestamp with time zone not null,
  constraint mirror_row_bucket_check CHECK (((bucket >= 0) AND (bucket <= 63))),
  constraint mirror_row_pkey PRIMARY KEY (collection_id, key, bucket) INCLUDE (row_hash)
) partition by HASH (bucket);
CREATE TRIGGER mirror_row_changed AFTER UPDATE ON public.mirror_row REFERENCING OLD TABLE AS gone NEW TABLE AS come FOR EACH STATEMENT EXECUTE FUNCTION mirror_changed();
CREATE TRIGGER mirror_row_come AFTER INSERT ON public.mirror_row REFERENCING NEW TABLE AS come FOR EACH STATEMENT EXECUTE FUNCTION mirror_come();
CREATE TRIGGER mirror_row_gone AFTER DELETE ON public.mirror_row REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION mirror_gone();
CREATE TRIGGER mirror_row_kept BEFORE TRUNCATE ON public.mirror_row FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table mirror_row is 'A row of a collection as the hub keeps it, in a partition by the bucket of its key. Written through the table, never through a partition: its triggers keep mirror_range right. Without a foreign key to the collection, which would be checked for every row of every night.';
comment on column mirror_row.collection_id is 'Collection it belongs to.';
comment on column mirror_row.bucket is 'Hash of the key, 0 to 63, the same on every server: where buckets are spread over several, it says where the row is.';
comment on column mirror_row.key is 'Values of the key as one text that sorts as they do.';
comment on column mirror_row.row_hash is 'Hash of the fields in the flavor of the collection.';
comment on column mirror_row.fields is 'Values in canonical text, null for none, in the order of the collection.';
comment on column mirror_row.changed_at is 'Hub clock, UTC, when the row was written last with another content.';

create table mirror_row_0 (
  collection_id integer not null,
  bucket smallint not null,
  key text collate "C" not null,
  row_hash bigint not null,
  fields text[] not null,
  changed_at timestamp with time zone not null,
  constraint mirror_row_0_pkey PRIMARY KEY (collection_id, key, bucket) INCLUDE (row_hash),
  constraint mirror_row_bucket_check CHECK (((bucket >= 0) AND (bucket <= 63)))
) -- partition of mirror_row FOR VALUES WITH (modulus 8, remainder 0);
comment on table mirror_row_0 is 'Partition of mirror_row: buckets with remainder 0 of their hash.';
comment on column mirror_row_0.collection_id is 'Collection it belongs to.';
comment on column mirror_row_0.bucket is 'Hash of the key, 0 to 63, the same on every server: where buckets are spread over several, it says where the row is.';
comment on column mirror_row_0.key is 'Values of the key as one text that sorts as they do.';
comment on column mirror_row_0.row_hash is 'Hash of the fields in the flavor of the collection.';
comment on column mirror_row_0.fields is 'Values in canonical text, null for none, in the order of the collection.';
comment on column mirror_row_0.changed_at is 'Hub clock, UTC, when the row was written last with another content.';

create table mirror_row_1 (
  collection_id integer not null,
  bucket smallint not null,
  key text collate "C" not null,
  row_hash bigint not null,
  fields text[] not null,
  changed_at timestamp with time zone not null,
  constraint mirror_row_1_pkey PRIMARY KEY (collection_id, key, bucket) INCLUDE (row_hash),
  constraint mirror_row_bucket_check CHECK (((bucket >= 0) AND (bucket <= 63)))
) -- partition of mirror_row FOR VALUES WITH (modulus 8, remainder 1);
comment on table mirror_row_1 is 'Partition of mirror_row: buckets with remainder 1 of their hash.';
comment on column mirror_row_1.collection_id is 'Collection it belongs to.';
comment on column mirror_row_1.bucket is 'Hash of the key, 0 to 63, the same on every server: where buckets are spread over several, it says where the row is.';
comment on column mirror_row_1.key is 'Values of the key as one text that sorts as they do.';
comment on column mirror_row_1.row_hash is 'Hash of the fields in the flavor of the collection.';
comment on column mirror_row_1.fields is 'Values in canonical text, null for none, in the order of the collection.';
comment on column mirror_row_1.changed_at is 'Hub clock, UTC, when the row was written last with another content.';

create table mirror_row_2 (
  collection_id integer not null,
  bucket smallint not null,
  key text collate "C" not null,
  row_hash bigint not null,
  fields text[] not null,
  changed_at timestamp with time zone not null,
  constraint mirror_row_2_pkey PRIMARY KEY (collection_id, key, bucket) INCLUDE (row_hash),
  constraint mirror_row_bucket_check CHECK (((bucket >= 0) AND (bucket <= 63)))
) -- partition of mirror_row FOR VALUES WITH (modulus 8, remainder 2);
comment on table mirror_row_2 is 'Partition of mirror_row: buckets with remainder 2 of their hash.';
comment on column mirror_row_2.collection_id is 'Collection it belongs to.';
comment on column mirror_row_2.bucket is 'Hash of the key, 0 to 63, the same on every server: where buckets are spread over several, it says where the row is.';
comment on column mirror_row_2.key is 'Values of the key as one text that sorts as they do.';
comment on column mirror_row_2.row_hash is 'Hash of the fields in the flavor of the collection.';
comment on column mirror_row_2.fields is 'Values in canonical text, null for none, in the order of the collection.';
comment on column mirror_row_2.changed_at is 'Hub clock, UTC, when the row was written last with another content.';

create table mirror_row_3 (
  collection_id integer not null,
  bucket smallint not null,
  key text collate "C" not null,
  row_hash bigint not null,
  fields text[] not null,
  changed_at timestamp with time zone not null,
  constraint mirror_row_3_pkey PRIMARY KEY (collection_id, key, bucket) INCLUDE (row_hash),
  constraint mirror_row_bucket_check CHECK (((bucket >= 0) AND (bucket <= 63)))
) -- partition of mirror_row FOR VALUES WITH (modulus 8, remainder 3);
comment on table mirror_row_3 is 'Partition of mirror_row: buckets with remainder 3 of their hash.';
comment on column mirror_row_3.collection_id is 'Collection it belongs to.';
comment on column mirror_row_3.bucket is 'Hash of the key, 0 to 63, the same on every server: where buckets are spread over several, it says where the row is.';
comment on column mirror_row_3.key is 'Values of the key as one text that sorts as they do.';
comment on column mirror_row_3.row_hash is 'Hash of the fields in the flavor of the collection.';
comment on column mirror_row_3.fields is 'Values in canonical text, null for none, in the order of the collection.';
comment on column mirror_row_3.changed_at is 'Hub clock, UTC, when the row was written last with another content.';

create table mirror_row_4 (
  collection_id integer not null,
  bucket smallint not null,
  key text collate "C" not null,
  row_hash bigint not null,
  fields text[] not null,
  changed_at timestamp with time zone not null,
  constraint mirror_row_4_pkey PRIMARY KEY (collection_id, key, bucket) INCLUDE (row_hash),
  constraint mirror_row_bucket_check CHECK (((bucket >= 0) AND (bucket <= 63)))
) -- partition of mirror_row FOR VALUES WITH (modulus 8, remainder 4);
comment on table mirror_row_4 is 'Partition of mirror_row: buckets with remainder 4 of their hash.';
comment on column mirror_row_4.collection_id is 'Collection it belongs to.';
comment on column mirror_row_4.bucket is 'Hash of the key, 0 to 63, the same on every server: where buckets are spread over several, it says where the row is.';
comment on column mirror_row_4.key is 'Values of the key as one text that sorts as they do.';
comment on column mirror_row_4.row_hash is 'Hash of the fields in the flavor of the collection.';
comment on column mirror_row_4.fields is 'Values in canonical text, null for none, in the order of the collection.';
comment on column mirror_row_4.changed_at is 'Hub clock, UTC, when the row was written last with another content.';

create table mirror_row_5 (
  collection_id integer not null,
  bucket smallint not null,
  key text collate "C" not null,
  row_hash bigint not null,
  fields text[] not null,
  changed_at timestamp with time zone not null,
  constraint mirror_row_5_pkey PRIMARY KEY (collection_id, key, bucket) INCLUDE (row_hash),
  constraint mirror_row_bucket_check CHECK (((bucket >= 0) AND (bucket <= 63)))
) -- partition of mirror_row FOR VALUES WITH (modulus 8, remainder 5);
comment on table mirror_row_5 is 'Partition of mirror_row: buckets with remainder 5 of their hash.';
comment on column mirror_row_5.collection_id is 'Collection it belongs to.';
comment on column mirror_row_5.bucket is 'Hash of the key, 0 to 63, the same on every server: where buckets are spread over several, it says where the row is.';
comment on column mirror_row_5.key is 'Values of the key as one text that sorts as they do.';
comment on column mirror_row_5.row_hash is 'Hash of the fields in the flavor of the collection.';
comment on column mirror_row_5.fields is 'Values in canonical text, null for none, in the order of the collection.';
comment on column mirror_row_5.changed_at is 'Hub clock, UTC, when the row was written last with another content.';

create table mirror_row_6 (
  collection_id integer not null,
  bucket smallint not null,
  key text collate "C" not null,
  row_hash bigint not null,
  fields text[] not null,
  changed_at timestamp with time zone not null,
  constraint mirror_row_6_pkey PRIMARY KEY (collection_id, key, bucket) INCLUDE (row_hash),
  constraint mirror_row_bucket_check CHECK (((bucket >= 0) AND (bucket <= 63)))
) -- partition of mirror_row FOR VALUES WITH (modulus 8, remainder 6);
comment on table mirror_row_6 is 'Partition of mirror_row: buckets with remainder 6 of their hash.';
comment on column mirror_row_6.collection_id is 'Collection it belongs to.';
comment on column mirror_row_6.bucket is 'Hash of the key, 0 to 63, the same on every server: where buckets are spread over several, it says where the row is.';
comment on column mirror_row_6.key is 'Values of the key as one text that sorts as they do.';
comment on column mirror_row_6.row_hash is 'Hash of the fields in the flavor of the collection.';
comment on column mirror_row_6.fields is 'Values in canonical text, null for none, in the order of the collection.';
comment on column mirror_row_6.changed_at is 'Hub clock, UTC, when the row was written last with another content.';

create table mirror_row_7 (
  collection_id integer not null,
  bucket smallint not null,
  key text collate "C" not null,
  row_hash bigint not null,
  fields text[] not null,
  changed_at timestamp with time zone not null,
  constraint mirror_row_7_pkey PRIMARY KEY (collection_id, key, bucket) INCLUDE (row_hash),
  constraint mirror_row_bucket_check CHECK (((bucket >= 0) AND (bucket <= 63)))
) -- partition of mirror_row FOR VALUES WITH (modulus 8, remainder 7);
comment on table mirror_row_7 is 'Partition of mirror_row: buckets with remainder 7 of their hash.';
comment on column mirror_row_7.collection_id is 'Collection it belongs to.';
comment on column mirror_row_7.bucket is 'Hash of the key, 0 to 63, the same on every server: where buckets are spread over several, it says where the row is.';
comment on column mirror_row_7.key is 'Values of the key as one text that sorts as they do.';
comment on column mirror_row_7.row_hash is 'Hash of the fields in the flavor of the collection.';
comment on column mirror_row_7.fields is 'Values in canonical text, null for none, in the order of the collection.';
comment on column mirror_row_7.changed_at is 'Hub clock, UTC, when the row was written last with another content.';

create table objection (
  id uuid not null,
  agency_code text not null,
  subject_kind text not null,
  subject_code text not null,
  breach_id uuid,
  entry_id uuid,
  check_id uuid,
  source text,
  ground text,
  reference text,
  grounds text not null,
  submitted_on date not null,
  submitted_at timestamp with time zone not null,
  submitted_by text not null,
  idempotency_key text not null,
  constraint objection_breach_id_fkey FOREIGN KEY (breach_id) REFERENCES breach(id),
  constraint objection_check CHECK (((breach_id IS NULL) = (entry_id IS NULL))),
  constraint objection_check1 CHECK (((entry_id IS NULL) = (check_id IS NOT NULL))),
  constraint objection_check2 CHECK (((check_id IS NULL) = (source IS NULL))),
  constraint objection_check3 CHECK (((check_id IS NULL) = (ground IS NULL))),
  constraint objection_check4 CHECK (((check_id IS NULL) = (reference IS NULL))),
  constraint objection_check_id_fkey FOREIGN KEY (check_id) REFERENCES eligibility_check(id),
  constraint objection_entry_id_fkey FOREIGN KEY (entry_id) REFERENCES subject_entry(id),
  constraint objection_grounds_check CHECK (((length(grounds) >= 1) AND (length(grounds) <= 4000))),
  constraint objection_idempotency_key_check CHECK (((length(idempotency_key) >= 1) AND (length(idempotency_key) <= 64))),
  constraint objection_key_once UNIQUE (agency_code, idempotency_key),
  constraint objection_pkey PRIMARY KEY (id),
  constraint objection_reference_check CHECK (((length(reference) >= 1) AND (length(reference) <= 200))),
  constraint objection_subject_kind_check CHECK ((subject_kind = ANY (ARRAY['ENTERPRISE'::text, 'INDIVIDUAL_BUSINESS'::text, 'PERSON'::text])))
);
CREATE INDEX objection_entry ON public.objection USING btree (entry_id);
CREATE INDEX objection_newest ON public.objection USING btree (agency_code, submitted_at DESC, id DESC);
CREATE INDEX objection_subject ON public.objection USING btree (subject_code);
CREATE TRIGGER objection_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.objection FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table objection is 'An objection (异议) of a subject against a record, filed at the agency that made it or holds the case. Append-only; what became of it stands in objection_event.';
comment on column objection.id is 'Shown to callers.';
comment on column objection.agency_code is 'Agency that handles it; no other sees it.';
comment on column objection.subject_kind is 'Kind of the subject.';
comment on column objection.subject_code is 'Canonical code of the subject.';
comment on column objection.breach_id is 'The decision objected to. Null where the record is another unit''s.';
comment on column objection.entry_id is 'The line of the file objected to. Null where the record is another unit''s.';
comment on column objection.check_id is 'The check of eligibility that found the record. Null where it is our own.';
comment on column objection.source is 'Source that told of it. Null where it is our own.';
comment on column objection.ground is 'Ground of the record. Null where it is our own.';
comment on column objection.reference is 'Names the record at its source. Null where it is our own.';
comment on column objection.grounds is 'Why the subject objects, as told at the counter.';
comment on column objection.submitted_on is 'Business day; the periods count from it.';
comment on column objection.submitted_at is 'Hub clock, UTC.';
comment on column objection.submitted_by is 'Officer as the identity provider names them.';
comment on column objection.idempotency_key is 'Chosen by the caller.';

create table objection_event (
  objection_id uuid not null,
  number integer not null,
  step text,
  state text not null,
  at timestamp with time zone not null,
  by text not null,
  statement text,
  document text,
  correction jsonb,
  constraint objection_event_check CHECK (((number = 1) = (step IS NULL))),
  constraint objection_event_correction_check CHECK ((jsonb_typeof(correction) = 'object'::text)),
  constraint objection_event_document_check CHECK (((length(document) >= 1) AND (length(document) <= 200))),
  constraint objection_event_number_check CHECK ((number > 0)),
  constraint objection_event_objection_id_fkey FOREIGN KEY (objection_id) REFERENCES objection(id),
  constraint objection_event_pkey PRIMARY KEY (objection_id, number),
  constraint objection_event_state_check CHECK ((state = ANY (ARRAY['SUBMITTED'::text, 'ACCEPTED'::text, 'REJECTED'::text, 'UPHELD'::text, 'DISMISSED'::text, 'WITHDRAWN'::text]))),
  constraint objection_event_statement_check CHECK (((length(statement) >= 1) AND (length(statement) <= 4000))),
  constraint objection_event_step_check CHECK ((step = ANY (ARRAY['ACCEPT'::text, 'REJECT'::text, 'UPHOLD'::text, 'DISMISS'::text, 'WITHDRAW'::text])))
);
CREATE TRIGGER objection_event_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.objection_event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table objection_event is 'What was done with an objection. The last one tells its state. Append-only.';
comment on column objection_event.objection_id is 'The objection.';
comment on column objection_event.number is 'Counts from 1; the submission is 1.';
comment on column objection_event.step is 'The step taken. Null for the submission.';
comment on column objection_event.state is 'The state after it.';
comment on column objection_event.at is 'Hub clock, UTC.';
comment on column objection_event.by is 'Officer as the identity provider names them.';
comment on column objection_event.statement is 'Why, in the officer''s words. Null where the step needs none.';
comment on column objection_event.document is 'Number of the document that says so. Null where the step needs none.';
comment on column objection_event.correction is 'Correction of src/model/objection.ts. Null where nothing is corrected.';

create table officer_decision (
  verdict_id uuid not null,
  verification_id uuid not null,
  outcome text not null,
  reason text not null,
  documents jsonb not null,
  decided_at timestamp with time zone not null,
  decided_by text not null,
  constraint officer_decision_check CHECK (((outcome = 'LEAVE_OPEN'::text) OR (jsonb_array_length(documents) > 0))),
  constraint officer_decision_documents_check CHECK ((jsonb_typeof(documents) = 'array'::text)),
  constraint officer_decision_outcome_check CHECK ((outcome = ANY (ARRAY['CONFIRM'::text, 'LEAVE_OPEN'::text]))),
  constraint officer_decision_pkey PRIMARY KEY (verdict_id),
  constraint officer_decision_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 2000))),
  constraint officer_decision_verdict_id_fkey FOREIGN KEY (verdict_id) REFERENCES verdict(id),
  constraint officer_decision_verification_id_fkey FOREIGN KEY (verification_id) REFERENCES verification(id)
);
CREATE INDEX officer_decision_verification ON public.officer_decision USING btree (verification_id, decided_at);
CREATE TRIGGER officer_decision_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.officer_decision FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table officer_decision is 'What an officer decided on the last rung of a ladder (人工认定). Never against anybody: a refutation needs an observation. Append-only.';
comment on column officer_decision.verdict_id is 'The verdict that names it.';
comment on column officer_decision.verification_id is 'The verification it concludes.';
comment on column officer_decision.outcome is 'CONFIRM: the documents show what is claimed. LEAVE_OPEN: the certificate is asked for instead.';
comment on column officer_decision.reason is 'Why, in the officer''s words.';
comment on column officer_decision.documents is 'What it rests on: name, SHA-256 and length of each.';
comment on column officer_decision.decided_at is 'Hub clock, UTC.';
comment on column officer_decision.decided_by is 'Officer as the identity provider names them; nobody who handled the case.';

create table policy_version (
  id uuid not null,
  matter_code text not null,
  version integer not null,
  matter_version integer not null,
  effective_from date not null,
  reason text not null,
  grade_age_days_max integer,
  policies jsonb not null,
  agency_code text not null,
  published_at timestamp with time zone not null,
  published_by text not null,
  constraint policy_version_grade_age_days_max_check CHECK (((grade_age_days_max >= 1) AND (grade_age_days_max <= 1096))),
  constraint policy_version_grade_d_never_exempt CHECK ((NOT jsonb_path_exists(policies, '$[*]."byGrade"[*]?(@."grade" == "D" && @."exemption" != null)'::jsonpath))),
  constraint policy_version_grades_have_a_limit CHECK (((grade_age_days_max IS NOT NULL) OR (NOT jsonb_path_exists(policies, '$[*]."byGrade"[*]'::jsonpath)))),
  constraint policy_version_of_matter FOREIGN KEY (matter_code, matter_version) REFERENCES matter_version(matter_code, version),
  constraint policy_version_once UNIQUE (matter_code, version),
  constraint policy_version_pkey PRIMARY KEY (id),
  constraint policy_version_policies_check CHECK ((jsonb_typeof(policies) = 'array'::text)),
  constraint policy_version_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 1000))),
  constraint policy_version_version_check CHECK ((version > 0)),
  constraint policy_version_without_grade_never_exempt CHECK ((NOT jsonb_path_exists(policies, '$[*]."policy"?(@."exemption" != null)'::jsonpath)))
);
CREATE TRIGGER policy_version_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.policy_version FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table policy_version is 'A version of the verification policies (核查办法) of a matter, by kind of subject and credit grade. Append-only: a change is a new version.';
comment on column policy_version.id is 'Names it in request_key.';
comment on column policy_version.matter_code is 'Implementing code of the matter.';
comment on column policy_version.version is 'Counts from 1 within the matter; a later version is never effective before an earlier one.';
comment on column policy_version.matter_version is 'Version of the matter it was written for; it counts for no other.';
comment on column policy_version.effective_from is 'Counts for applications accepted on this day or later, Asia/Shanghai; the highest version in force that day counts.';
comment on column policy_version.reason is 'Why, in the words of whoever published it.';
comment on column policy_version.grade_age_days_max is 'A credit grade (GB/T 45255-2025) older than this is none, in days. Null where no grade has a policy.';
comment on column policy_version.policies is 'KindPolicy of src/model/policy-version.ts, together one for each kind of subject.';
comment on column policy_version.agency_code is 'Justice bureau or agency of the matter that published it.';
comment on column policy_version.published_at is 'Hub clock, UTC.';
comment on column policy_version.published_by is 'Officer as the identity provider names them.';

create table refusal (
  id bigint generated always as identity not null,
  refused_at timestamp with time zone not null,
  agency_code text not null,
  actor text not null,
  operation text not null,
  code text not null,
  field text not null,
  request_id text not null,
  constraint refusal_pkey PRIMARY KEY (id)
);
CREATE INDEX refusal_refused_at ON public.refusal USING btree (refused_at);
CREATE TRIGGER refusal_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.refusal FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table refusal is 'A request turned down before anything was asked: which rule, which field, never which value. Append-only.';
comment on column refusal.id is 'Order of recording.';
comment on column refusal.refused_at is 'Hub clock, UTC.';
comment on column refusal.agency_code is 'Agency of the caller.';
comment on column refusal.actor is 'Officer as the identity provider names them.';
comment on column refusal.operation is 'GraphQL mutation that was refused.';
comment on column refusal.code is 'UserErrorCode of the schema.';
comment on column refusal.field is 'Path of the input field to blame, joined by dots.';
comment on column refusal.request_id is 'Request that was refused; the same id is in the logs.';

create table registered_source (
  id text not null,
  title text not null,
  owner_agency text not null,
  catalog_reference text,
  registered_at timestamp with time zone not null,
  registered_by text not null,
  constraint registered_source_id_check CHECK ((id ~ '^[a-z][a-z0-9-]{1,40}$'::text)),
  constraint registered_source_pkey PRIMARY KEY (id),
  constraint registered_source_title_check CHECK (((length(title) >= 1) AND (length(title) <= 100)))
);
CREATE TRIGGER registered_source_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.registered_source FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table registered_source is 'A system of record that the hub may ask. What it is told stands in its revisions. Append-only.';
comment on column registered_source.id is 'Chosen by the operator; stands in every intent, call and piece of evidence.';
comment on column registered_source.title is 'In Chinese, for people.';
comment on column registered_source.owner_agency is 'Unified social credit code of the agency that runs it.';
comment on column registered_source.catalog_reference is 'Number of its entry in the integrated government data catalog (政务数据目录). Null where it has none.';
comment on column registered_source.registered_at is 'Hub clock, UTC.';
comment on column registered_source.registered_by is 'Operator as the identity provider names them, or deployment.';

create table repair (
  id uuid not null,
  agency_code text not null,
  breach_id uuid not null,
  entry_id uuid not null,
  subject_kind text not null,
  subject_code text not null,
  severity text not null,
  is_safety_field boolean not null,
  published_on date not null,
  duties_document text not null,
  commitment_document text not null,
  submitted_on date not null,
  submitted_at timestamp with time zone not null,
  submitted_by text not null,
  idempotency_key text not null,
  constraint repair_breach_id_fkey FOREIGN KEY (breach_id) REFERENCES breach(id),
  constraint repair_commitment_document_check CHECK (((length(commitment_document) >= 1) AND (length(commitment_document) <= 200))),
  constraint repair_duties_document_check CHECK (((length(duties_document) >= 1) AND (length(duties_document) <= 200))),
  constraint repair_entry_id_fkey FOREIGN KEY (entry_id) REFERENCES subject_entry(id),
  constraint repair_idempotency_key_check CHECK (((length(idempotency_key) >= 1) AND (length(idempotency_key) <= 64))),
  constraint repair_key_once UNIQUE (agency_code, idempotency_key),
  constraint repair_pkey PRIMARY KEY (id),
  constraint repair_severity_check CHECK ((severity = ANY (ARRAY['MINOR'::text, 'GENERAL'::text, 'SERIOUS'::text]))),
  constraint repair_subject_kind_check CHECK ((subject_kind = ANY (ARRAY['ENTERPRISE'::text, 'INDIVIDUAL_BUSINESS'::text, 'PERSON'::text])))
);
CREATE INDEX repair_entry ON public.repair USING btree (entry_id);
CREATE INDEX repair_newest ON public.repair USING btree (agency_code, submitted_at DESC, id DESC);
CREATE TRIGGER repair_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.repair FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table repair is 'An application for repair (信用修复) of a false commitment, at the agency that decided on it. Append-only; what became of it stands in repair_event.';
comment on column repair.id is 'Shown to callers.';
comment on column repair.agency_code is 'Agency that decided on the breach: who finds repairs.';
comment on column repair.breach_id is 'The decision.';
comment on column repair.entry_id is 'The line of the file that it ends.';
comment on column repair.subject_kind is 'Kind of the subject.';
comment on column repair.subject_code is 'Canonical code of the subject.';
comment on column repair.severity is 'Class of the conduct, by which the regime from 2026-04-01 counts.';
comment on column repair.is_safety_field is 'Food, drugs, special equipment, work safety or fire: by which the regime before counts.';
comment on column repair.published_on is 'Day of the decision, from which the publicity counts.';
comment on column repair.duties_document is 'Shows that the conduct was corrected and the duties are done.';
comment on column repair.commitment_document is 'The public credit commitment.';
comment on column repair.submitted_on is 'Business day; the regime and the periods follow from it.';
comment on column repair.submitted_at is 'Hub clock, UTC.';
comment on column repair.submitted_by is 'Officer as the identity provider names them.';
comment on column repair.idempotency_key is 'Chosen by the caller.';

create table repair_event (
  repair_id uuid not null,
  number integer not null,
  step text,
  state text not null,
  at timestamp with time zone not null,
  by text not null,
  statement text,
  document text,
  constraint repair_event_check CHECK (((number = 1) = (step IS NULL))),
  constraint repair_event_check1 CHECK (((NOT (step IS DISTINCT FROM 'APPROVE'::text)) = (document IS NOT NULL))),
  constraint repair_event_document_check CHECK (((length(document) >= 1) AND (length(document) <= 200))),
  constraint repair_event_number_check CHECK ((number > 0)),
  constraint repair_event_pkey PRIMARY KEY (repair_id, number),
  constraint repair_event_repair_id_fkey FOREIGN KEY (repair_id) REFERENCES repair(id),
  constraint repair_event_state_check CHECK ((state = ANY (ARRAY['SUBMITTED'::text, 'REVIEWING'::text, 'REJECTED'::text, 'APPROVED'::text, 'DENIED'::text, 'WITHDRAWN'::text, 'PROPAGATED'::text, 'CLOSED'::text]))),
  constraint repair_event_statement_check CHECK (((length(statement) >= 1) AND (length(statement) <= 4000))),
  constraint repair_event_step_check CHECK ((step = ANY (ARRAY['ACCEPT'::text, 'REJECT'::text, 'APPROVE'::text, 'DENY'::text, 'WITHDRAW'::text, 'PROPAGATE'::text, 'CLOSE'::text])))
);
CREATE INDEX repair_event_approved ON public.repair_event USING btree (repair_id) WHERE (step = 'APPROVE'::text);
CREATE TRIGGER repair_event_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.repair_event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table repair_event is 'What was done with an application for repair. The last one tells its state. Append-only.';
comment on column repair_event.repair_id is 'The application.';
comment on column repair_event.number is 'Counts from 1; the submission is 1.';
comment on column repair_event.step is 'The step taken. Null for the submission.';
comment on column repair_event.state is 'The state after it.';
comment on column repair_event.at is 'Hub clock, UTC.';
comment on column repair_event.by is 'Officer as the identity provider names them, or job:repair.';
comment on column repair_event.statement is 'Why, in the officer''s words. Null where the step needs none.';
comment on column repair_event.document is 'Number of the repair decision. Null unless approved.';

create table request_key (
  agency_code text not null,
  idempotency_key text not null,
  operation text not null,
  digest text not null,
  result_id text,
  constraint request_key_digest_check CHECK ((digest ~ '^[0-9a-f]{64}$'::text)),
  constraint request_key_idempotency_key_check CHECK (((length(idempotency_key) >= 1) AND (length(idempotency_key) <= 64))),
  constraint request_key_pkey PRIMARY KEY (agency_code, idempotency_key)
);
comment on table request_key is 'Mutations of lists, adjustments, filings and documents that were carried out: repeating one changes nothing.';
comment on column request_key.agency_code is 'Agency of the caller.';
comment on column request_key.idempotency_key is 'Chosen by the caller.';
comment on column request_key.operation is 'Field of type Mutation.';
comment on column request_key.digest is 'SHA-256 of the canonical input, hex: the same key with another input is a conflict.';
comment on column request_key.result_id is 'What came of it.';

create table sampling_draw (
  id uuid not null,
  agency_code text not null,
  inspected_agency text not null,
  plan text not null,
  plan_digest text not null,
  seed_commitment text not null,
  key_id text not null,
  wrapped_key bytea not null,
  sealed bytea not null,
  planned_at timestamp with time zone not null,
  planned_by text not null,
  constraint sampling_draw_check CHECK ((plan_digest = encode(sha256(convert_to(plan, 'UTF8'::name)), 'hex'::text))),
  constraint sampling_draw_key_id_check CHECK ((key_id <> ''::text)),
  constraint sampling_draw_pkey PRIMARY KEY (id),
  constraint sampling_draw_plan_check CHECK (((length(plan) >= 2) AND (length(plan) <= 100000))),
  constraint sampling_draw_seed_commitment_check CHECK ((seed_commitment ~ '^[0-9a-f]{64}$'::text))
);
CREATE INDEX sampling_draw_newest ON public.sampling_draw USING btree (planned_at DESC, id DESC);
CREATE TRIGGER sampling_draw_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.sampling_draw FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table sampling_draw is 'A random draw of commitments and inspectors (双随机抽查), as it was planned. Append-only; what became of it stands in sampling_event.';
comment on column sampling_draw.id is 'Shown to callers; part of the plan.';
comment on column sampling_draw.agency_code is 'Agency that planned it.';
comment on column sampling_draw.inspected_agency is 'Agency whose commitments are inspected.';
comment on column sampling_draw.plan is 'SamplingPlan of src/model/sampling.ts as canonical JSON, exactly as it was hashed.';
comment on column sampling_draw.plan_digest is 'SHA-256 of the plan, hex.';
comment on column sampling_draw.seed_commitment is 'SHA-256 of the secret seed, hex: published before anybody knows the population.';
comment on column sampling_draw.key_id is 'Key of the vault that wraps the data key.';
comment on column sampling_draw.wrapped_key is 'Data key, wrapped.';
comment on column sampling_draw.sealed is 'The seed under the data key; opened once, to draw or to cancel.';
comment on column sampling_draw.planned_at is 'Hub clock, UTC.';
comment on column sampling_draw.planned_by is 'Officer as the identity provider names them.';

create table sampling_event (
  draw_id uuid not null,
  number integer not null,
  step text,
  state text not null,
  at timestamp with time zone not null,
  by text not null,
  reason text,
  constraint sampling_event_check CHECK (((number = 1) = (step IS NULL))),
  constraint sampling_event_check1 CHECK (((state <> 'CANCELED'::text) OR (reason IS NOT NULL))),
  constraint sampling_event_draw_id_fkey FOREIGN KEY (draw_id) REFERENCES sampling_draw(id),
  constraint sampling_event_number_check CHECK ((number > 0)),
  constraint sampling_event_pkey PRIMARY KEY (draw_id, number),
  constraint sampling_event_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 1000))),
  constraint sampling_event_state_check CHECK ((state = ANY (ARRAY['PLANNED'::text, 'FROZEN'::text, 'DRAWN'::text, 'CLOSED'::text, 'CANCELED'::text]))),
  constraint sampling_event_step_check CHECK ((step = ANY (ARRAY['FREEZE'::text, 'DRAW'::text, 'CLOSE'::text, 'CANCEL'::text])))
);
CREATE TRIGGER sampling_event_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.sampling_event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table sampling_event is 'What was done with a draw, from its plan on. The last one tells its state. Append-only.';
comment on column sampling_event.draw_id is 'The draw.';
comment on column sampling_event.number is 'Counts from 1; the plan is 1.';
comment on column sampling_event.step is 'The step taken. Null for the plan.';
comment on column sampling_event.state is 'The state after it.';
comment on column sampling_event.at is 'Hub clock, UTC.';
comment on column sampling_event.by is 'Officer as the identity provider names them.';
comment on column sampling_event.reason is 'Why, in their words. Null where the step needs none.';

create table sampling_population (
  draw_id uuid not null,
  members text not null,
  digest text not null,
  size integer not null,
  constraint sampling_population_check CHECK ((digest = encode(sha256(convert_to(members, 'UTF8'::name)), 'hex'::text))),
  constraint sampling_population_draw_id_fkey FOREIGN KEY (draw_id) REFERENCES sampling_draw(id),
  constraint sampling_population_members_check CHECK ((length(members) <= 4000000)),
  constraint sampling_population_pkey PRIMARY KEY (draw_id),
  constraint sampling_population_size_check CHECK (((size >= 0) AND (size <= 20000)))
);
CREATE TRIGGER sampling_population_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.sampling_population FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table sampling_population is 'Whom a draw chooses from, frozen before its seed is known. Append-only.';
comment on column sampling_population.draw_id is 'The draw.';
comment on column sampling_population.members is 'One line for each commitment: stratum, tabulator, id, and another tabulator and who is barred from it, if anybody; sorted. Exactly as it was hashed.';
comment on column sampling_population.digest is 'SHA-256 of the members, hex.';
comment on column sampling_population.size is 'Number of lines.';

create table sampling_seed (
  draw_id uuid not null,
  seed text not null,
  revealed_at timestamp with time zone not null,
  constraint sampling_seed_draw_id_fkey FOREIGN KEY (draw_id) REFERENCES sampling_draw(id),
  constraint sampling_seed_pkey PRIMARY KEY (draw_id),
  constraint sampling_seed_seed_check CHECK ((seed ~ '^[0-9a-f]{64}$'::text))
);
CREATE TRIGGER sampling_seed_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.sampling_seed FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table sampling_seed is 'The seed of a draw, revealed when it was drawn or canceled. Append-only.';
comment on column sampling_seed.draw_id is 'The draw.';
comment on column sampling_seed.seed is '32 bytes, hex; SHA-256 of the bytes is the commitment.';
comment on column sampling_seed.revealed_at is 'Hub clock, UTC.';

create table sampling_subject (
  draw_id uuid not null,
  "position" integer not null,
  commitment_id uuid not null,
  stratum text not null,
  inspectors text[] not null,
  constraint sampling_subject_commitment_id_fkey FOREIGN KEY (commitment_id) REFERENCES commitment(id),
  constraint sampling_subject_draw_id_fkey FOREIGN KEY (draw_id) REFERENCES sampling_draw(id),
  constraint sampling_subject_inspectors_check CHECK (((cardinality(inspectors) >= 1) AND (cardinality(inspectors) <= 10))),
  constraint sampling_subject_pkey PRIMARY KEY (draw_id, commitment_id),
  constraint sampling_subject_position_check CHECK (("position" > 0)),
  constraint sampling_subject_position_once UNIQUE (draw_id, "position")
);
CREATE TRIGGER sampling_subject_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.sampling_subject FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table sampling_subject is 'A commitment that a draw chose, and who inspects it (检查对象、检查人员). Append-only.';
comment on column sampling_subject.draw_id is 'The draw.';
comment on column sampling_subject."position" is 'Counts from 1: strata in the order of the plan, then by rank.';
comment on column sampling_subject.commitment_id is 'The commitment; nobody is drawn twice.';
comment on column sampling_subject.stratum is 'Stratum of the plan it was drawn from.';
comment on column sampling_subject.inspectors is 'Inspectors of the plan''s pool, by rank.';

create table schema_migration (
  name text not null,
  digest text not null,
  applied_at timestamp with time zone default now() not null,
  constraint schema_migration_digest_check CHECK ((digest ~ '^[0-9a-f]{64}$'::text)),
  constraint schema_migration_pkey PRIMARY KEY (name)
);
comment on table schema_migration is 'Migrations applied to this database, in name order.';
comment on column schema_migration.name is 'File name, NNNN_name.sql.';
comment on column schema_migration.digest is 'SHA-256 of the file when it was applied, hex.';
comment on column schema_migration.applied_at is 'Database clock, UTC.';

create table shadow_answer (
  id uuid not null,
  source text not null,
  revision integer not null,
  verdict_id uuid not null,
  "position" integer not null,
  asked_at timestamp with time zone not null,
  took_ms integer not null,
  is_unanswered boolean not null,
  cause text,
  before_code text not null,
  after_code text not null,
  judged_digest text not null,
  verification_id uuid not null,
  agency_code text not null,
  subject_name text not null,
  constraint shadow_answer_cause_check CHECK ((cause <> ''::text)),
  constraint shadow_answer_judged_digest_check CHECK ((judged_digest ~ '^[0-9a-f]{64}$'::text)),
  constraint shadow_answer_once UNIQUE (source, revision, verdict_id, "position"),
  constraint shadow_answer_pkey PRIMARY KEY (id),
  constraint shadow_answer_position_check CHECK (("position" > 0)),
  constraint shadow_answer_source_revision_fkey FOREIGN KEY (source, revision) REFERENCES source_revision(source, number),
  constraint shadow_answer_took_ms_check CHECK ((took_ms >= 0)),
  constraint shadow_answer_verdict_id_fkey FOREIGN KEY (verdict_id) REFERENCES verdict(id),
  constraint shadow_answer_verification_id_fkey FOREIGN KEY (verification_id) REFERENCES verification(id)
);
CREATE INDEX shadow_answer_asked_at ON public.shadow_answer USING btree (asked_at);
CREATE INDEX shadow_answer_newest ON public.shadow_answer USING btree (source, revision, asked_at DESC);
comment on table shadow_answer is 'One live answer beside what a revision in the shadow said a moment later, as far as it changes the verdict. Purged by a job: thirty days, ten thousand a revision.';
comment on column shadow_answer.id is 'Made by the hub.';
comment on column shadow_answer.source is 'The source.';
comment on column shadow_answer.revision is 'The revision in the shadow.';
comment on column shadow_answer.verdict_id is 'The verdict that rests on the live answer.';
comment on column shadow_answer."position" is 'Place of the live answer among the observations of the verdict, from 1.';
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

create table shadow_report (
  id uuid not null,
  source text not null,
  revision integer not null,
  asked integer not null,
  unreadable integer not null,
  changed integer not null,
  groups jsonb not null,
  took_ms integer not null,
  made_at timestamp with time zone not null,
  made_by text not null,
  mode text default 'REPLAY'::text not null,
  constraint shadow_report_asked_check CHECK ((asked >= 0)),
  constraint shadow_report_check CHECK (((unreadable >= 0) AND (unreadable <= asked))),
  constraint shadow_report_check1 CHECK (((changed >= 0) AND (changed <= asked))),
  constraint shadow_report_groups_check CHECK ((jsonb_typeof(groups) = 'array'::text)),
  constraint shadow_report_mode_check CHECK ((mode = ANY (ARRAY['REPLAY'::text, 'LIVE'::text]))),
  constraint shadow_report_pkey PRIMARY KEY (id),
  constraint shadow_report_source_revision_fkey FOREIGN KEY (source, revision) REFERENCES source_revision(source, number),
  constraint shadow_report_took_ms_check CHECK ((took_ms >= 0))
);
CREATE INDEX shadow_report_of_revision ON public.shadow_report USING btree (source, revision, made_at DESC);
CREATE TRIGGER shadow_report_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.shadow_report FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table shadow_report is 'Recorded answers read again by a revision that is not in use, and the verdicts that would come of it. Append-only.';
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
comment on column shadow_report.mode is 'REPLAY: recorded answers read again. LIVE: pairs of shadow_answer.';

create table source_budget (
  source text not null,
  day date not null,
  used integer default 0 not null,
  recent jsonb default '[]'::jsonb not null,
  slowed_rate double precision,
  full_rate double precision,
  slowed_at timestamp with time zone,
  held_until timestamp with time zone,
  constraint source_budget_check CHECK ((full_rate >= slowed_rate)),
  constraint source_budget_pkey PRIMARY KEY (source, day),
  constraint source_budget_recent_check CHECK ((jsonb_typeof(recent) = 'array'::text)),
  constraint source_budget_slowed_rate_check CHECK ((slowed_rate > (0)::double precision)),
  constraint source_budget_slowed_whole CHECK ((((slowed_rate IS NULL) = (full_rate IS NULL)) AND ((slowed_rate IS NULL) = (slowed_at IS NULL)))),
  constraint source_budget_source_check CHECK ((source <> ''::text)),
  constraint source_budget_used_check CHECK ((used >= 0))
);
comment on table source_budget is 'Calls to one source on one day, of all replicas. Only the row of the latest day is still changed, under an advisory lock of the source; older ones tell how much was used.';
comment on column source_budget.source is 'Id of the registered source. No foreign key: a source may be listed in a file.';
comment on column source_budget.day is 'Calendar day in Asia/Shanghai by the clock of the database; quotas begin anew with it.';
comment on column source_budget.used is 'Calls bought on this day, retries included, less those that were given back unused.';
comment on column source_budget.recent is 'Latest purchases, oldest first: pairs of the latest instant at which a bought call may begin (milliseconds since 1970, clock of the database) and the number of calls. Carried over from day to day.';
comment on column source_budget.slowed_rate is 'Calls a second right after the source last complained of too many. Null while it has not, or has been forgiven.';
comment on column source_budget.full_rate is 'Calls a second to which the rate recovers step by step. Null exactly when slowed_rate is.';
comment on column source_budget.slowed_at is 'Clock of the database, UTC, when the rate was last halved. Null exactly when slowed_rate is.';
comment on column source_budget.held_until is 'Until then the source asked to be left alone; clock of the database, UTC. Null when it did not.';

create table source_call (
  id uuid not null,
  source text not null,
  capability text not null,
  started_at timestamp with time zone not null,
  ended_at timestamp with time zone not null,
  keys integer not null,
  attempts integer not null,
  raw bytea,
  raw_digest text,
  constraint source_call_attempts_check CHECK ((attempts >= 0)),
  constraint source_call_check CHECK ((ended_at >= started_at)),
  constraint source_call_keys_check CHECK ((keys > 0)),
  constraint source_call_pkey PRIMARY KEY (id),
  constraint source_call_raw_check CHECK ((octet_length(raw) <= 1048576)),
  constraint source_call_raw_digest_check CHECK ((raw_digest ~ '^[0-9a-f]{64}$'::text)),
  constraint source_call_raw_has_digest CHECK (((raw IS NULL) = (raw_digest IS NULL)))
);
CREATE INDEX source_call_started_at ON public.source_call USING btree (started_at);
CREATE TRIGGER source_call_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.source_call FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table source_call is 'One call to a source, shared by the questions that were batched into it. Append-only.';
comment on column source_call.id is 'Made by the hub.';
comment on column source_call.source is 'Id of the registered source.';
comment on column source_call.capability is 'What was asked.';
comment on column source_call.started_at is 'Hub clock, UTC, when the first attempt began.';
comment on column source_call.ended_at is 'Hub clock, UTC, when the last attempt ended.';
comment on column source_call.keys is 'Number of different keys in the call.';
comment on column source_call.attempts is 'Attempts made; 0 when the hub gave up before the first byte.';
comment on column source_call.raw is 'The reply exactly as received, at most 1 MiB. Null when there was none.';
comment on column source_call.raw_digest is 'SHA-256 of raw, hex.';

create table source_check (
  id uuid not null,
  source text not null,
  revision integer not null,
  kind text not null,
  probes jsonb not null,
  conformance jsonb,
  passed boolean not null,
  checked_at timestamp with time zone not null,
  checked_by text not null,
  constraint source_check_conformance_check CHECK ((jsonb_typeof(conformance) = 'object'::text)),
  constraint source_check_kind_check CHECK ((kind = ANY (ARRAY['CHECK'::text, 'DISCOVER'::text]))),
  constraint source_check_pkey PRIMARY KEY (id),
  constraint source_check_probes_check CHECK ((jsonb_typeof(probes) = 'array'::text)),
  constraint source_check_source_revision_fkey FOREIGN KEY (source, revision) REFERENCES source_revision(source, number)
);
CREATE INDEX source_check_of_operator ON public.source_check USING btree (checked_by, checked_at DESC);
CREATE INDEX source_check_of_revision ON public.source_check USING btree (source, revision, checked_at DESC);
CREATE TRIGGER source_check_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.source_check FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table source_check is 'What came of probing a revision. Without a passed check it is never activated. Append-only.';
comment on column source_check.id is 'Made by the hub.';
comment on column source_check.source is 'The source.';
comment on column source_check.revision is 'The revision.';
comment on column source_check.kind is 'CHECK probes and examines; DISCOVER lists what the source holds.';
comment on column source_check.probes is 'CheckLine of the connector contract: network, TLS, credentials, reads, clock.';
comment on column source_check.conformance is 'ConformanceReport of the connector kit. Null when the probes already failed.';
comment on column source_check.passed is 'No probe and no rule failed.';
comment on column source_check.checked_at is 'Hub clock, UTC.';
comment on column source_check.checked_by is 'Operator, or deployment.';

create table source_day (
  "on" date not null,
  agency_code text not null,
  source text not null,
  asked integer not null,
  answered integer not null,
  constraint source_day_asked_check CHECK ((asked > 0)),
  constraint source_day_check CHECK (((answered >= 0) AND (answered <= asked))),
  constraint source_day_pkey PRIMARY KEY ("on", agency_code, source)
);
CREATE INDEX source_day_agency ON public.source_day USING btree (agency_code, "on");
comment on table source_day is 'How often an agency''s questions were put to a source on a day that is over, and answered. Counted once from the journal, which is too large to be counted anew for each reader.';
comment on column source_day."on" is 'Business day, Asia/Shanghai, on which was asked.';
comment on column source_day.agency_code is 'Agency that asked.';
comment on column source_day.source is 'Registered source.';
comment on column source_day.asked is 'Questions put to it, without those answered from evidence of the same case.';
comment on column source_day.answered is 'Those that it answered, whatever the answer was.';

create table source_day_counted (
  "on" date not null,
  counted_at timestamp with time zone not null,
  constraint source_day_counted_pkey PRIMARY KEY ("on")
);
comment on table source_day_counted is 'Days of the journal that have been counted into source_day.';
comment on column source_day_counted."on" is 'Business day, Asia/Shanghai.';
comment on column source_day_counted.counted_at is 'Hub clock, UTC.';

create table source_event (
  id bigint generated always as identity not null,
  source text not null,
  revision integer not null,
  step text not null,
  state text not null,
  reason text,
  until timestamp with time zone,
  happened_at timestamp with time zone not null,
  actor text not null,
  request_id text not null,
  constraint source_event_pkey PRIMARY KEY (id),
  constraint source_event_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 500))),
  constraint source_event_source_revision_fkey FOREIGN KEY (source, revision) REFERENCES source_revision(source, number),
  constraint source_event_state_check CHECK ((state = ANY (ARRAY['DRAFT'::text, 'CHECKED'::text, 'SUBMITTED'::text, 'APPROVED'::text, 'REJECTED'::text, 'SHADOW'::text, 'ACTIVE'::text, 'PAUSED'::text, 'REPLACED'::text, 'DRAINING'::text, 'RETIRED'::text, 'DISCARDED'::text]))),
  constraint source_event_step_check CHECK ((step = ANY (ARRAY['REGISTER'::text, 'CHECK'::text, 'SUBMIT'::text, 'APPROVE'::text, 'REJECT'::text, 'SHADOW'::text, 'ACTIVATE'::text, 'REPLACE'::text, 'PAUSE'::text, 'RESUME'::text, 'DRAIN'::text, 'RETIRE'::text, 'ROLL_BACK'::text, 'DISCARD'::text])))
);
CREATE INDEX source_event_of_revision ON public.source_event USING btree (source, revision, id DESC);
CREATE TRIGGER source_event_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.source_event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER source_event_tells AFTER INSERT ON public.source_event FOR EACH STATEMENT EXECUTE FUNCTION tell_registry_change();
comment on table source_event is 'One step in the life of a revision; its last event is its state. Append-only.';
comment on column source_event.id is 'Order of recording, over all sources.';
comment on column source_event.source is 'The source.';
comment on column source_event.revision is 'The revision.';
comment on column source_event.step is 'What was done, a LifeStep of src/model/source-life.ts.';
comment on column source_event.state is 'What the revision is from now on, a LifeState.';
comment on column source_event.reason is 'Why, for steps that need one.';
comment on column source_event.until is 'When a pause is expected to end. Null where nobody knows.';
comment on column source_event.happened_at is 'Hub clock, UTC.';
comment on column source_event.actor is 'Operator, deployment, or hub for what the hub does by itself.';
comment on column source_event.request_id is 'Request in which it was done; the same id is in the logs.';

create table source_hold (
  id uuid not null,
  source text not null,
  revision integer not null,
  since timestamp with time zone not null,
  usual double precision not null,
  observed double precision not null,
  answers integer not null,
  rolled_back_to integer,
  released_at timestamp with time zone,
  released_by text,
  reason text,
  episode integer not null,
  window_from timestamp with time zone not null,
  review_from timestamp with time zone not null,
  finding text,
  constraint source_hold_answers_check CHECK ((answers > 0)),
  constraint source_hold_check CHECK (((released_at IS NULL) = (released_by IS NULL))),
  constraint source_hold_check1 CHECK (((released_at IS NULL) = (reason IS NULL))),
  constraint source_hold_check2 CHECK (((released_at IS NULL) = (finding IS NULL))),
  constraint source_hold_episode_check CHECK ((episode >= 0)),
  constraint source_hold_finding_check CHECK ((finding = ANY (ARRAY['FAULT_MENDED'::text, 'ANSWERS_RIGHT'::text]))),
  constraint source_hold_observed_check CHECK (((observed >= (0)::double precision) AND (observed <= (1)::double precision))),
  constraint source_hold_pkey PRIMARY KEY (id),
  constraint source_hold_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 500))),
  constraint source_hold_usual_check CHECK (((usual >= (0)::double precision) AND (usual <= (1)::double precision)))
);
CREATE INDEX source_hold_newest ON public.source_hold USING btree (source, since DESC);
CREATE UNIQUE INDEX source_hold_open ON public.source_hold USING btree (source, revision) WHERE (released_at IS NULL);
comment on table source_hold is 'Adverse answers of a revision are held back (异常冻结) because there were suddenly too many of them.';
comment on column source_hold.id is 'Shown to operators.';
comment on column source_hold.source is 'Id of the registered source.';
comment on column source_hold.revision is 'Revision whose answers it is about; 0 where it has none.';
comment on column source_hold.since is 'Hub clock, UTC.';
comment on column source_hold.usual is 'Usual share of adverse answers.';
comment on column source_hold.observed is 'Share that led to the hold.';
comment on column source_hold.answers is 'Different subjects within the window.';
comment on column source_hold.rolled_back_to is 'Revision it went back to. Null where it did not.';
comment on column source_hold.released_at is 'When an operator released it. Null while it stands.';
comment on column source_hold.released_by is 'Operator as the identity provider names them. Null while it stands.';
comment on column source_hold.reason is 'Why the answers may be believed again. Null while it stands.';
comment on column source_hold.episode is 'How many holds of this revision had been released before.';
comment on column source_hold.window_from is 'Beginning of the answers that were looked at; they are not usual for anybody.';
comment on column source_hold.review_from is 'Verdicts from then on that rest on adverse answers of the revision want to be looked at again.';
comment on column source_hold.finding is 'FAULT_MENDED: what was answered before stays unbelieved. ANSWERS_RIGHT: the world has changed, and this share is usual now. Null while it stands.';

create table source_intent (
  id uuid not null,
  asked_at timestamp with time zone not null,
  source text not null,
  capability text not null,
  key_digest text not null,
  case_id uuid,
  case_number text not null,
  agency_code text not null,
  matter_code text not null,
  legal_basis text not null,
  actor text not null,
  request_id text not null,
  constraint source_intent_capability_check CHECK ((capability <> ''::text)),
  constraint source_intent_key_digest_check CHECK ((key_digest ~ '^[0-9a-f]{64}$'::text)),
  constraint source_intent_pkey PRIMARY KEY (id),
  constraint source_intent_source_check CHECK ((source <> ''::text))
);
CREATE INDEX source_intent_asked_at ON public.source_intent USING btree (asked_at);
CREATE INDEX source_intent_case_id ON public.source_intent USING btree (case_id, asked_at);
CREATE TRIGGER source_intent_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.source_intent FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table source_intent is 'One question about one subject to one source, durable before its first byte leaves. Append-only; kept at least 3 years (network data security regulation, art. 12).';
comment on column source_intent.id is 'Made by the hub; the outcome refers to it.';
comment on column source_intent.asked_at is 'Hub clock, UTC.';
comment on column source_intent.source is 'Id of the registered source, e.g. license-library.';
comment on column source_intent.capability is 'What was asked, a CapabilityName of the connector contract.';
comment on column source_intent.key_digest is 'HMAC-SHA-256 of capability and key, hex. The key itself is personal data and is not kept here.';
comment on column source_intent.case_id is 'Case the question was put for. Null for canaries, which concern no person.';
comment on column source_intent.case_number is 'The agency''s number of the case (办件编号), or canary.';
comment on column source_intent.agency_code is 'Unified social credit code of the asking agency, or hub.';
comment on column source_intent.matter_code is 'Matter the case is about, or canary.';
comment on column source_intent.legal_basis is 'Law and article the agency named when it opened the case.';
comment on column source_intent.actor is 'Officer as the identity provider names them, or job:<name>.';
comment on column source_intent.request_id is 'Request in which the question was put; the same id is in the logs.';

create table source_lease (
  id uuid not null,
  source text not null,
  expires_at timestamp with time zone not null,
  constraint source_lease_pkey PRIMARY KEY (id),
  constraint source_lease_source_check CHECK ((source <> ''::text))
);
CREATE INDEX source_lease_of_source ON public.source_lease USING btree (source, expires_at);
comment on table source_lease is 'One call under way to a source that limits how many there may be over all replicas. Deleted when the call ends.';
comment on column source_lease.id is 'Made by the hub.';
comment on column source_lease.source is 'Id of the registered source.';
comment on column source_lease.expires_at is 'Clock of the database, UTC. From then on it no longer counts: the replica that held it is gone.';

create table source_outcome (
  intent_id uuid not null,
  ended_at timestamp with time zone not null,
  transport text not null,
  hop text not null,
  reason text not null,
  call_id uuid,
  evidence_id uuid,
  reused boolean not null,
  constraint source_outcome_answered_has_evidence CHECK (((transport = 'ANSWERED'::text) = (evidence_id IS NOT NULL))),
  constraint source_outcome_call_id_fkey FOREIGN KEY (call_id) REFERENCES source_call(id),
  constraint source_outcome_evidence_id_fkey FOREIGN KEY (evidence_id) REFERENCES evidence(id),
  constraint source_outcome_hop_check CHECK ((hop = ANY (ARRAY['HUB'::text, 'CONNECTOR'::text, 'NETWORK'::text, 'SOURCE'::text]))),
  constraint source_outcome_intent_id_fkey FOREIGN KEY (intent_id) REFERENCES source_intent(id),
  constraint source_outcome_pkey PRIMARY KEY (intent_id),
  constraint source_outcome_transport_check CHECK ((transport = ANY (ARRAY['ANSWERED'::text, 'DEFERRED'::text, 'NEEDS_CONSENT'::text, 'UNAUTHORIZED'::text, 'QUOTA_EXHAUSTED'::text, 'SCHEDULED_OUTAGE'::text, 'TIMEOUT'::text, 'UNREACHABLE'::text, 'MALFORMED'::text, 'INTEGRITY_FAILED'::text, 'UNSUPPORTED'::text, 'SCHEMA_DRIFT'::text])))
);
CREATE TRIGGER source_outcome_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.source_outcome FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table source_outcome is 'What became of an intent, durable before any verdict. An intent without one was interrupted. Append-only.';
comment on column source_outcome.intent_id is 'The question.';
comment on column source_outcome.ended_at is 'Hub clock, UTC.';
comment on column source_outcome.transport is 'Everything but ANSWERED contributes nothing to a verdict.';
comment on column source_outcome.hop is 'Where on the way the question ended.';
comment on column source_outcome.reason is 'Fault code, with the finer reason after a colon where there is one; OK when answered.';
comment on column source_outcome.call_id is 'Call that carried the question. Null when none was made.';
comment on column source_outcome.evidence_id is 'The answer. Null exactly when there was none.';
comment on column source_outcome.reused is 'True when evidence obtained earlier for the same case was fresh enough and no call was made.';

create table source_revision (
  source text not null,
  number integer not null,
  kind text not null,
  settings jsonb not null,
  policy jsonb not null,
  routes jsonb not null,
  note text not null,
  digest text not null,
  created_at timestamp with time zone not null,
  created_by text not null,
  constraint source_revision_digest_check CHECK ((digest ~ '^[0-9a-f]{64}$'::text)),
  constraint source_revision_kind_check CHECK ((kind <> ''::text)),
  constraint source_revision_note_check CHECK (((length(note) >= 1) AND (length(note) <= 500))),
  constraint source_revision_number_check CHECK ((number > 0)),
  constraint source_revision_pkey PRIMARY KEY (source, number),
  constraint source_revision_policy_check CHECK ((jsonb_typeof(policy) = 'object'::text)),
  constraint source_revision_routes_check CHECK ((jsonb_typeof(routes) = 'array'::text)),
  constraint source_revision_settings_check CHECK ((jsonb_typeof(settings) = 'object'::text)),
  constraint source_revision_source_fkey FOREIGN KEY (source) REFERENCES registered_source(id)
);
CREATE TRIGGER source_revision_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.source_revision FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table source_revision is 'What a source is told, once and for all: a change is a further revision. Append-only.';
comment on column source_revision.source is 'The source.';
comment on column source_revision.number is 'Counts from 1 within the source.';
comment on column source_revision.kind is 'Connector kind, e.g. rest.';
comment on column source_revision.settings is 'As the kind''s JSON Schema prescribes, mapping included. Holds no secret.';
comment on column source_revision.policy is 'What differs from the default call policy.';
comment on column source_revision.routes is 'SourceRoute of src/model/route.ts: which questions it answers, and where.';
comment on column source_revision.note is 'Why this revision was made, for whoever approves it.';
comment on column source_revision.digest is 'SHA-256 of kind, settings, policy and routes in canonical form, hex.';
comment on column source_revision.created_at is 'Hub clock, UTC.';
comment on column source_revision.created_by is 'Operator, or deployment.';

create table source_secret (
  source text not null,
  version integer not null,
  origins text not null,
  key_id text not null,
  wrapped_key bytea not null,
  sealed bytea not null,
  set_at timestamp with time zone not null,
  set_by text not null,
  constraint source_secret_key_id_check CHECK ((key_id <> ''::text)),
  constraint source_secret_pkey PRIMARY KEY (source, version),
  constraint source_secret_source_fkey FOREIGN KEY (source) REFERENCES registered_source(id),
  constraint source_secret_version_check CHECK ((version > 0))
);
CREATE TRIGGER source_secret_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.source_secret FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER source_secret_tells AFTER INSERT ON public.source_secret FOR EACH STATEMENT EXECUTE FUNCTION tell_registry_change();
comment on table source_secret is 'Credentials of a source, sealed; nothing reads them back but the hub itself. Append-only.';
comment on column source_secret.source is 'The source.';
comment on column source_secret.version is 'Counts from 1 within the source.';
comment on column source_secret.origins is 'The places the credentials may go to; part of what is authenticated. A revision that leads elsewhere cannot use them.';
comment on column source_secret.key_id is 'Which key encryption key wraps the data key.';
comment on column source_secret.wrapped_key is 'Data key of this row, AES-256-GCM under the key encryption key: nonce, tag, ciphertext.';
comment on column source_secret.sealed is 'The secrets as JSON, AES-256-GCM under the data key, bound to source, version and origins.';
comment on column source_secret.set_at is 'Hub clock, UTC.';
comment on column source_secret.set_by is 'Operator, or deployment.';

create table source_secret_end (
  source text not null,
  version integer not null,
  ended_at timestamp with time zone not null,
  ended_by text not null,
  constraint source_secret_end_pkey PRIMARY KEY (source, version),
  constraint source_secret_end_source_version_fkey FOREIGN KEY (source, version) REFERENCES source_secret(source, version)
);
CREATE TRIGGER source_secret_end_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.source_secret_end FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER source_secret_end_tells AFTER INSERT ON public.source_secret_end FOR EACH STATEMENT EXECUTE FUNCTION tell_registry_change();
comment on table source_secret_end is 'Credentials that are no longer used. While two versions have no end, both are live. Append-only.';
comment on column source_secret_end.source is 'The source.';
comment on column source_secret_end.version is 'The version.';
comment on column source_secret_end.ended_at is 'Hub clock, UTC.';
comment on column source_secret_end.ended_by is 'Operator, or hub when a third version displaced it.';

create table source_secret_wrap (
  source text not null,
  version integer not null,
  number integer not null,
  key_id text not null,
  wrapped_key bytea not null,
  wrapped_at timestamp with time zone not null,
  constraint source_secret_wrap_key_id_check CHECK ((key_id <> ''::text)),
  constraint source_secret_wrap_number_check CHECK ((number > 0)),
  constraint source_secret_wrap_pkey PRIMARY KEY (source, version, number),
  constraint source_secret_wrap_source_version_fkey FOREIGN KEY (source, version) REFERENCES source_secret(source, version)
);
CREATE TRIGGER source_secret_wrap_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.source_secret_wrap FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table source_secret_wrap is 'A data key of credentials, wrapped anew when the key encryption key was changed. The latest stands for the first one in source_secret. Append-only.';
comment on column source_secret_wrap.source is 'The source.';
comment on column source_secret_wrap.version is 'Version of its credentials.';
comment on column source_secret_wrap.number is 'Counts from 1 within the version.';
comment on column source_secret_wrap.key_id is 'Which key encryption key wraps the data key.';
comment on column source_secret_wrap.wrapped_key is 'The same data key, AES-256-GCM under the key encryption key: nonce, tag, ciphertext.';
comment on column source_secret_wrap.wrapped_at is 'Hub clock, UTC.';

create table subject_entry (
  id uuid not null,
  number bigint generated always as identity not null,
  kind text not null,
  subject_kind text not null,
  subject_code text not null,
  "on" date not null,
  about uuid,
  reference text not null,
  agency_code text not null,
  at timestamp with time zone not null,
  by text not null,
  constraint subject_entry_about_fkey FOREIGN KEY (about) REFERENCES subject_entry(id),
  constraint subject_entry_kind_check CHECK ((kind = ANY (ARRAY['COMMITMENT_SIGNED'::text, 'COMMITMENT_WITHDRAWN'::text, 'COMMITMENT_TERMINATED'::text, 'COMMITMENT_FULFILLED'::text, 'COMMITMENT_PARTLY_FULFILLED'::text, 'COMMITMENT_NOT_FULFILLED'::text, 'FALSE_COMMITMENT'::text, 'FALSE_COMMITMENT_ANNULLED'::text, 'OBJECTION_FILED'::text, 'OBJECTION_REJECTED'::text, 'OBJECTION_UPHELD'::text, 'REPAIRED'::text, 'CORRECTED'::text]))),
  constraint subject_entry_pkey PRIMARY KEY (id),
  constraint subject_entry_reference_check CHECK (((length(reference) >= 1) AND (length(reference) <= 200))),
  constraint subject_entry_subject_kind_check CHECK ((subject_kind = ANY (ARRAY['ENTERPRISE'::text, 'INDIVIDUAL_BUSINESS'::text, 'PERSON'::text])))
);
CREATE UNIQUE INDEX subject_entry_once ON public.subject_entry USING btree (kind, reference, subject_code);
CREATE INDEX subject_entry_subject ON public.subject_entry USING btree (subject_code, number);
CREATE TRIGGER subject_entry_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.subject_entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table subject_entry is 'One line of the integrity file of an applicant (申请人诚信档案). Append-only: what ends a line is a further line.';
comment on column subject_entry.id is 'Shown to callers.';
comment on column subject_entry.number is 'Order of entering.';
comment on column subject_entry.kind is 'What happened.';
comment on column subject_entry.subject_kind is 'Enterprise, individual business (个体工商户) or natural person.';
comment on column subject_entry.subject_code is 'Canonical code of the applicant.';
comment on column subject_entry."on" is 'Day of what happened, Asia/Shanghai; of a false commitment, the end of the conduct.';
comment on column subject_entry.about is 'Entry this one speaks of. Null for those that begin something.';
comment on column subject_entry.reference is 'Commitment, breach, objection or repair it rests on; the same is entered once.';
comment on column subject_entry.agency_code is 'Agency that entered it.';
comment on column subject_entry.at is 'Hub clock, UTC.';
comment on column subject_entry.by is 'Officer as the identity provider names them.';

create table verdict (
  id uuid not null,
  verification_id uuid not null,
  number integer not null,
  code text not null,
  refutation text,
  reasons jsonb not null,
  observations jsonb not null,
  requirements jsonb not null,
  relevant_on date not null,
  due_on date,
  due_is_provisional boolean not null,
  retry_at timestamp with time zone,
  policy_version text not null,
  normalizer_version text not null,
  decided_at timestamp with time zone not null,
  cause text not null,
  supersedes uuid,
  policy_choice jsonb,
  constraint verdict_cause_check CHECK ((cause = ANY (ARRAY['ASKED'::text, 'ASSISTANCE_REPLIED'::text, 'ASSISTANCE_UNANSWERED'::text, 'ANSWER_CAME_LATE'::text, 'ON_SITE_REPORTED'::text, 'ON_SITE_ENDED'::text, 'OFFICER_DECIDED'::text]))),
  constraint verdict_code_check CHECK ((code = ANY (ARRAY['CONFIRMED'::text, 'REFUTED'::text, 'CONFLICTING'::text, 'INCONCLUSIVE'::text, 'PENDING'::text, 'UNAVAILABLE'::text, 'EXEMPT'::text]))),
  constraint verdict_corrects_its_predecessor CHECK (((number = 1) = (supersedes IS NULL))),
  constraint verdict_number_check CHECK ((number > 0)),
  constraint verdict_number_once UNIQUE (verification_id, number),
  constraint verdict_observations_check CHECK ((jsonb_typeof(observations) = 'array'::text)),
  constraint verdict_pkey PRIMARY KEY (id),
  constraint verdict_policy_choice_check CHECK ((jsonb_typeof(policy_choice) = 'object'::text)),
  constraint verdict_reasons_check CHECK ((jsonb_typeof(reasons) = 'array'::text)),
  constraint verdict_refutation_check CHECK ((refutation = ANY (ARRAY['NO_SUCH_RECORD'::text, 'FIELD_MISMATCH'::text, 'STATUS_NOT_VALID'::text]))),
  constraint verdict_refuted_says_how CHECK (((code = 'REFUTED'::text) = (refutation IS NOT NULL))),
  constraint verdict_requirements_check CHECK ((jsonb_typeof(requirements) = 'array'::text)),
  constraint verdict_supersedes_fkey FOREIGN KEY (supersedes) REFERENCES verdict(id),
  constraint verdict_verification_id_fkey FOREIGN KEY (verification_id) REFERENCES verification(id)
);
CREATE INDEX verdict_newest ON public.verdict USING btree (decided_at DESC, id DESC);
CREATE TRIGGER verdict_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.verdict FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table verdict is 'What the evidence was worth when it was judged. Append-only: a correction is a new row with the next number.';
comment on column verdict.id is 'Shown to callers.';
comment on column verdict.verification_id is 'The question.';
comment on column verdict.number is 'Counts from 1 within the verification; the highest is current.';
comment on column verdict.code is 'See enum VerdictCode of the schema. Only REFUTED is adverse.';
comment on column verdict.refutation is 'How it was refuted. Null exactly when it was not.';
comment on column verdict.reasons is 'Reason codes with source, hop and field.';
comment on column verdict.observations is 'What each source contributed, with its evidence id; the input of the judgement.';
comment on column verdict.requirements is 'Per requirement and field: what the sources together say.';
comment on column verdict.relevant_on is 'Business day whose legal situation counts, Asia/Shanghai.';
comment on column verdict.due_on is 'Last day by which a pending answer is due. Null when nothing is pending.';
comment on column verdict.due_is_provisional is 'True when due_on lies beyond the published working-day calendar.';
comment on column verdict.retry_at is 'When asking again makes sense. Null when the hub cannot tell.';
comment on column verdict.policy_version is 'Matter code and version whose policy was applied.';
comment on column verdict.normalizer_version is 'Set of comparison rules that was applied.';
comment on column verdict.decided_at is 'Hub clock, UTC.';
comment on column verdict.cause is 'Why it was judged: asked, a reply came in, none came or will come, a slow source answered at last, an on-site order was reported or ended, an officer decided.';
comment on column verdict.supersedes is 'Verdict that this one corrects. Null for the first.';
comment on column verdict.policy_choice is 'PolicyChoice of src/model/policy-choice.ts: version, grade and opinions it was judged under, and the policy itself where it is not that of the list. Null for verdicts from before policies were chosen.';

create table verification (
  id uuid not null,
  agency_code text not null,
  idempotency_key text not null,
  question_digest text not null,
  case_id uuid not null,
  subject_id uuid not null,
  claims jsonb not null,
  asked_at timestamp with time zone not null,
  asked_by text not null,
  constraint verification_case_id_fkey FOREIGN KEY (case_id) REFERENCES case_file(id),
  constraint verification_claims_check CHECK ((jsonb_typeof(claims) = 'array'::text)),
  constraint verification_idempotency_key_check CHECK (((length(idempotency_key) >= 1) AND (length(idempotency_key) <= 64))),
  constraint verification_key_once UNIQUE (agency_code, idempotency_key),
  constraint verification_pkey PRIMARY KEY (id),
  constraint verification_question_digest_check CHECK ((question_digest ~ '^[0-9a-f]{64}$'::text)),
  constraint verification_subject_id_fkey FOREIGN KEY (subject_id) REFERENCES case_subject(id)
);
CREATE INDEX verification_case_id ON public.verification USING btree (case_id, asked_at DESC);
CREATE INDEX verification_newest ON public.verification USING btree (agency_code, asked_at DESC, id DESC);
CREATE INDEX verification_subject_id ON public.verification USING btree (subject_id, asked_at DESC);
CREATE TRIGGER verification_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.verification FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table verification is 'One question: is what this subject claims true at the sources? Append-only.';
comment on column verification.id is 'Shown to callers.';
comment on column verification.agency_code is 'Agency that asked; no other sees it.';
comment on column verification.idempotency_key is 'Chosen by the agency; a repeat returns this row.';
comment on column verification.question_digest is 'SHA-256 of case, subject and claims; the same key with another digest is a conflict.';
comment on column verification.case_id is 'Case that gives the purpose.';
comment on column verification.subject_id is 'Subject of that case.';
comment on column verification.claims is 'Claims in the order given: requirement, field, value.';
comment on column verification.asked_at is 'Hub clock, UTC.';
comment on column verification.asked_by is 'Officer as the identity provider names them.';

create table verification_task (
  id uuid not null,
  finding_id uuid not null,
  opening integer not null,
  agency_code text not null,
  commitment_id uuid not null,
  opened_at timestamp with time zone not null,
  due_from date not null,
  due_days integer not null,
  due_on date not null,
  due_is_provisional boolean not null,
  constraint verification_task_commitment_id_fkey FOREIGN KEY (commitment_id) REFERENCES commitment(id),
  constraint verification_task_due_days_check CHECK (((due_days >= 0) AND (due_days <= 365))),
  constraint verification_task_finding_id_fkey FOREIGN KEY (finding_id) REFERENCES cross_check_finding(id),
  constraint verification_task_once UNIQUE (finding_id, opening),
  constraint verification_task_opening_check CHECK ((opening >= 0)),
  constraint verification_task_pkey PRIMARY KEY (id)
);
CREATE INDEX verification_task_due ON public.verification_task USING btree (agency_code, due_on, id);
comment on table verification_task is 'A commitment is to be verified again (重新核查), because a finding touches it. It is done by a verification of its subject in its case that was asked later. Never a breach.';
comment on column verification_task.id is 'Shown to callers.';
comment on column verification_task.finding_id is 'The finding.';
comment on column verification_task.opening is '0 for the first sight of the finding, and so many times it came back.';
comment on column verification_task.agency_code is 'Agency that accepted the commitment and has to verify.';
comment on column verification_task.commitment_id is 'The commitment.';
comment on column verification_task.opened_at is 'Hub clock, UTC.';
comment on column verification_task.due_from is 'Day from which its time counts.';
comment on column verification_task.due_days is 'Working days it may take.';
comment on column verification_task.due_on is 'Business day by which to verify.';
comment on column verification_task.due_is_provisional is 'True while a day was counted whose arrangement is not published.';

create table work_order (
  id uuid not null,
  order_number text not null,
  agency_code text not null,
  verification_id uuid not null,
  case_id uuid not null,
  subject_id uuid not null,
  requirement text not null,
  attempt integer not null,
  origin text not null,
  reason text,
  questions jsonb not null,
  clock jsonb not null,
  made_at timestamp with time zone not null,
  made_by text not null,
  constraint work_order_attempt_check CHECK (((attempt >= 1) AND (attempt <= 4))),
  constraint work_order_case_id_fkey FOREIGN KEY (case_id) REFERENCES case_file(id),
  constraint work_order_check CHECK (((origin = 'OFFICER'::text) = (reason IS NOT NULL))),
  constraint work_order_clock_check CHECK ((jsonb_typeof(clock) = 'object'::text)),
  constraint work_order_once UNIQUE (case_id, subject_id, requirement, attempt),
  constraint work_order_order_number_key UNIQUE (order_number),
  constraint work_order_origin_check CHECK ((origin = ANY (ARRAY['LADDER'::text, 'OFFICER'::text]))),
  constraint work_order_pkey PRIMARY KEY (id),
  constraint work_order_questions_check CHECK ((jsonb_typeof(questions) = 'array'::text)),
  constraint work_order_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 1000))),
  constraint work_order_subject_id_fkey FOREIGN KEY (subject_id) REFERENCES case_subject(id),
  constraint work_order_verification_id_fkey FOREIGN KEY (verification_id) REFERENCES verification(id)
);
CREATE INDEX work_order_newest ON public.work_order USING btree (agency_code, made_at DESC, id DESC);
CREATE INDEX work_order_verification ON public.work_order USING btree (verification_id);
CREATE TRIGGER work_order_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.work_order FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table work_order is 'An order to look on the spot (现场核查工单), as it was drafted with its question set. Append-only; what became of it stands in work_order_event.';
comment on column work_order.id is 'Shown to callers; the evidence of what it observed.';
comment on column work_order.order_number is 'Number people use.';
comment on column work_order.agency_code is 'Agency that looks; no other sees it.';
comment on column work_order.verification_id is 'Verification it was made for; others of the same subject join it.';
comment on column work_order.case_id is 'Case that gives the purpose.';
comment on column work_order.subject_id is 'Subject that is looked at.';
comment on column work_order.requirement is 'Requirement of the matter''s policy it would settle.';
comment on column work_order.attempt is 'Counts from 1; at most 4 for one requirement of one subject in one case.';
comment on column work_order.origin is 'LADDER: the ladder came to this rung. OFFICER: an officer wants a further observation.';
comment on column work_order.reason is 'Why an officer wants it. Null for those of the ladder.';
comment on column work_order.questions is 'Question set: code, text, and the field it answers.';
comment on column work_order.clock is 'RungClock of src/model/ladder-clock.ts: its part of the one clock of the ladder. The due day is computed from it, never stored.';
comment on column work_order.made_at is 'Hub clock, UTC.';
comment on column work_order.made_by is 'Officer as the identity provider names them, or hub.';

create table work_order_event (
  work_order_id uuid not null,
  number integer not null,
  step text,
  state text not null,
  at timestamp with time zone not null,
  by text not null,
  reason text,
  inspectors text[],
  report jsonb,
  idempotency_key text,
  constraint work_order_event_check CHECK (((number = 1) = (step IS NULL))),
  constraint work_order_event_check1 CHECK (((NOT (step IS DISTINCT FROM 'ASSIGN'::text)) = (inspectors IS NOT NULL))),
  constraint work_order_event_check2 CHECK (((NOT (step IS DISTINCT FROM 'REPORT'::text)) = (report IS NOT NULL))),
  constraint work_order_event_check3 CHECK (((step IS NULL) OR (step <> ALL (ARRAY['REFUSE'::text, 'RETURN'::text, 'CANCEL'::text])) OR (reason IS NOT NULL))),
  constraint work_order_event_idempotency_key_check CHECK (((length(idempotency_key) >= 1) AND (length(idempotency_key) <= 64))),
  constraint work_order_event_inspectors_check CHECK (((cardinality(inspectors) = 2) AND (inspectors[1] <> inspectors[2]))),
  constraint work_order_event_key_once UNIQUE (work_order_id, idempotency_key),
  constraint work_order_event_number_check CHECK ((number > 0)),
  constraint work_order_event_pkey PRIMARY KEY (work_order_id, number),
  constraint work_order_event_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 1000))),
  constraint work_order_event_state_check CHECK ((state = ANY (ARRAY['DRAFTED'::text, 'ASSIGNED'::text, 'UNDER_WAY'::text, 'REPORT_PROPOSED'::text, 'REPORTED'::text, 'CANCELED'::text]))),
  constraint work_order_event_step_check CHECK ((step = ANY (ARRAY['ASSIGN'::text, 'REFUSE'::text, 'START'::text, 'REPORT'::text, 'SIGN'::text, 'RETURN'::text, 'CANCEL'::text]))),
  constraint work_order_event_work_order_id_fkey FOREIGN KEY (work_order_id) REFERENCES work_order(id)
);
CREATE TRIGGER work_order_event_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.work_order_event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table work_order_event is 'What was done with an on-site order, from its draft on. The last one tells its state. Append-only.';
comment on column work_order_event.work_order_id is 'The order.';
comment on column work_order_event.number is 'Counts from 1; the draft is 1.';
comment on column work_order_event.step is 'The step taken. Null for the draft.';
comment on column work_order_event.state is 'The state after it.';
comment on column work_order_event.at is 'Hub clock, UTC.';
comment on column work_order_event.by is 'Account as the identity provider names it, or hub.';
comment on column work_order_event.reason is 'Why, in their words. Null where the step needs none.';
comment on column work_order_event.inspectors is 'The two who look, accounts as the identity provider names them; nobody who handled the case. Null unless assigned.';
comment on column work_order_event.report is 'OnSiteReport of src/model/work-order.ts: results, documents by digest, day. Counts once both have signed.';
comment on column work_order_event.idempotency_key is 'Chosen by the caller; the same key is the same step. Null where there is none.';

create table yearly_report (
  id uuid not null,
  region_code text not null,
  year integer not null,
  version integer not null,
  figures jsonb not null,
  digest text not null,
  remarks text,
  agency_code text not null,
  drafted_at timestamp with time zone not null,
  drafted_by text not null,
  constraint yearly_report_digest_check CHECK ((digest ~ '^[0-9a-f]{64}$'::text)),
  constraint yearly_report_figures_check CHECK ((jsonb_typeof(figures) = 'object'::text)),
  constraint yearly_report_pkey PRIMARY KEY (id),
  constraint yearly_report_region_code_check CHECK ((region_code ~ '^[0-9]{6}$'::text)),
  constraint yearly_report_remarks_check CHECK (((length(remarks) >= 1) AND (length(remarks) <= 10000))),
  constraint yearly_report_version_check CHECK ((version > 0)),
  constraint yearly_report_version_once UNIQUE (region_code, year, version),
  constraint yearly_report_year_check CHECK (((year >= 2021) AND (year <= 2999)))
);
CREATE TRIGGER yearly_report_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.yearly_report FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table yearly_report is 'A yearly report (年度报告) of a region, as it was counted when it was drafted. Append-only; a correction is a further version.';
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

create table yearly_report_event (
  report_id uuid not null,
  number integer not null,
  step text,
  state text not null,
  at timestamp with time zone not null,
  by text not null,
  reason text,
  constraint yearly_report_event_check CHECK (((number = 1) = (step IS NULL))),
  constraint yearly_report_event_number_check CHECK ((number > 0)),
  constraint yearly_report_event_pkey PRIMARY KEY (report_id, number),
  constraint yearly_report_event_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 1000))),
  constraint yearly_report_event_report_id_fkey FOREIGN KEY (report_id) REFERENCES yearly_report(id),
  constraint yearly_report_event_state_check CHECK ((state = ANY (ARRAY['DRAFTED'::text, 'PUBLISHED'::text, 'DISCARDED'::text]))),
  constraint yearly_report_event_step_check CHECK ((step = ANY (ARRAY['PUBLISH'::text, 'DISCARD'::text])))
);
CREATE TRIGGER yearly_report_event_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.yearly_report_event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table yearly_report_event is 'What was done with a yearly report. The last one tells its state. Append-only.';
comment on column yearly_report_event.report_id is 'The report.';
comment on column yearly_report_event.number is 'Counts from 1; the draft is 1.';
comment on column yearly_report_event.step is 'The step taken. Null for the draft.';
comment on column yearly_report_event.state is 'The state after it.';
comment on column yearly_report_event.at is 'Hub clock, UTC.';
comment on column yearly_report_event.by is 'Officer as the identity provider names them.';
comment on column yearly_report_event.reason is 'Why it is discarded. Null otherwise.';
