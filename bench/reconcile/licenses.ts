import type { ComparedTable } from '../../src/differ/compared-table.ts';

/** The ten columns that are compared. */
export const LICENSE_FIELDS = [
  { name: 'id', column: 'id', type: 'INTEGER' },
  { name: 'certificateNumber', column: 'certificate_number', type: 'TEXT' },
  { name: 'kind', column: 'kind', type: 'INTEGER' },
  { name: 'holderName', column: 'holder_name', type: 'TEXT' },
  { name: 'holderCode', column: 'holder_code', type: 'TEXT' },
  { name: 'issuer', column: 'issuer', type: 'TEXT' },
  { name: 'issuedOn', column: 'issued_on', type: 'DATE' },
  { name: 'validUntil', column: 'valid_until', type: 'DATE' },
  { name: 'status', column: 'status', type: 'TEXT' },
  { name: 'changedAt', column: 'changed_at', type: 'INSTANT' },
] as const satisfies ComparedTable['fields'];

export const LICENSE_TABLE: ComparedTable = {
  table: 'license',
  fields: LICENSE_FIELDS,
  keys: 1,
  settle: null,
};

/** Statements that make so many synthetic licenses, and an index by the key. */
export function makeLicenses(rows: number): readonly string[] {
  return [
    `create table license (
       id bigint not null, certificate_number text not null, kind smallint not null,
       holder_name text not null, holder_code text not null, issuer text not null,
       issued_on date not null, valid_until date, status text not null,
       changed_at timestamptz not null)`,
    `insert into license
     select g, 'JN' || lpad((g::bigint * 6700417 % 9999999967)::text, 12, '0') || '-' || g % 89,
            g % 61,
            (array['任城区', '兖州区', '曲阜市', '邹城市', '微山县', '鱼台县', '泗水县'])[1 + g % 7]
              || (array['春和', '永安', '长青', '明德', '同庆'])[1 + g % 5] || '食品经营部' || g,
            '92370811MA' || upper(lpad(to_hex(g::bigint * 2246822519 % 4294967296), 8, '0')),
            (array['市行政审批服务局', '市市场监管局', '区行政审批服务局', '市卫生健康委'])[1 + g % 4],
            date '2014-06-01' + g % 4000,
            case when g % 6 = 0 then null else date '2026-03-01' + g % 1900 end,
            (array['VALID', 'VALID', 'VALID', 'VALID', 'VALID', 'SUSPENDED', 'REVOKED'])[1 + g % 7],
            timestamptz '2021-05-01 00:00:00+08' + (g % 70000000) * interval '1 second'
       from generate_series(1, ${rows}) g`,
    'alter table license add primary key (id)',
    'vacuum analyze license',
  ];
}

/** Scattered differences: five of nine changed, two gone and two new, as a share of 900. */
export function changeLicenses(rows: number, differences: number): readonly string[] {
  const changed = Math.round((differences * 5) / 9);
  const others = Math.round((differences * 2) / 9);
  const step = (count: number): number => Math.max(1, Math.floor(rows / count));
  return [
    `update license set status = 'ANNULLED', changed_at = changed_at + interval '1 hour'
      where id % ${step(changed)} = 7 % ${step(changed)} and id <= ${step(changed) * changed}`,
    `delete from license
      where id % ${step(others)} = 3 % ${step(others)} and id <= ${step(others) * others}`,
    `insert into license
     select (${rows} + id), certificate_number || 'N', kind, holder_name, holder_code, issuer,
            issued_on, valid_until, status, changed_at
       from license where id % ${step(others)} = 11 % ${step(others)} and id <= ${step(others) * others}`,
    'vacuum analyze license',
  ];
}
