-- Who may commit, what was promised, and the file of each applicant.

alter table matter_version add column publicity text
  check (publicity in ('PUBLIC_INTEREST', 'THIRD_PARTY_INTEREST', 'HARD_TO_VERIFY'));
comment on column matter_version.publicity is 'Why commitments under it are shown to the public (公开承诺书). Null where they are not.';

create table eligibility_rules (
  version        integer primary key check (version > 0),
  effective_from date not null,
  rules          jsonb not null check (jsonb_typeof(rules) = 'array'),
  published_at   timestamptz not null,
  published_by   text not null
);
comment on table  eligibility_rules is 'Rules of who may not use commitment (不适用告知承诺制的情形). A change is a new version. Append-only.';
comment on column eligibility_rules.version is 'Counts from 1.';
comment on column eligibility_rules.effective_from is 'First day in force, Asia/Shanghai; the highest version in force that day counts.';
comment on column eligibility_rules.rules is 'EligibilityRule of src/model/eligibility.ts, one each.';
comment on column eligibility_rules.published_at is 'Hub clock, UTC.';
comment on column eligibility_rules.published_by is 'Officer of a justice bureau, as the identity provider names them, or deployment.';
create trigger eligibility_rules_append_only before update or delete or truncate on eligibility_rules
  for each statement execute function refuse_change();

create table eligibility_check (
  id              uuid primary key,
  agency_code     text not null,
  case_id         uuid not null references case_file,
  subject_id      uuid not null references case_subject,
  idempotency_key text not null check (length(idempotency_key) between 1 and 64),
  outcome         text not null check (outcome in ('ELIGIBLE', 'WARNED', 'BLOCKED', 'UNDETERMINED')),
  findings        jsonb not null check (jsonb_typeof(findings) = 'array'),
  unanswered      jsonb not null check (jsonb_typeof(unanswered) = 'array'),
  rules_version   integer not null references eligibility_rules,
  checked_on      date not null,
  checked_at      timestamptz not null,
  checked_by      text not null,
  constraint eligibility_check_once unique (agency_code, idempotency_key)
);
create index eligibility_check_subject on eligibility_check (subject_id, checked_at desc);
comment on table  eligibility_check is 'Whether an applicant may use commitment, and on what that rests. Append-only.';
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
create trigger eligibility_check_append_only before update or delete or truncate on eligibility_check
  for each statement execute function refuse_change();

create table eligibility_decision (
  check_id   uuid primary key references eligibility_check,
  reason     text not null check (length(reason) between 1 and 1000),
  decided_at timestamptz not null,
  decided_by text not null
);
comment on table  eligibility_decision is 'An officer lets an applicant commit although a check warned or could not be completed. A block is never overridden. Append-only.';
comment on column eligibility_decision.check_id is 'The check.';
comment on column eligibility_decision.reason is 'Why, in the officer''s words.';
comment on column eligibility_decision.decided_at is 'Hub clock, UTC.';
comment on column eligibility_decision.decided_by is 'Officer as the identity provider names them.';
create trigger eligibility_decision_append_only before update or delete or truncate on eligibility_decision
  for each statement execute function refuse_change();

create table commitment_serial (
  region_code text not null check (region_code ~ '^[0-9]{6}$'),
  day         date not null,
  last        integer not null check (last between 1 and 999999),
  primary key (region_code, day)
);
comment on table  commitment_serial is 'The last serial given to a commitment (承诺编码) of a region on a day.';
comment on column commitment_serial.region_code is 'Region of acceptance.';
comment on column commitment_serial.day is 'Day of the commitment, Asia/Shanghai.';
comment on column commitment_serial.last is 'The serial, from 1.';

create table commitment (
  id                   uuid primary key,
  code                 text not null unique check (code ~ '^[0-9]{20}$'),
  case_id              uuid not null references case_file,
  subject_id           uuid not null references case_subject,
  agency_code          text not null,
  matter_code          text not null,
  matter_version       integer not null,
  eligibility_check_id uuid not null references eligibility_check,
  template_id          text not null,
  template_version     integer not null check (template_version > 0),
  text_digest          text not null check (text_digest ~ '^[0-9a-f]{64}$'),
  signer_name          text not null check (length(signer_name) between 1 and 200),
  signer_capacity      text not null check (signer_capacity in ('SELF', 'LEGAL_REPRESENTATIVE', 'PROXY')),
  proxy_basis          text check (length(proxy_basis) between 1 and 500),
  signed_on            date not null,
  signed_at            timestamptz not null,
  accepted_by          text not null,
  valid_until          date,
  publicity            text not null check (publicity in ('PUBLIC', 'NOT_ASKED', 'BARRED_FOR_PERSONS')),
  idempotency_key      text not null check (length(idempotency_key) between 1 and 64),
  foreign key (matter_code, matter_version) references matter_version,
  constraint commitment_key_once unique (agency_code, idempotency_key),
  check ((signer_capacity = 'PROXY') = (proxy_basis is not null)),
  check (valid_until >= signed_on)
);
create index commitment_newest on commitment (agency_code, signed_at desc, id desc);
create index commitment_subject on commitment (subject_id);
create index commitment_public on commitment (signed_at desc, id desc) where publicity = 'PUBLIC';
comment on table  commitment is 'A signed commitment (承诺书). Append-only; what became of it stands in commitment_event.';
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
create trigger commitment_append_only before update or delete or truncate on commitment
  for each statement execute function refuse_change();

create table commitment_event (
  commitment_id uuid not null references commitment,
  number        integer not null check (number > 0),
  step          text check (step in
    ('WITHDRAW', 'TERMINATE', 'CONCLUDE', 'FULFILL', 'FIND_PARTLY', 'FIND_UNFULFILLED')),
  state         text not null check (state in
    ('SIGNED', 'WITHDRAWN', 'TERMINATED', 'CONCLUDED', 'FULFILLED', 'PARTLY_FULFILLED',
     'NOT_FULFILLED')),
  at            timestamptz not null,
  by            text not null,
  reason        text check (length(reason) between 1 and 1000),
  basis         text check (length(basis) between 1 and 200),
  primary key (commitment_id, number),
  check ((number = 1) = (step is null))
);
comment on table  commitment_event is 'What was done to a commitment, from the signing on. The last one tells its state. Append-only.';
comment on column commitment_event.commitment_id is 'The commitment.';
comment on column commitment_event.number is 'Counts from 1; the signing is 1.';
comment on column commitment_event.step is 'The step taken. Null for the signing.';
comment on column commitment_event.state is 'The state after it.';
comment on column commitment_event.at is 'Hub clock, UTC.';
comment on column commitment_event.by is 'Officer as the identity provider names them.';
comment on column commitment_event.reason is 'Why, in their words. Null where the step needs none.';
comment on column commitment_event.basis is 'Id or number of the verification, decision or document it rests on. Null where none is named.';
create trigger commitment_event_append_only before update or delete or truncate on commitment_event
  for each statement execute function refuse_change();

create table certificate_route (
  case_id    uuid not null references case_file,
  subject_id uuid not null references case_subject,
  ground     text not null check (ground in
    ('NOT_CHOSEN', 'PUBLICITY_REFUSED', 'INELIGIBLE', 'WITHDRAWN')),
  since      timestamptz not null,
  by         text not null,
  primary key (case_id, subject_id)
);
comment on table  certificate_route is 'A subject of a case proves its claim by certificate (提交证明) instead of commitment. Append-only.';
comment on column certificate_route.case_id is 'The case.';
comment on column certificate_route.subject_id is 'The applicant.';
comment on column certificate_route.ground is 'Why: did not choose commitment, refused publicity, may not commit, or withdrew.';
comment on column certificate_route.since is 'Hub clock, UTC.';
comment on column certificate_route.by is 'Officer as the identity provider names them.';
create trigger certificate_route_append_only before update or delete or truncate on certificate_route
  for each statement execute function refuse_change();

create table subject_entry (
  id           uuid primary key,
  number       bigint generated always as identity,
  kind         text not null check (kind in
    ('COMMITMENT_SIGNED', 'COMMITMENT_WITHDRAWN', 'COMMITMENT_TERMINATED', 'COMMITMENT_FULFILLED',
     'COMMITMENT_PARTLY_FULFILLED', 'COMMITMENT_NOT_FULFILLED', 'FALSE_COMMITMENT',
     'FALSE_COMMITMENT_ANNULLED', 'OBJECTION_FILED', 'OBJECTION_REJECTED', 'OBJECTION_UPHELD',
     'REPAIRED', 'CORRECTED')),
  subject_kind text not null check (subject_kind in ('ENTERPRISE', 'INDIVIDUAL_BUSINESS', 'PERSON')),
  subject_code text not null,
  "on"         date not null,
  about        uuid references subject_entry,
  reference    text not null check (length(reference) between 1 and 200),
  agency_code  text not null,
  at           timestamptz not null,
  by           text not null
);
create index subject_entry_subject on subject_entry (subject_code, number);
create unique index subject_entry_once on subject_entry (kind, reference, subject_code);
comment on table  subject_entry is 'One line of the integrity file of an applicant (申请人诚信档案). Append-only: what ends a line is a further line.';
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
create trigger subject_entry_append_only before update or delete or truncate on subject_entry
  for each statement execute function refuse_change();
