import { writeDrop } from '../../sandbox/file-drop.ts';
import { encodeGb18030 } from '../../sandbox/file-charset.ts';
import type { SftpFault } from '../../sandbox/sftp.ts';
import type { Twin, TwinFault, TwinScan } from '../../src/connector-kit/conformance/twin.ts';
import { REGISTRATIONS, type DropRig, type PlaceType } from './file-drop-rig.ts';

/** What the questions are about: found, and not touched by rules that rewrite rows. */
export const KNOWN = { id: 'a-known', code: '91370811MA3TE0T0XE', name: '济宁示例商贸有限公司' };
/** A second collection, which can be denied alone. */
export const OTHER = 'AN_BASEINFO';
export const PAGE_ROWS = 5;
const LONG_ROWS = 50_000;

const TEXT = { type: 'TEXT', separator: '|', charset: 'gb18030' } as const;
const KNOWN_ROW = [KNOWN.id, KNOWN.code, KNOWN.name, '存续', ''];
const HEADER = REGISTRATIONS.columns.join('|');
const utf8 = (text: string): Buffer => Buffer.from(text);
const gbk = (text: string): Buffer => encodeGb18030(text);
const line = `${KNOWN_ROW.join('|')}\n`;

/** Files that are no answer, whole as they may look. */
const EVIL: Readonly<Record<string, Buffer>> = {
  'login-page': utf8('<html><body><form>登录</form></body></html>\n'),
  json: utf8('{"code":0,"data":[]}\n'),
  empty: utf8(''),
  'one-byte': utf8('\n'),
  'no-heading': gbk(line),
  'heading-renamed': gbk(`${HEADER.replace('UNISCID', 'TYSHXYDM')}\n${line}`),
  'heading-of-mapping-renamed': gbk(`${HEADER.replace('REGSTATE_CN', 'ZT')}\n${line}`),
  'heading-twice': gbk(`${HEADER}|UNISCID\n${line}`),
  'heading-cut': gbk(HEADER.slice(0, 20)),
  'heading-without-end': gbk(HEADER),
  'heading-blank': gbk(`${HEADER}|\n`),
  'heading-in-other-bytes': Buffer.concat([Buffer.from([0xff]), gbk(`${HEADER}\n${line}`)]),
  'other-separator': gbk(`${HEADER}\n${line}`.replaceAll('|', ',')),
  'utf-8': utf8(`${HEADER}\n${line}`),
  'utf-8-with-mark': utf8(`\uFEFF${HEADER}\n${line}`),
  'utf-16': Buffer.from(`\uFEFF${HEADER}\n${line}`, 'utf16le'),
  zip: Buffer.from('504b0304140000000800', 'hex'),
  gzip: Buffer.from('1f8b0800000000000003', 'hex'),
  zeros: Buffer.alloc(4_096),
  'only-rejects': gbk(`${HEADER}\n${'a|b\n'.repeat(10)}`),
  'too-many-rejects': gbk(`${HEADER}\n${line}${'a|b\n'.repeat(60)}`),
  'endless-heading': Buffer.alloc(3 * 1024 * 1024, 'x'),
  'old-mac-lines': gbk(`${HEADER}\n${line}`.replaceAll('\n', '\r')),
  'blank-name': gbk(`${HEADER}\n${KNOWN.id}|${KNOWN.code}||存续|\n`),
  'bad-day': gbk(`${HEADER}\n${KNOWN.id}|${KNOWN.code}|${KNOWN.name}|存续|20261399\n`),
  'windows-lines': gbk(`${HEADER}\n${line}`.replaceAll('\n', '\r\n')),
  'mark-of-gb18030': gbk(`\uFEFF${HEADER}\n${line}`),
};
const CLEAN_ALLOWED = ['windows-lines', 'mark-of-gb18030'];

const SFTP_FAULTS: Readonly<Partial<Record<TwinFault, SftpFault>>> = {
  REFUSED: { kind: 'refuse' },
  HANG: { kind: 'hang' },
  BAD_TLS: { kind: 'other-host' },
  UNAUTHORIZED: { kind: 'unauthorized' },
  FAILING: { kind: 'failing' },
  PART_DENIED: { kind: 'denied', path: `/root/incoming/${OTHER}` },
};

/** The place with its files, as the kit drives it: one full file a day in `incoming/<TABLE>`. */
export async function createDropTwin(rig: DropRig, place: PlaceType): Promise<Twin> {
  const scan = createTwinScan(rig);
  await scan.restore();
  const isSftp = place === 'SFTP';
  const played: readonly TwinFault[] = isSftp
    ? (Object.keys(SFTP_FAULTS) as TwinFault[])
    : ['REFUSED'];
  return {
    faults: [...played, 'UNKNOWN_STATUS'],
    evil: Object.keys(EVIL).map((name) => ({
      name,
      answer: CLEAN_ALLOWED.includes(name) ? 'CLEAN_ALLOWED' : 'NONE',
    })),
    part: isSftp ? OTHER : null,
    async setFault(name) {
      const evil = EVIL[name];
      const row = [KNOWN.id, KNOWN.code, KNOWN.name, '待核验', ''];
      if (evil !== undefined) await scan.put(evil);
      else if (name === 'UNKNOWN_STATUS') await scan.put(writeRows([row]));
      else if (isSftp) rig.sftp.setFault(SFTP_FAULTS[name as TwinFault] ?? null);
      else await rig.drop.move('.', '../gone');
    },
    async clearFault() {
      rig.sftp.setFault(null);
      if (!isSftp) await rig.drop.move('../gone', '.').catch(() => undefined);
      if (scan.isSpoiled()) await scan.restore();
    },
    callCount: () => Promise.resolve(rig.sftp.requestsReceived()),
    openSockets: () => Promise.resolve(rig.sftp.openConnections()),
    pendingCalls: () => Promise.resolve(0),
    scan,
    push: null,
  };
}

interface DropScan extends TwinScan {
  /** In place of everything. */
  put(bytes: Buffer): Promise<void>;
  isSpoiled(): boolean;
}

function createTwinScan({ drop }: DropRig): DropScan {
  const held = new Map<string, readonly string[]>();
  let day = 0;
  let isSpoiled = false;
  const idOf = (row: number): string => `r-${String(row).padStart(9, '0')}`;
  const hold = (row: number, note: string): void => {
    const id = idOf(row);
    held.set(id, [id, id, `示例${row}${note}`, '存续', '']);
  };
  const dropDay = async (bytes: Buffer): Promise<void> => {
    day += 1;
    const date = new Date(Date.UTC(2026, 0, day)).toISOString().slice(0, 10).replaceAll('-', '');
    await drop.drop(`incoming/E_BASEINFO/${date}.txt`, bytes);
  };
  const renew = async (bytes: Buffer): Promise<void> => {
    await drop.remove('incoming/E_BASEINFO');
    await dropDay(bytes);
  };
  return {
    collection: 'E_BASEINFO',
    pageRows: PAGE_ROWS,
    longRows: LONG_ROWS,
    async reset(rows) {
      held.clear();
      for (let row = 1; row <= rows; row += 1) hold(row, '');
      await renew(writeRows([...held.values()]));
    },
    async write(row) {
      hold(row, `第${day}天`);
      await dropDay(writeRows([...held.values()]));
    },
    ids: () => Promise.resolve([...held.keys()]),
    idOf,
    async restore() {
      isSpoiled = false;
      await renew(writeRows([KNOWN_ROW]));
      await drop.drop(`incoming/${OTHER}/20260101.txt`, writeRows([]));
    },
    async put(bytes) {
      isSpoiled = true;
      await renew(bytes);
    },
    isSpoiled: () => isSpoiled,
  };
}

function writeRows(rows: readonly (readonly string[])[]): Buffer {
  return writeDrop({ columns: REGISTRATIONS.columns, rows }, TEXT);
}
