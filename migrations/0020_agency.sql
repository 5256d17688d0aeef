-- Agencies that take part in the regime.

create table agency (
  code          text primary key check (code ~ '^[0-9A-Z]{18}$'),
  name          text not null check (length(name) between 1 and 200),
  region_code   text not null check (region_code ~ '^[0-9]{6}$'),
  level         text not null check (level in ('PROVINCE', 'CITY', 'COUNTY')),
  is_justice    boolean not null,
  version       integer not null check (version > 0),
  registered_at timestamptz not null,
  registered_by text not null
);
create index agency_region on agency (region_code, level);
comment on table  agency is 'An administrative organ (行政机关、单位) that takes part in the regime: who is responsible where.';
comment on column agency.code is 'Unified social credit code of the organ.';
comment on column agency.name is 'Its name, Chinese.';
comment on column agency.region_code is 'GB/T 2260 code of the region it is responsible for.';
comment on column agency.level is 'PROVINCE 省级, CITY 市级, COUNTY 县级.';
comment on column agency.is_justice is 'True for the justice bureau (司法行政部门), which owns the lists of its level, coordinates assistance and receives filings.';
comment on column agency.version is 'Counts from 1; a change raises it.';
comment on column agency.registered_at is 'Hub clock, UTC, of the last change.';
comment on column agency.registered_by is 'Operator of the last change, as the identity provider names them, or deployment.';
