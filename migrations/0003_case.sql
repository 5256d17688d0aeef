-- Cases and the subjects bound to them. The only place where raw identifiers enter.

create table case_file (
  id             uuid primary key,
  agency_code    text not null,
  case_number    text not null check (length(case_number) between 1 and 64),
  matter_code    text not null,
  matter_version integer not null,
  legal_basis    text not null check (length(legal_basis) between 1 and 512),
  accepted_on    date not null,
  opened_at      timestamptz not null,
  opened_by      text not null,
  foreign key (matter_code, matter_version) references matter_version,
  constraint case_file_number_once unique (agency_code, case_number)
);
create index case_file_newest on case_file (agency_code, opened_at desc, id desc);
comment on table  case_file is 'A case (办件): why questions about its subjects may be asked. Append-only.';
comment on column case_file.id is 'Shown to callers.';
comment on column case_file.agency_code is 'Agency that opened it; no other sees it.';
comment on column case_file.case_number is 'The agency''s own number (办件编号).';
comment on column case_file.matter_code is 'Matter applied for.';
comment on column case_file.matter_version is 'Version in force on accepted_on.';
comment on column case_file.legal_basis is 'Law and article on which the agency asks.';
comment on column case_file.accepted_on is 'Business day on which the application was accepted, Asia/Shanghai.';
comment on column case_file.opened_at is 'Hub clock, UTC.';
comment on column case_file.opened_by is 'Officer as the identity provider names them.';
create trigger case_file_append_only before update or delete or truncate on case_file
  for each statement execute function refuse_change();

create table case_subject (
  id            uuid primary key,
  case_id       uuid not null references case_file,
  position      integer not null check (position between 1 and 20),
  kind          text not null check (kind in ('ENTERPRISE', 'INDIVIDUAL_BUSINESS', 'PERSON')),
  code          text not null,
  code_as_given text not null,
  name          text not null check (length(name) between 1 and 200),
  region_code   text,
  findings      jsonb not null check (jsonb_typeof(findings) = 'array'),
  constraint case_subject_code_once unique (case_id, code),
  unique (case_id, position)
);
comment on table  case_subject is 'A subject bound to a case. Everything else refers to it by id, which means nothing outside the case. Append-only.';
comment on column case_subject.id is 'Random, per case: the reference callers use instead of the identifier.';
comment on column case_subject.case_id is 'The case.';
comment on column case_subject.position is 'Order in which the agency named it, from 1.';
comment on column case_subject.kind is 'Enterprise, individual business (个体工商户) or natural person.';
comment on column case_subject.code is 'Canonical: unified social credit code, or 18-digit resident id.';
comment on column case_subject.code_as_given is 'As the agency sent it, at most 64 characters.';
comment on column case_subject.name is 'As the applicant states it.';
comment on column case_subject.region_code is 'GB/T 2260 code inside the identifier, possibly historic. Null where it has none.';
comment on column case_subject.findings is 'Findings of the identifier''s parser.';
create trigger case_subject_append_only before update or delete or truncate on case_subject
  for each statement execute function refuse_change();

create table refusal (
  id          bigint generated always as identity primary key,
  refused_at  timestamptz not null,
  agency_code text not null,
  actor       text not null,
  operation   text not null,
  code        text not null,
  field       text not null,
  request_id  text not null
);
create index refusal_refused_at on refusal (refused_at);
comment on table  refusal is 'A request turned down before anything was asked: which rule, which field, never which value. Append-only.';
comment on column refusal.id is 'Order of recording.';
comment on column refusal.refused_at is 'Hub clock, UTC.';
comment on column refusal.agency_code is 'Agency of the caller.';
comment on column refusal.actor is 'Officer as the identity provider names them.';
comment on column refusal.operation is 'GraphQL mutation that was refused.';
comment on column refusal.code is 'UserErrorCode of the schema.';
comment on column refusal.field is 'Path of the input field to blame, joined by dots.';
comment on column refusal.request_id is 'Request that was refused; the same id is in the logs.';
create trigger refusal_append_only before update or delete or truncate on refusal
  for each statement execute function refuse_change();
