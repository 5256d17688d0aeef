-- The hub's own copies of collections that are compared every night, with digests of their ranges.

create table mirror_collection (
  id          integer generated always as identity primary key,
  name        text not null unique check (name <> ''),
  field_names text[] not null,
  field_types text[] not null,
  key_fields  smallint not null,
  flavor      text not null check (flavor in ('pg_record', 'pg_text', 'md5_text')),
  range_keys  integer not null check (range_keys between 1 and 65536),
  constraint mirror_collection_fields_whole
    check (cardinality(field_names) = cardinality(field_types) and key_fields between 1 and cardinality(field_names))
);
comment on table  mirror_collection is 'A collection of rows of which the hub keeps a copy to compare a source with.';
comment on column mirror_collection.id is 'Made by the database; rows and ranges refer to it.';
comment on column mirror_collection.name is 'As the comparison calls it.';
comment on column mirror_collection.field_names is 'Fields in the order of mirror_row.fields, those of the key first.';
comment on column mirror_collection.field_types is 'Their types, in the same order: TEXT, INTEGER, DECIMAL, DATE, TIMESTAMP, INSTANT, BOOLEAN or UUID.';
comment on column mirror_collection.key_fields is 'How many fields are the key.';
comment on column mirror_collection.flavor is 'How rows are hashed: the cheapest way that the source can do as well.';
comment on column mirror_collection.range_keys is 'About how many keys a range has after it was cut.';

create table mirror_row (
  collection_id integer  not null,
  bucket        smallint not null check (bucket between 0 and 63),
  key           text collate "C" not null,
  row_hash      bigint not null,
  fields        text[] not null,
  changed_at    timestamptz not null,
  primary key (collection_id, key, bucket) include (row_hash)
) partition by hash (bucket);
comment on table  mirror_row is 'A row of a collection as the hub keeps it, in a partition by the bucket of its key. Written through the table, never through a partition: its triggers keep mirror_range right. Without a foreign key to the collection, which would be checked for every row of every night.';
comment on column mirror_row.collection_id is 'Collection it belongs to.';
comment on column mirror_row.bucket is 'Hash of the key, 0 to 63, the same on every server: where buckets are spread over several, it says where the row is.';
comment on column mirror_row.key is 'Values of the key as one text that sorts as they do.';
comment on column mirror_row.row_hash is 'Hash of the fields in the flavor of the collection.';
comment on column mirror_row.fields is 'Values in canonical text, null for none, in the order of the collection.';
comment on column mirror_row.changed_at is 'Hub clock, UTC, when the row was written last with another content.';

create function mirror_row_parts() returns void language plpgsql as $$
declare
  part text;
  said record;
begin
  for number in 0..7 loop
    part := 'mirror_row_' || number;
    execute format('create table %I partition of mirror_row for values with (modulus 8, remainder %s)', part, number);
    execute format('comment on table %I is %L', part, 'Partition of mirror_row: buckets with remainder ' || number || ' of their hash.');
    for said in
      select a.attname, col_description(a.attrelid, a.attnum) as meaning
      from pg_attribute a where a.attrelid = 'mirror_row'::regclass and a.attnum > 0
    loop
      execute format('comment on column %I.%I is %L', part, said.attname, said.meaning);
    end loop;
  end loop;
end $$;
select mirror_row_parts();
drop function mirror_row_parts();

create table mirror_range (
  collection_id integer not null references mirror_collection,
  lower         text collate "C" not null,
  upper         text collate "C",
  rows          bigint  not null check (rows >= 0),
  xor64         bigint  not null,
  sum64         numeric not null,
  primary key (collection_id, lower),
  constraint mirror_range_is_one check (upper is null or lower < upper),
  constraint mirror_range_empty check (rows > 0 or (xor64 = 0 and sum64 = 0))
);
comment on table  mirror_range is 'Digests of ranges of keys. The ranges of a collection cover all keys and do not overlap. Kept by the triggers of mirror_row, in the transaction of the write.';
comment on column mirror_range.collection_id is 'Collection it belongs to.';
comment on column mirror_range.lower is 'First key of the range, which need not be there. Empty for the first range.';
comment on column mirror_range.upper is 'First key after the range. Null for the last range.';
comment on column mirror_range.rows is 'Rows whose keys are in the range.';
comment on column mirror_range.xor64 is 'Exclusive or of their hashes.';
comment on column mirror_range.sum64 is 'Sum of their hashes, without a limit of bits.';

-- Rows that a statement has taken away (gone) and put there (come). Writers of a collection follow
-- one another here, whatever else they do at once; so do those who cut its ranges anew.
create function mirror_lock(collections integer[]) returns void language plpgsql as $$
begin
  perform 1 from mirror_collection where id = any (collections) order by id for update;
end $$;

create function mirror_come() returns trigger language plpgsql as $$
begin
  perform mirror_lock(array(select distinct collection_id from come));
  update mirror_range r
     set rows = r.rows + d.rows, xor64 = r.xor64 # d.xor64, sum64 = r.sum64 + d.sum64
    from (select c.collection_id, p.lower, count(*) as rows, bit_xor(c.row_hash) as xor64, sum(c.row_hash) as sum64
            from come c
            cross join lateral (
              select lower from mirror_range
               where collection_id = c.collection_id and lower <= c.key order by lower desc limit 1) p
           group by c.collection_id, p.lower) d
   where r.collection_id = d.collection_id and r.lower = d.lower;
  return null;
end $$;

create function mirror_gone() returns trigger language plpgsql as $$
begin
  perform mirror_lock(array(select distinct collection_id from gone));
  update mirror_range r
     set rows = r.rows - d.rows, xor64 = r.xor64 # d.xor64, sum64 = r.sum64 - d.sum64
    from (select g.collection_id, p.lower, count(*) as rows, bit_xor(g.row_hash) as xor64, sum(g.row_hash) as sum64
            from gone g
            cross join lateral (
              select lower from mirror_range
               where collection_id = g.collection_id and lower <= g.key order by lower desc limit 1) p
           group by g.collection_id, p.lower) d
   where r.collection_id = d.collection_id and r.lower = d.lower;
  return null;
end $$;

create function mirror_changed() returns trigger language plpgsql as $$
begin
  perform mirror_lock(array(select distinct collection_id from come));
  update mirror_range r
     set rows = r.rows + d.rows, xor64 = r.xor64 # d.xor64, sum64 = r.sum64 + d.sum64
    from (select c.collection_id, p.lower, sum(c.sign) as rows, bit_xor(c.row_hash) as xor64, sum(c.sign * c.row_hash::numeric) as sum64
            from (select collection_id, key, row_hash, 1 as sign from come
                  union all
                  select collection_id, key, row_hash, -1 from gone) c
            cross join lateral (
              select lower from mirror_range
               where collection_id = c.collection_id and lower <= c.key order by lower desc limit 1) p
           group by c.collection_id, p.lower) d
   where r.collection_id = d.collection_id and r.lower = d.lower;
  return null;
end $$;

create trigger mirror_row_come after insert on mirror_row
  referencing new table as come for each statement execute function mirror_come();
create trigger mirror_row_changed after update on mirror_row
  referencing old table as gone new table as come for each statement execute function mirror_changed();
create trigger mirror_row_gone after delete on mirror_row
  referencing old table as gone for each statement execute function mirror_gone();
create trigger mirror_row_kept before truncate on mirror_row
  for each statement execute function refuse_change();
