-- Nightly cross-checks (夜间核对): random samples of a night, signed summaries, counter-signatures.

alter table cross_check_subject add column is_sampled boolean not null default false;
comment on column cross_check_subject.is_sampled is 'Whether the seeded random sample of the run has drawn it. Only these say anything of all others.';
create index cross_check_subject_sampled on cross_check_subject (run_id) where is_sampled;

create table cross_check_sample (
  run_id            uuid primary key references cross_check_run,
  algorithm         text not null,
  seed              text not null check (seed ~ '^[0-9a-f]{64}$'),
  population        integer not null check (population >= 0),
  population_digest text not null check (population_digest ~ '^[0-9a-f]{64}$'),
  wanted            integer not null check (wanted between 1 and 10000),
  sampled           integer not null,
  strata            jsonb not null check (jsonb_typeof(strata) = 'array'),
  drawn_at          timestamptz not null,
  constraint cross_check_sample_all check (sampled = least(wanted, population))
);
comment on table  cross_check_sample is 'How the random sample of a run was drawn, so that it can be drawn again. Append-only.';
comment on column cross_check_sample.run_id is 'The run.';
comment on column cross_check_sample.algorithm is 'Names the way of drawing: see src/model/night-sample.ts.';
comment on column cross_check_sample.seed is 'SHA-256, hex, of the algorithm, the id of the run and its slot.';
comment on column cross_check_sample.population is 'How many it was drawn from: all that the check is about when the run was cut.';
comment on column cross_check_sample.population_digest is 'SHA-256, hex, of the text of the population: see populationText of src/model/sampling.ts.';
comment on column cross_check_sample.wanted is 'How many the definition asks for.';
comment on column cross_check_sample.sampled is 'How many were drawn: all, where there are no more than are asked for.';
comment on column cross_check_sample.strata is 'For each matter its code, how many there are of it, and how many of them were drawn.';
comment on column cross_check_sample.drawn_at is 'Hub clock, UTC.';
create trigger cross_check_sample_append_only before update or delete or truncate on cross_check_sample
  for each statement execute function refuse_change();

create table cross_check_summary (
  run_id    uuid primary key references cross_check_run,
  document  bytea not null check (length(document) between 1 and 1000000),
  digest    text not null,
  signature bytea not null check (length(signature) = 64),
  key_id    text not null check (key_id ~ '^[A-Za-z0-9._-]{1,64}$'),
  signed_at timestamptz not null,
  constraint cross_check_summary_digest check (digest = encode(sha256(document), 'hex'))
);
comment on table  cross_check_summary is 'What a complete run came to, signed by the hub once. The key itself is never here. Append-only.';
comment on column cross_check_summary.run_id is 'The run.';
comment on column cross_check_summary.document is 'The bytes that were signed: canonical JSON in UTF-8, see src/model/cross-check-summary.ts.';
comment on column cross_check_summary.digest is 'SHA-256 of the document, hex.';
comment on column cross_check_summary.signature is 'Ed25519 (RFC 8032) over the document.';
comment on column cross_check_summary.key_id is 'Name of the key in the file of HECHA_SIGNING_KEYS_FILE.';
comment on column cross_check_summary.signed_at is 'Hub clock, UTC.';
create trigger cross_check_summary_append_only before update or delete or truncate on cross_check_summary
  for each statement execute function refuse_change();

create table counter_signing_key (
  agency_code   text not null,
  version       integer not null check (version > 0),
  public_key    bytea not null check (length(public_key) = 44),
  digest        text not null,
  registered_at timestamptz not null,
  registered_by text not null,
  primary key (agency_code, version),
  constraint counter_signing_key_once unique (digest),
  constraint counter_signing_key_digest check (digest = encode(sha256(public_key), 'hex'))
);
comment on table  counter_signing_key is 'Public keys by which agencies counter-sign summaries of runs. The last version of an agency counts; what was signed by an earlier one stays. Append-only.';
comment on column counter_signing_key.agency_code is 'The agency that holds the private part.';
comment on column counter_signing_key.version is 'Counts from 1; each one takes the place of the one before.';
comment on column counter_signing_key.public_key is 'Ed25519, SubjectPublicKeyInfo in DER.';
comment on column counter_signing_key.digest is 'SHA-256 of the public key, hex. No key has two holders.';
comment on column counter_signing_key.registered_at is 'Hub clock, UTC.';
comment on column counter_signing_key.registered_by is 'Operator as the identity provider names them.';
create trigger counter_signing_key_append_only before update or delete or truncate on counter_signing_key
  for each statement execute function refuse_change();

create table cross_check_counter_signature (
  run_id      uuid not null references cross_check_summary,
  agency_code text not null,
  key_version integer not null,
  signature   bytea not null check (length(signature) = 64),
  received_at timestamptz not null,
  received_by text not null,
  primary key (run_id, agency_code, key_version),
  foreign key (agency_code, key_version) references counter_signing_key
);
comment on table  cross_check_counter_signature is 'Signatures of agencies over the same document, verified before they were stored. Append-only.';
comment on column cross_check_counter_signature.run_id is 'The run whose summary is signed.';
comment on column cross_check_counter_signature.agency_code is 'The agency.';
comment on column cross_check_counter_signature.key_version is 'The key it was verified by.';
comment on column cross_check_counter_signature.signature is 'Ed25519 (RFC 8032) over the document.';
comment on column cross_check_counter_signature.received_at is 'Hub clock, UTC.';
comment on column cross_check_counter_signature.received_by is 'Who sent it, as the identity provider names them.';
create trigger cross_check_counter_signature_append_only before update or delete or truncate on cross_check_counter_signature
  for each statement execute function refuse_change();
