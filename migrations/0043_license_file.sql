-- Files of licenses: tickets that serve once, and the record of every download.

create table file_ticket (
  id                 uuid primary key,
  token_digest       text not null check (token_digest ~ '^[0-9a-f]{64}$'),
  agency_code        text not null,
  account            text not null,
  case_id            uuid not null references case_file,
  subject_id         uuid not null,
  source             text not null,
  license_identifier text not null check (length(license_identifier) between 1 and 200),
  state              text not null check (state in ('ISSUED', 'FETCHING', 'DELIVERED')),
  issued_at          timestamptz not null,
  expires_at         timestamptz not null,
  tries              integer not null default 0 check (tries >= 0),
  claim              uuid,
  claimed_at         timestamptz,
  constraint file_ticket_token_once unique (token_digest),
  check (expires_at > issued_at),
  check ((claim is null) = (claimed_at is null)),
  check (state <> 'FETCHING' or claim is not null)
);
comment on table  file_ticket is 'Tickets for license files (证照文件): the right of one account to one file, once, for one case.';
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

create table file_download (
  id            uuid primary key,
  ticket_id     uuid not null references file_ticket,
  begun_at      timestamptz not null,
  source        text not null,
  key_digest    text not null check (key_digest ~ '^[0-9a-f]{64}$'),
  case_id       uuid not null,
  case_number   text not null,
  agency_code   text not null,
  matter_code   text not null,
  legal_basis   text not null,
  actor         text not null,
  request_id    text not null
);
create index file_download_case on file_download (case_id, begun_at);
comment on table  file_download is 'Downloads of license files, on record before the source hears of them. Append-only.';
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
create trigger file_download_append_only before update or delete or truncate on file_download
  for each statement execute function refuse_change();

create table file_download_outcome (
  download_id    uuid primary key references file_download,
  ended_at       timestamptz not null,
  outcome        text not null check (outcome in ('DELIVERED', 'NO_FILE', 'ABANDONED', 'FAULT')),
  hop            text,
  reason         text,
  media_type     text,
  bytes          bigint not null check (bytes >= 0),
  content_digest text check (content_digest ~ '^[0-9a-f]{64}$'),
  check ((outcome = 'FAULT') = (hop is not null and reason is not null)),
  check ((outcome = 'DELIVERED') = (content_digest is not null)),
  check (outcome <> 'DELIVERED' or media_type is not null)
);
comment on table  file_download_outcome is 'What became of downloads. None of it says anything about the holder. Append-only.';
comment on column file_download_outcome.download_id is 'The download.';
comment on column file_download_outcome.ended_at is 'Hub clock, UTC.';
comment on column file_download_outcome.outcome is 'DELIVERED whole, NO_FILE to give, ABANDONED by the caller, FAULT on the way.';
comment on column file_download_outcome.hop is 'Where on the way the fault lay. Null unless FAULT.';
comment on column file_download_outcome.reason is 'Fault code with finer reason. Null unless FAULT.';
comment on column file_download_outcome.media_type is 'IANA media type. Null where the source gave no file.';
comment on column file_download_outcome.bytes is 'Bytes passed on; where it was not DELIVERED they are not the file.';
comment on column file_download_outcome.content_digest is 'SHA-256 of the whole file, hex. Null unless DELIVERED.';
create trigger file_download_outcome_append_only before update or delete or truncate
  on file_download_outcome for each statement execute function refuse_change();
