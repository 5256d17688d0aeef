-- Questions whether what was claimed is true, and the verdicts on them.

create table verification (
  id              uuid primary key,
  agency_code     text not null,
  idempotency_key text not null check (length(idempotency_key) between 1 and 64),
  question_digest text not null check (question_digest ~ '^[0-9a-f]{64}$'),
  case_id         uuid not null references case_file,
  subject_id      uuid not null references case_subject,
  claims          jsonb not null check (jsonb_typeof(claims) = 'array'),
  asked_at        timestamptz not null,
  asked_by        text not null,
  constraint verification_key_once unique (agency_code, idempotency_key)
);
create index verification_newest on verification (agency_code, asked_at desc, id desc);
create index verification_case_id on verification (case_id, asked_at desc);
create index verification_subject_id on verification (subject_id, asked_at desc);
comment on table  verification is 'One question: is what this subject claims true at the sources? Append-only.';
comment on column verification.id is 'Shown to callers.';
comment on column verification.agency_code is 'Agency that asked; no other sees it.';
comment on column verification.idempotency_key is 'Chosen by the agency; a repeat returns this row.';
comment on column verification.question_digest is 'SHA-256 of case, subject and claims; the same key with another digest is a conflict.';
comment on column verification.case_id is 'Case that gives the purpose.';
comment on column verification.subject_id is 'Subject of that case.';
comment on column verification.claims is 'Claims in the order given: requirement, field, value.';
comment on column verification.asked_at is 'Hub clock, UTC.';
comment on column verification.asked_by is 'Officer as the identity provider names them.';
create trigger verification_append_only before update or delete or truncate on verification
  for each statement execute function refuse_change();

create table verdict (
  id                 uuid primary key,
  verification_id    uuid not null references verification,
  number             integer not null check (number > 0),
  code               text not null check (code in
    ('CONFIRMED', 'REFUTED', 'CONFLICTING', 'INCONCLUSIVE', 'PENDING', 'UNAVAILABLE', 'EXEMPT')),
  refutation         text check (refutation in
    ('NO_SUCH_RECORD', 'FIELD_MISMATCH', 'STATUS_NOT_VALID')),
  reasons            jsonb not null check (jsonb_typeof(reasons) = 'array'),
  observations       jsonb not null check (jsonb_typeof(observations) = 'array'),
  requirements       jsonb not null check (jsonb_typeof(requirements) = 'array'),
  relevant_on        date not null,
  due_on             date,
  due_is_provisional boolean not null,
  retry_at           timestamptz,
  policy_version     text not null,
  normalizer_version text not null,
  decided_at         timestamptz not null,
  cause              text not null check (cause in ('ASKED', 'ASSISTANCE_REPLIED')),
  supersedes         uuid references verdict,
  constraint verdict_number_once unique (verification_id, number),
  constraint verdict_refuted_says_how check ((code = 'REFUTED') = (refutation is not null)),
  constraint verdict_corrects_its_predecessor check ((number = 1) = (supersedes is null))
);
comment on table  verdict is 'What the evidence was worth when it was judged. Append-only: a correction is a new row with the next number.';
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
comment on column verdict.cause is 'Why it was judged: asked, or a reply came in.';
comment on column verdict.supersedes is 'Verdict that this one corrects. Null for the first.';
create trigger verdict_append_only before update or delete or truncate on verdict
  for each statement execute function refuse_change();

create table discrepancy (
  id              uuid primary key,
  agency_code     text not null,
  verdict_id      uuid not null references verdict,
  verification_id uuid not null references verification,
  requirement     text not null,
  field           text not null,
  sources         text[] not null check (cardinality(sources) >= 2),
  opened_at       timestamptz not null,
  constraint discrepancy_once unique (verification_id, requirement, field)
);
create index discrepancy_newest on discrepancy (agency_code, opened_at desc, id desc);
comment on table  discrepancy is 'A field on which sources of equal rank contradict each other. Goes to a person, never into a consequence.';
comment on column discrepancy.id is 'Shown to callers.';
comment on column discrepancy.agency_code is 'Agency whose verification met it.';
comment on column discrepancy.verdict_id is 'Verdict that found it first.';
comment on column discrepancy.verification_id is 'Verification that met it.';
comment on column discrepancy.requirement is 'Requirement of the matter''s policy.';
comment on column discrepancy.field is 'ClaimField of the schema.';
comment on column discrepancy.sources is 'Sources that contradict each other, in order of id.';
comment on column discrepancy.opened_at is 'Hub clock, UTC.';

create table follow_up (
  id                 uuid primary key,
  agency_code        text not null,
  verification_id    uuid not null references verification,
  verdict_id         uuid not null references verdict,
  kind               text not null check (kind in ('VERIFY_AGAIN', 'DECIDE_BY_PERSON')),
  due_on             date not null,
  due_is_provisional boolean not null,
  created_at         timestamptz not null,
  constraint follow_up_once unique (verification_id, kind)
);
create index follow_up_due on follow_up (agency_code, due_on, id);
comment on table  follow_up is 'What the agency still has to do because a verification did not settle the question.';
comment on column follow_up.id is 'Shown to callers.';
comment on column follow_up.agency_code is 'Agency that has to act.';
comment on column follow_up.verification_id is 'Verification that is not settled.';
comment on column follow_up.verdict_id is 'Verdict that created it.';
comment on column follow_up.kind is 'VERIFY_AGAIN: sources did not answer. DECIDE_BY_PERSON: they answered, and a person must look.';
comment on column follow_up.due_on is 'Last business day, Asia/Shanghai; working days after the verdict as the policy says.';
comment on column follow_up.due_is_provisional is 'True when due_on lies beyond the published working-day calendar.';
comment on column follow_up.created_at is 'Hub clock, UTC.';
