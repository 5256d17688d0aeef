import { quote, type TableDialect } from './table-link.ts';

/** What a column holds; `STAMP` is a time of the database, `TEXT` may hold anything. */
type ColumnKind = 'TEXT' | 'PADDED' | 'LONG' | 'NUMBER' | 'STAMP';

interface ColumnSketch {
  readonly name: string;
  readonly kind: ColumnKind;
  /** As the provider's own list of columns calls it. */
  readonly title: string;
}

/** A table as a provider makes it. Nothing in it is unique: it holds every change. */
export interface TableSketch {
  readonly name: string;
  /** What tells one record from another. */
  readonly id: readonly string[];
  readonly columns: readonly ColumnSketch[];
}

/** 操作类型, 变更时间, 批次, 流水号. The time is a text in half of all tables that are exchanged. */
function deltaColumns(time: 'STAMP' | 'TEXT'): readonly ColumnSketch[] {
  return [
    { name: 'cd_id', kind: 'NUMBER', title: '流水号' },
    { name: 'cd_operation', kind: 'TEXT', title: '操作类型' },
    { name: 'cd_time', kind: time, title: '变更时间' },
    { name: 'cd_batch', kind: 'TEXT', title: '批次号' },
  ];
}

function sketch(
  name: string,
  id: readonly string[],
  columns: readonly (readonly [string, string, ColumnKind?])[],
  time: 'STAMP' | 'TEXT' = 'STAMP',
): TableSketch {
  const own = columns.map(([column, title, kind = 'TEXT']) => ({ name: column, kind, title }));
  return { name, id, columns: [...own, ...deltaColumns(time)] };
}

/** The tables of market regulation that are returned to cities, and one of licenses. */
export const TABLE_SKETCHES: readonly TableSketch[] = [
  sketch(
    'E_BASEINFO',
    ['PRIPID'],
    [
      ['PRIPID', '主体身份代码'],
      ['UNISCID', '统一社会信用代码', 'PADDED'],
      ['REGNO', '注册号'],
      ['ENTNAME', '企业名称'],
      ['NAME', '法定代表人'],
      ['ENTTYPE', '企业类型'],
      ['ENTTYPE_CN', '企业类型（中文）'],
      ['REGCAP', '注册资本（万元）'],
      ['REGCAPCUR_CN', '注册资本币种'],
      ['ESTDATE', '成立日期'],
      ['APPRDATE', '核准日期'],
      ['OPFROM', '经营期限自'],
      ['OPTO', '经营期限至'],
      ['DOM', '住所'],
      ['OPSCOPE', '经营范围', 'LONG'],
      ['REGORG', '登记机关'],
      ['REGORG_CN', '登记机关（中文）'],
      ['REGSTATE', '登记状态'],
      ['REGSTATE_CN', '登记状态（中文）'],
      ['REVDATE', '吊销日期'],
      ['CANDATE', '注销日期'],
    ],
  ),
  sketch(
    'E_ALTER_RECODER',
    ['RECID'],
    [
      ['RECID', '记录号'],
      ['PRIPID', '主体身份代码'],
      ['ALTITEM_CN', '变更事项'],
      ['ALTBE', '变更前', 'LONG'],
      ['ALTAF', '变更后', 'LONG'],
      ['ALTDATE', '变更日期'],
    ],
    'TEXT',
  ),
  sketch(
    'AO_OPA_DETAIL',
    ['RECID'],
    [
      ['RECID', '记录号'],
      ['PRIPID', '主体身份代码'],
      ['SPECAUSE_CN', '列入经营异常名录原因', 'LONG'],
      ['ABNTIME', '列入日期'],
      ['DECORG_CN', '作出决定机关（列入）'],
      ['REMEXCPRES_CN', '移出经营异常名录原因', 'LONG'],
      ['REMDATE', '移出日期'],
      ['REDECORG_CN', '作出决定机关（移出）'],
    ],
  ),
  sketch(
    'E_LI_ILLDISDETAIL',
    ['RECID'],
    [
      ['RECID', '记录号'],
      ['PRIPID', '主体身份代码'],
      ['SERILLREA_CN', '列入严重违法失信名单原因', 'LONG'],
      ['ABNTIME', '列入日期'],
      ['DECORG_CN', '作出决定机关（列入）'],
      ['REMDATE', '移出日期'],
    ],
    'TEXT',
  ),
  sketch(
    'CASE_CF_BASEINFO',
    ['CASEID'],
    [
      ['CASEID', '案件编号'],
      ['PENDECNO', '行政处罚决定书文号'],
      ['PENAUTH_CN', '处罚机关'],
      ['PENDECISSDATE', '处罚决定日期'],
      ['PUBLICDATE', '公示日期'],
    ],
  ),
  sketch(
    'CASE_CF_IRREGPUNISHINFO',
    ['CASEID', 'ILLEGACTTYPE'],
    [
      ['CASEID', '案件编号'],
      ['ILLEGACTTYPE', '违法行为类型'],
      ['PENCONTENT', '行政处罚内容', 'LONG'],
    ],
  ),
  sketch(
    'CASE_CF_PARTYINFO',
    ['CASEID', 'UNISCID'],
    [
      ['CASEID', '案件编号'],
      ['UNISCID', '统一社会信用代码', 'PADDED'],
      ['PRIPID', '主体身份代码'],
      ['PARTYNAME', '当事人名称'],
    ],
  ),
  sketch(
    'CASE_CF_TRANS',
    ['CASEID', 'TRANSID'],
    [
      ['CASEID', '案件编号'],
      ['TRANSID', '移送编号'],
      ['TRANSORG_CN', '移送机关'],
      ['TRANSDATE', '移送日期'],
    ],
  ),
  sketch(
    'CERT_LICENSE',
    ['ZZBS'],
    [
      ['ZZBS', '证照标识'],
      ['ZZLXDM', '证照类型代码'],
      ['ZZMC', '证照名称'],
      ['ZZBH', '证照编号'],
      ['CZZT', '持证主体'],
      ['CZZTDM', '持证主体代码', 'PADDED'],
      ['ZZBFJG', '颁发机构'],
      ['ZZBFRQ', '颁发日期'],
      ['ZZYXQQSRQ', '有效期起始日期'],
      ['ZZYXQJZRQ', '有效期截止日期'],
      ['ZZZT', '证照状态'],
    ],
  ),
];

/** @throws {RangeError} for a table the twin does not make. */
export function sketchOf(table: string): TableSketch {
  const found = TABLE_SKETCHES.find(({ name }) => name === table);
  if (found === undefined) throw new RangeError(`There is no table ${table}.`);
  return found;
}

/** Statements that make a table, its indexes and its comments. */
export function makeTable(dialect: TableDialect, table: TableSketch): readonly string[] {
  const q = (name: string): string => quote(dialect, name);
  const name = q(table.name);
  const columns = table.columns.map((each) => {
    const comment = dialect === 'mysql' ? ` comment '${each.title}'` : '';
    return `${q(each.name)} ${typeOf(dialect, each.kind)}${comment}`;
  });
  const keys = table.id.map(q).join(', ');
  const [first = ''] = table.id;
  const comments =
    dialect === 'mysql'
      ? []
      : table.columns.map((each) => `comment on column ${name}.${q(each.name)} is '${each.title}'`);
  return [
    `create table ${name} (${columns.join(', ')})`,
    `create index ${q(`${table.name}_by_time`)} on ${name} (${q('cd_time')}, ${keys})`,
    `create index ${q(`${table.name}_by_id`)} on ${name} (${q(first)})`,
    ...comments,
  ];
}

function typeOf(dialect: TableDialect, kind: ColumnKind): string {
  switch (kind) {
    case 'TEXT':
      return 'varchar(160)';
    case 'PADDED':
      return 'char(20)';
    case 'LONG':
      return 'text';
    case 'NUMBER':
      return 'bigint';
    case 'STAMP':
      return dialect === 'postgresql' ? 'timestamp(6)' : 'datetime(6)';
  }
}
