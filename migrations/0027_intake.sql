-- Rows that sources hand over in passes, kept to answer from.

create table intake_collection (
  id         integer generated always as identity primary key,
  source     text not null check (source <> ''),
  edition    text not null check (edition <> ''),
  collection text not null check (collection <> ''),
  watermark  text,
  rows_kept  bigint not null default 0 check (rows_kept >= 0),
  rows_live  bigint not null default 0 check (rows_live >= 0),
  bytes_kept bigint not null default 0 check (bytes_kept >= 0),
  run_at     timestamptz,
  fault      text check (fault <> ''),
  fault_at   timestamptz,
  holder     uuid,
  held_until timestamptz,
  open_pass     bigint,
  last_pass     bigint,
  complete_pass bigint,
  settled_pass  bigint,
  constraint intake_collection_of_source unique (source, edition, collection),
  constraint intake_collection_live_is_kept check (rows_live <= rows_kept),
  constraint intake_collection_fault_whole check ((fault is null) = (fault_at is null)),
  constraint intake_collection_lease_whole check ((holder is null) = (held_until is null))
);
comment on table  intake_collection is 'One table, list or kind of file that a source hands over in passes: how far it was read, and which run is reading it.';
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
  id            uuid primary key,
  number        bigint generated always as identity unique,
  collection_id integer not null references intake_collection,
  name          text not null check (name <> ''),
  state         text not null check (state in ('RUNNING', 'COMPLETE', 'FAILED')),
  started_at    timestamptz not null,
  ended_at      timestamptz,
  attempts      integer not null check (attempts > 0),
  whole         boolean not null,
  shows_all     boolean not null,
  live_before   bigint not null check (live_before >= 0),
  pages         integer not null default 0 check (pages >= 0),
  kept          bigint not null default 0 check (kept >= 0),
  unchanged     bigint not null default 0 check (unchanged >= 0),
  deleted       bigint not null default 0 check (deleted >= 0),
  rejected      bigint not null default 0 check (rejected >= 0),
  quarantined   bigint not null default 0 check (quarantined >= 0),
  removed       bigint not null default 0 check (removed >= 0),
  "full"        boolean not null default false,
  resume        text,
  watermark     text,
  as_of         timestamptz,
  reason        text check (reason <> ''),
  proposed_at   timestamptz,
  proposed_by   text check (proposed_by <> ''),
  proposal      text check (proposal <> ''),
  accepted_at   timestamptz,
  accepted_by   text check (accepted_by <> ''),
  constraint intake_pass_ended check ((state = 'RUNNING') = (ended_at is null)),
  constraint intake_pass_failed_has_reason check ((state = 'FAILED') = (reason is not null)),
  constraint intake_pass_complete_has_no_resume check (state <> 'COMPLETE' or resume is null),
  constraint intake_pass_full_is_sound check (not "full" or (state = 'COMPLETE' and whole and rejected + quarantined = 0)),
  constraint intake_pass_proposed_whole check ((proposed_at is null) = (proposed_by is null) and (proposed_at is null) = (proposal is null)),
  constraint intake_pass_accepted_whole check ((accepted_at is null) = (accepted_by is null)),
  constraint intake_pass_accepted_by_two check (accepted_by is null or (proposed_by is not null and accepted_by <> proposed_by))
);
create index intake_pass_of_collection on intake_pass (collection_id, number desc);
create index intake_pass_done on intake_pass (collection_id, name) where state = 'COMPLETE';
create index intake_pass_not_taken on intake_pass (collection_id, number) where rejected + quarantined > 0;
comment on table  intake_pass is 'One reading of a collection, from its first page on, over as many runs as it took. Each page was kept in one transaction with the counts and the resume of this row, so that the row proves which pages were kept.';
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

alter table intake_collection
  add foreign key (open_pass) references intake_pass (number),
  add foreign key (last_pass) references intake_pass (number),
  add foreign key (complete_pass) references intake_pass (number);

create table intake_reject (
  pass    bigint not null references intake_pass (number),
  ordinal integer not null check (ordinal > 0),
  place   bigint not null,
  field   text,
  reason  text not null check (reason <> ''),
  primary key (pass, ordinal)
);
comment on table  intake_reject is 'A change that was not taken. Of each pass the first thousand; never a value.';
comment on column intake_reject.pass is 'Number of the pass.';
comment on column intake_reject.ordinal is 'From 1, in the order in which they were met.';
comment on column intake_reject.place is 'Line, row number or position within the pass, from 1.';
comment on column intake_reject.field is 'Column as the source calls it. Null for the whole row.';
comment on column intake_reject.reason is 'Fixed word of the connector, or of the hub: NO_ID, NOT_TEXT, TOO_LONG, ORDER_NOT_COMPARABLE.';
create trigger intake_reject_unchanged before update or truncate on intake_reject
  for each statement execute function refuse_change();

create table intake_row (
  collection_id integer not null references intake_collection,
  row_id        text collate "C" not null check (row_id <> ''),
  about         text collate "C" not null,
  keys          text[] collate "C" not null,
  change_order  text collate "C" not null,
  deleted       boolean not null,
  swept         boolean not null,
  "values"      jsonb not null check (jsonb_typeof("values") = 'object'),
  bytes         integer not null check (bytes >= 0),
  pass          bigint not null,
  seen_in       bigint not null,
  seen_at       timestamptz not null,
  primary key (collection_id, row_id),
  constraint intake_row_swept_is_deleted check (deleted or not swept),
  constraint intake_row_deleted_is_empty check (not deleted or (keys = '{}' and "values" = '{}' and bytes = 0))
) with (fillfactor = 80);
create index intake_row_keys on intake_row using gin (keys);
create index intake_row_about on intake_row (about, collection_id) where not deleted;
comment on table  intake_row is 'A row as a source last handed it over, or the news that it is gone. Passes are named by number without a foreign key, which would be checked for every row of every night.';
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
