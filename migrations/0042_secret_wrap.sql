-- Credentials of sources under another key encryption key: only the data key is wrapped anew, the secret stays as it was sealed.

create table source_secret_wrap (
  source      text not null,
  version     integer not null,
  number      integer not null check (number > 0),
  key_id      text not null check (key_id <> ''),
  wrapped_key bytea not null,
  wrapped_at  timestamptz not null,
  primary key (source, version, number),
  foreign key (source, version) references source_secret
);
comment on table  source_secret_wrap is 'A data key of credentials, wrapped anew when the key encryption key was changed. The latest stands for the first one in source_secret. Append-only.';
comment on column source_secret_wrap.source is 'The source.';
comment on column source_secret_wrap.version is 'Version of its credentials.';
comment on column source_secret_wrap.number is 'Counts from 1 within the version.';
comment on column source_secret_wrap.key_id is 'Which key encryption key wraps the data key.';
comment on column source_secret_wrap.wrapped_key is 'The same data key, AES-256-GCM under the key encryption key: nonce, tag, ciphertext.';
comment on column source_secret_wrap.wrapped_at is 'Hub clock, UTC.';
create trigger source_secret_wrap_append_only before update or delete or truncate on source_secret_wrap
  for each statement execute function refuse_change();
