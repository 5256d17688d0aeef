-- Verification policies by kind of subject and credit grade, and which of them a verdict rests on.

create table policy_version (
  id                 uuid primary key,
  matter_code        text not null,
  version            integer not null check (version > 0),
  matter_version     integer not null,
  effective_from     date not null,
  reason             text not null check (length(reason) between 1 and 1000),
  grade_age_days_max integer check (grade_age_days_max between 1 and 1096),
  policies           jsonb not null check (jsonb_typeof(policies) = 'array'),
  agency_code        text not null,
  published_at       timestamptz not null,
  published_by       text not null,
  constraint policy_version_once unique (matter_code, version),
  constraint policy_version_of_matter foreign key (matter_code, matter_version)
    references matter_version (matter_code, version),
  constraint policy_version_without_grade_never_exempt check (
    not jsonb_path_exists(policies, '$[*].policy ? (@.exemption != null)')),
  constraint policy_version_grade_d_never_exempt check (
    not jsonb_path_exists(policies, '$[*].byGrade[*] ? (@.grade == "D" && @.exemption != null)')),
  constraint policy_version_grades_have_a_limit check (
    grade_age_days_max is not null or not jsonb_path_exists(policies, '$[*].byGrade[*]'))
);
comment on table  policy_version is 'A version of the verification policies (核查办法) of a matter, by kind of subject and credit grade. Append-only: a change is a new version.';
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
create trigger policy_version_append_only before update or delete or truncate on policy_version
  for each statement execute function refuse_change();

alter table verdict add column policy_choice jsonb
  check (jsonb_typeof(policy_choice) = 'object');
comment on column verdict.policy_choice is 'PolicyChoice of src/model/policy-choice.ts: version, grade and opinions it was judged under, and the policy itself where it is not that of the list. Null for verdicts from before policies were chosen.';
