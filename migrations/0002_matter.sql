-- Certification matters under the notification-and-commitment regime, by version.

create table matter_version (
  matter_code     text not null check (length(matter_code) between 1 and 64),
  version         integer not null check (version > 0),
  name            text not null check (name <> ''),
  priority_field  text not null check (priority_field in
    ('HOUSEHOLD_REGISTRATION', 'MARKET_ACCESS', 'QUALIFICATION_EXAM', 'SOCIAL_INSURANCE',
     'SOCIAL_ASSISTANCE', 'HEALTH_EXAMINATION', 'LEGAL_SERVICE')),
  item_type       text not null check (item_type in ('LICENSE', 'CONFIRMATION', 'BENEFIT')),
  agency_code     text not null,
  agency_name     text not null,
  certificate     text not null,
  legal_basis     text not null,
  effective_from  date not null,
  effective_until date,
  policy          jsonb not null check (jsonb_typeof(policy) = 'object'),
  primary key (matter_code, version),
  check (effective_from <= effective_until)
);
comment on table  matter_version is 'A certification matter (证明事项) as the list of its day had it. A change is a new version.';
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
comment on column matter_version.effective_until is 'Last day in force, inclusive. Null while open-ended.';
comment on column matter_version.policy is 'VerificationPolicy of src/model/policy.ts.';
