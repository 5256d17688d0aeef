import { FIXTURES, LICENSE_IDS } from '../../../sandbox/fixtures.ts';
import { SUBJECTS } from '../../../sandbox/fixtures-subjects.ts';
import type { TableTwin } from '../../../sandbox/table-exchange.ts';
import { quote, type TableDialect } from '../../../sandbox/table-link.ts';
import { writeLicenseRow, type TableValues } from '../../../sandbox/table-rows.ts';
import type { EvilReply, Twin, TwinScan } from '../../../src/connector-kit/conformance/twin.ts';
import { need } from '../questions.ts';
import type { Relay } from './relay.ts';

export const TABLE = 'CERT_LICENSE';
/** A second table, which can be denied alone. */
export const OTHER = 'E_BASEINFO';
export const PAGE_ROWS = 250;
const LONG_ROWS = 50_000;
const OTHER_PASSWORD = 'a-password-of-somebody-else';

const { e4 } = SUBJECTS;
const KNOWN = FIXTURES.licenses.filter(
  ({ identifier, holderCode }) => identifier === LICENSE_IDS.endsOn17 || holderCode === e4.code,
);

const UNREADABLE = need(
  FIXTURES.licenses.find(({ identifier }) => identifier === LICENSE_IDS.endsOn18),
);

/** What makes the row of the hit, or its table, no answer, and how a table is mended after it. */
interface Spoiling {
  readonly spoil: readonly string[];
  readonly repair: readonly string[];
}

/** Rows need no repair: `clearFault` writes them again. */
function spoilingsOf(dialect: TableDialect): Readonly<Record<string, Spoiling>> {
  const q = (name: string): string => quote(dialect, name);
  const table = q(TABLE);
  const isPostgres = dialect === 'postgresql';
  const [asText, asTime, years] = isPostgres
    ? [
        'alter column cd_time type text using cd_time::text',
        'alter column cd_time type timestamp(6) using cd_time::timestamp(6)',
        `interval '9 years'`,
      ]
    : ['modify cd_time varchar(64)', 'modify cd_time datetime(6)', 'interval 9 year'];
  const renamed = (from: string, to: string): Spoiling => ({
    spoil: [`alter table ${table} rename column ${q(from)} to ${q(to)}`],
    repair: [`alter table ${table} rename column ${q(to)} to ${q(from)}`],
  });
  return {
    UNKNOWN_STATUS: { spoil: [`update ${table} set ${q('ZZZT')} = '待核验'`], repair: [] },
    'a day that is none': {
      spoil: [`update ${table} set ${q('ZZYXQJZRQ')} = 'soon'`],
      repair: [],
    },
    'a column renamed': renamed('ZZZT', 'ZT'),
    'a key column renamed': renamed('ZZBS', 'BS'),
    'a table renamed': {
      spoil: [`alter table ${table} rename to ${q('CERT_LICENSE_OLD')}`],
      repair: [`alter table ${q('CERT_LICENSE_OLD')} rename to ${table}`],
    },
    'a time that is none': {
      spoil: [`alter table ${table} ${asText}`, `update ${table} set cd_time = 'yesterday'`],
      repair: [`delete from ${table}`, `alter table ${table} ${asTime}`],
    },
    'an operation that nobody agreed on': {
      spoil: [`update ${table} set cd_operation = 'X'`],
      repair: [],
    },
    'changes of the future': {
      spoil: [`update ${table} set cd_time = cd_time + ${years}`],
      repair: [],
    },
  };
}
/** Of the only change of a record the time decides nothing. */
const CLEAN = ['a time that is none'];
/** Faults of the kit rather than replies of its own kind. */
const KIT_FAULTS = ['UNKNOWN_STATUS'];

/** Tables in a database behind a relay, as the kit drives them. */
export async function createTableTwin(tables: TableTwin, relay: Relay): Promise<Twin> {
  const scan = createTableScan(tables);
  const spoilings = spoilingsOf(tables.dialect);
  await scan.restore();
  let undo: () => Promise<void> = () => Promise.resolve();
  const play = async (name: string): Promise<() => Promise<void>> => {
    if (name === 'UNAUTHORIZED') {
      await tables.setPassword(OTHER_PASSWORD);
      return () => tables.setPassword(tables.reader.password);
    }
    if (name === 'PART_DENIED') {
      await tables.allow(OTHER, false);
      return () => tables.allow(OTHER, true);
    }
    const spoiling = spoilings[name];
    if (spoiling === undefined) throw new Error(`no fault ${name}`);
    for (const statement of spoiling.spoil) await tables.run(statement);
    return async () => {
      for (const statement of spoiling.repair) await tables.run(statement);
      await scan.restore();
    };
  };
  return {
    faults: ['REFUSED', 'HANG', 'UNAUTHORIZED', 'PART_DENIED', 'UNKNOWN_STATUS'],
    evil: Object.keys(spoilings)
      .filter((name) => !KIT_FAULTS.includes(name))
      .map((name): EvilReply => ({
        name,
        answer: CLEAN.includes(name) ? 'CLEAN_ALLOWED' : 'NONE',
      })),
    part: OTHER,
    async setFault(name) {
      if (name === 'REFUSED' || name === 'HANG') relay.setFault(name);
      else undo = await play(name);
    },
    async clearFault() {
      relay.setFault(null);
      const last = undo;
      undo = () => Promise.resolve();
      await last();
    },
    callCount: () => Promise.resolve(relay.countSent()),
    openSockets: () => Promise.resolve(relay.countOpen()),
    pendingCalls: () => Promise.resolve(relay.countWaiting()),
    scan,
    push: null,
  };
}

function createTableScan(tables: TableTwin): TwinScan {
  const held = new Set<string>();
  const idOf = (row: number): string => `L${String(row).padStart(12, '0')}`;
  const clear = async (): Promise<void> => {
    held.clear();
    await tables.clear(TABLE);
  };
  const put = async (operation: string, values: TableValues): Promise<void> => {
    held.add(values['ZZBS'] ?? '');
    await tables.write({ table: TABLE, operation, values });
  };
  return {
    collection: TABLE,
    pageRows: PAGE_ROWS,
    longRows: LONG_ROWS,
    async reset(rows) {
      await clear();
      if (rows === 0) return;
      await tables.fill({ first: 1, rows });
      const table = quote(tables.dialect, TABLE);
      await tables.run(`update ${table} set cd_time = timestamp '2021-02-09 08:00:00'`);
      for (let row = 1; row <= rows; row += 1) held.add(idOf(row));
    },
    write: (row) =>
      put(held.has(idOf(row)) ? 'U' : 'I', {
        ZZBS: idOf(row),
        ZZLXDM: '11100000MB0143028R001',
        CZZT: '济宁示例',
        CZZTDM: `H${String(row).padStart(17, '0')}`,
        ZZZT: '有效',
        ZZYXQJZRQ: '',
      }),
    ids: () => Promise.resolve([...held]),
    idOf,
    async restore() {
      await clear();
      for (const license of KNOWN) await put('I', writeLicenseRow(license).values);
      // A row that cannot be read: its last day is no day.
      await put('I', { ...writeLicenseRow(UNREADABLE).values, ZZYXQJZRQ: 'soon' });
    },
  };
}
