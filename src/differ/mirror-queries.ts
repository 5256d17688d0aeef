import { join, piece, sql, type Piece } from '../connector-kit/tables/statement.ts';
import type { KeyRange, RangeDigest } from '../model/range-digest.ts';
import type { RowKey } from '../model/row-key.ts';
import type { Database, Transaction } from '../store/database.ts';
import type { Mirror } from './mirror.ts';
import { held, rowHash, valueOf, type FieldType, type Value } from './row-speech.ts';

/** A row to be kept. */
export interface GivenRow {
  readonly key: RowKey;
  readonly bucket: number;
  readonly values: readonly (string | null)[];
}

interface CollectionRow {
  readonly id: number;
  readonly name: string;
  readonly field_names: readonly string[];
  readonly field_types: readonly FieldType[];
  readonly key_fields: number;
  readonly flavor: Mirror['flavor'];
  readonly range_keys: number;
}

/** Null where there is none of that name. */
export async function findMirror(db: Database, name: string): Promise<Mirror | null> {
  const row = await db<CollectionRow>('mirror_collection').where({ name }).first();
  if (row === undefined) return null;
  const fields = row.field_names.map((field, at) => ({
    name: field,
    type: row.field_types[at] ?? 'TEXT',
  }));
  const { id, flavor, key_fields: keys, range_keys: rangeKeys } = row;
  return { id, name: row.name, fields, keys, flavor, rangeKeys };
}

/** With one range, which takes all keys. Does nothing where there is one of that name. */
export async function insertMirror(db: Database, mirror: Omit<Mirror, 'id'>): Promise<void> {
  await db.raw(
    `with made as (
       insert into mirror_collection (name, field_names, field_types, key_fields, flavor, range_keys)
       values (:name, :names, :types, :keys, :flavor, :rangeKeys)
       on conflict (name) do nothing returning id)
     insert into mirror_range (collection_id, lower, upper, rows, xor64, sum64)
     select id, '', null, 0, 0, 0 from made`,
    {
      name: mirror.name,
      names: mirror.fields.map(({ name }) => name),
      types: mirror.fields.map(({ type }) => type),
      keys: mirror.keys,
      flavor: mirror.flavor,
      rangeKeys: mirror.rangeKeys,
    },
  );
}

/** The values of a row of `mirror_row as t`. */
export function mirrorValues({ fields }: Pick<Mirror, 'fields'>): readonly Value[] {
  return fields.map(({ type }, at) => {
    const text = piece(`t.fields[${at + 1}]`);
    return { type, held: held(type, text), text };
  });
}

/** Puts rows whose keys differ. Returns how many were not there in this form. */
export async function putRows(
  trx: Database | Transaction,
  mirror: Mirror,
  { rows, now }: { readonly rows: readonly GivenRow[]; readonly now: Date },
): Promise<number> {
  const values = mirrorValues(mirror);
  const canonical = values.map(({ type, held: value }) => valueOf('postgresql', type, value).text);
  const given = JSON.stringify(
    rows.map(({ key, bucket, values: fields }) => ({ k: key, b: bucket, f: fields })),
  );
  const put = sql`with given as (
      select e ->> 'k' as key, (e ->> 'b')::smallint as bucket,
             array(select f from jsonb_array_elements_text(e -> 'f') with ordinality as x(f, n) order by n) as fields
        from jsonb_array_elements(${piece('?::jsonb', [given])}) e
    ), canonical as (
      select t.key, t.bucket, array[${join(canonical, ', ')}]::text[] as fields from given t
    ), hashed as (
      select t.key, t.bucket, t.fields, ${rowHash(mirror.flavor, 'postgresql', { values, keys: mirror.keys })} as row_hash
        from canonical t
    ), put as (
      insert into mirror_row as own (collection_id, bucket, key, row_hash, fields, changed_at)
      select ${piece('?::int', [String(mirror.id)])}, bucket, key, row_hash, fields, ${piece('?::timestamptz', [now.toISOString()])}
        from hashed
      on conflict (collection_id, key, bucket) do update
         set row_hash = excluded.row_hash, fields = excluded.fields, changed_at = excluded.changed_at
       where own.fields is distinct from excluded.fields
      returning 1)
    select count(*)::int as count from put`;
  return countOf(trx, put);
}

/** Removes the rows of these keys. Returns how many were there. */
export async function deleteRows(
  trx: Database | Transaction,
  mirror: Mirror,
  keys: readonly { readonly key: RowKey; readonly bucket: number }[],
): Promise<number> {
  const given = JSON.stringify(keys.map(({ key, bucket }) => ({ k: key, b: bucket })));
  return countOf(
    trx,
    sql`with gone as (
        delete from mirror_row r
         using jsonb_array_elements(${piece('?::jsonb', [given])}) e
         where r.collection_id = ${piece('?::int', [String(mirror.id)])}
           and r.key = e ->> 'k' and r.bucket = (e ->> 'b')::smallint
        returning 1)
      select count(*)::int as count from gone`,
  );
}

/** Removes the rows of a range that have none of these keys. Returns how many there were. */
export async function deleteOthers(
  trx: Database | Transaction,
  mirror: Mirror,
  among: {
    readonly after: RowKey | null;
    readonly upTo: RowKey | null;
    readonly keys: readonly RowKey[];
  },
): Promise<number> {
  const { after, upTo, keys } = among;
  return countOf(
    trx,
    sql`with gone as (
        delete from mirror_row
         where collection_id = ${piece('?::int', [String(mirror.id)])}
           and key > ${piece('?', [after ?? ''])}
           and ${upTo === null ? piece('true') : piece('key <= ?', [upTo])}
           and key not in (
             select jsonb_array_elements_text(${piece('?::jsonb', [JSON.stringify(keys)])})
           )
        returning 1)
      select count(*)::int as count from gone`,
  );
}

async function countOf(trx: Database | Transaction, query: Piece): Promise<number> {
  const answer = await trx.raw<{ rows: readonly { count: number }[] }>(query.sql, [
    ...query.bindings,
  ]);
  return answer.rows[0]?.count ?? 0;
}

/** A range as it is stored. */
export interface StoredRange extends RangeDigest, KeyRange {}

/** The longest range of more than so many rows, with the lock that writers wait for. Or null. */
export async function findLongRange(
  trx: Transaction,
  { id }: Mirror,
  rowsMax: number,
): Promise<StoredRange | null> {
  await trx.raw('select 1 from mirror_collection where id = ? for update', [id]);
  const { rows } = await trx.raw<{ rows: readonly RangeRow[] }>(
    `select lower, upper, rows::text as c, xor64::text as x, sum64::text as s from mirror_range
      where collection_id = ? and rows > ? order by rows desc, lower limit 1`,
    [id, rowsMax],
  );
  return rows[0] === undefined ? null : readRange(rows[0]);
}

interface RangeRow {
  readonly lower: string;
  readonly upper: string | null;
  readonly c: string;
  readonly x: string;
  readonly s: string;
}

/** A range of the table as the engine has it. */
export function readRange(row: RangeRow): StoredRange {
  return {
    from: row.lower === '' ? null : (row.lower as RowKey),
    to: row.upper as RowKey | null,
    rows: Number(row.c),
    xor64: BigInt(row.x),
    sum64: BigInt(row.s),
  };
}

/** Digests of the first parts of a range, of so many keys each; `first` is the part's first key. */
export async function cutParts(
  trx: Transaction,
  mirror: Mirror,
  { from, to, parts }: KeyRange & { readonly parts: number },
): Promise<readonly (RangeDigest & { readonly first: RowKey })[]> {
  const answer = await trx.raw<{ rows: readonly (RangeRow & { first: RowKey })[] }>(
    `select min(key) as first, count(*)::text as c, bit_xor(row_hash)::text as x, sum(row_hash)::text as s
       from (select key, row_hash, (row_number() over (order by key) - 1) / :size::int as part
               from (select key, row_hash from mirror_row
                      where collection_id = :id and key >= :lower and (:upper::text is null or key < :upper)
                      order by key limit :most) taken) numbered
      group by part order by part`,
    {
      id: mirror.id,
      size: mirror.rangeKeys,
      lower: from ?? '',
      upper: to,
      most: parts * mirror.rangeKeys,
    },
  );
  return answer.rows.map((row) => ({ ...readRange(row), first: row.first }));
}

/** Puts ranges in the place of one that they cut. */
export async function replaceRange(
  trx: Transaction,
  mirror: Mirror,
  { old, ranges }: { readonly old: KeyRange; readonly ranges: readonly StoredRange[] },
): Promise<void> {
  await trx('mirror_range')
    .where({ collection_id: mirror.id, lower: old.from ?? '' })
    .delete();
  await trx('mirror_range').insert(
    ranges.map(({ from, to, rows, xor64, sum64 }) => ({
      collection_id: mirror.id,
      lower: from ?? '',
      upper: to,
      rows,
      xor64: String(xor64),
      sum64: String(sum64),
    })),
  );
}
