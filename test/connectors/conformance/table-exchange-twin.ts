import { FIXTURES, LICENSE_IDS } from '../../../sandbox/fixtures.ts';
import { SUBJECTS } from '../../../sandbox/fixtures-subjects.ts';
import type { TableTwin } from '../../../sandbox/table-exchange.ts';
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

/** What makes the row of the hit, or its table, no answer; `clearFault` puts all of it back. */
const SPOILED: Readonly<Record<string, readonly string[]>> = {
  'a day that is none': [`update "${TABLE}" set "ZZYXQJZRQ" = 'soon'`],
  'a column renamed': [`alter table "${TABLE}" rename column "ZZZT" to "ZT"`],
  'a key column renamed': [`alter table "${TABLE}" rename column "ZZBS" to "BS"`],
  'a table renamed': [`alter table "${TABLE}" rename to "CERT_LICENSE_OLD"`],
  'a time that is none': [
    `alter table "${TABLE}" alter column cd_time type text using cd_time::text`,
    `update "${TABLE}" set cd_time = 'yesterday'`,
  ],
  'an operation that nobody agreed on': [`update "${TABLE}" set cd_operation = 'X'`],
  'changes of the future': [`update "${TABLE}" set cd_time = cd_time + interval '9 years'`],
};
/** Of the only change of a record the time decides nothing. */
const CLEAN = ['a time that is none'];
const REPAIRS: Readonly<Record<string, readonly string[]>> = {
  'a column renamed': [`alter table "${TABLE}" rename column "ZT" to "ZZZT"`],
  'a key column renamed': [`alter table "${TABLE}" rename column "BS" to "ZZBS"`],
  'a table renamed': [`alter table "CERT_LICENSE_OLD" rename to "${TABLE}"`],
  'a time that is none': [
    `delete from "${TABLE}"`,
    `alter table "${TABLE}" alter column cd_time type timestamp(6) using cd_time::timestamp(6)`,
  ],
};

/** Tables in a database behind a relay, as the kit drives them. */
export async function createTableTwin(tables: TableTwin, relay: Relay): Promise<Twin> {
  const scan = createTableScan(tables);
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
    const spoil = name === 'UNKNOWN_STATUS' ? [UNKNOWN_STATUS] : (SPOILED[name] ?? []);
    if (spoil.length === 0) throw new Error(`no fault ${name}`);
    for (const statement of spoil) await tables.run(statement);
    return async () => {
      for (const statement of REPAIRS[name] ?? []) await tables.run(statement);
      await scan.restore();
    };
  };
  return {
    faults: ['REFUSED', 'HANG', 'UNAUTHORIZED', 'PART_DENIED', 'UNKNOWN_STATUS'],
    evil: Object.keys(SPOILED).map((name): EvilReply => ({
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

const UNKNOWN_STATUS = `update "${TABLE}" set "ZZZT" = '待核验'`;

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
      await tables.run(`update "${TABLE}" set cd_time = timestamp '2021-02-09 08:00:00'`);
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
