import { mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { parse } from 'csv-parse/sync';
import pg from 'pg';

import { mintCreditCode } from '../../sandbox/codes.ts';
import { createFileDrop, writeDrop } from '../../sandbox/file-drop.ts';
import type { Connector } from '../../src/connector-kit/connector.ts';
import { HELD_ANSWER } from './answers.ts';
import { BENCH_PURPOSE, build, SIGNAL_MS, type MeasuredKind } from './measured-kind.ts';

const ROWS = 20_000;
const PAGE_ROWS = 1_000;
const COLLECTION = 'E_BASEINFO';
const COLUMNS = ['PRIPID', 'UNISCID', 'ENTNAME', 'REGSTATE_CN', 'OPTO'];
const rows = Array.from({ length: ROWS }, (_, index) => {
  const serial = String(index + 1).padStart(6, '0');
  const code = mintCreditCode('91370811', `N${serial}A`);
  return [`3708110000${serial}`, code, `济宁示例${serial}商贸有限公司`, '存续', '2030-12-31'];
});

/** Reads a whole pass, and makes a record of every row, as an answer from kept rows would. */
async function readPass(connector: Connector): Promise<number> {
  const { holdings } = connector;
  const answers = holdings?.answers['enterprise.registration'];
  if (holdings === null || answers === undefined) throw new Error('This kind keeps no rows.');
  const collection = holdings.collections[0] ?? '';
  const request = { collection, since: null, resume: null, isDone: () => Promise.resolve(false) };
  const signal = AbortSignal.timeout(SIGNAL_MS);
  let records = 0;
  for await (const page of holdings.scan(request, { signal, purpose: BENCH_PURPOSE })) {
    if (page.rejects.length > 0) throw new Error(JSON.stringify(page.rejects[0]));
    for (const { id, values } of page.rows) {
      const key = { kind: 'ENTERPRISE', code: values['UNISCID'] ?? '', name: null } as const;
      records += answers.assemble([{ collection, id, values }], key, []).length;
    }
  }
  return records;
}

/** A nightly file in GB18030, in a directory. */
export async function startFileDrop(): Promise<MeasuredKind> {
  const base = await realpath(await mkdtemp(join(tmpdir(), 'hecha-bench-drop-')));
  const drop = createFileDrop(base);
  const format = { type: 'TEXT', separator: ',', charset: 'gb18030' } as const;
  await drop.drop('20260918_E_BASEINFO.txt', writeDrop({ columns: COLUMNS, rows }, format));
  const settings = {
    ...{ place: { type: 'DIRECTORY', path: base }, readiness: { type: 'MARKER' } },
    collections: [
      {
        ...{ name: COLLECTION, id: ['PRIPID'], mode: 'DELTA' },
        format: { type: 'CSV', charset: 'gb18030' },
      },
    ],
    answers: { 'enterprise.registration': { ...HELD_ANSWER, collection: COLLECTION } },
  };
  const secrets = { password: null, privateKey: null, passphrase: null };
  const connector = build('file-drop', settings, secrets);
  return {
    ...{ kind: 'file-drop', bare: 'TextDecoder and csv-parse', records: ROWS },
    readByConnector: () => readPass(connector),
    async readBare() {
      const bytes = await readFile(join(base, '20260918_E_BASEINFO.txt'));
      const text = new TextDecoder('gb18030').decode(bytes);
      return parse<Record<string, string>>(text, { columns: true }).length;
    },
    async stop() {
      await connector.close();
      await rm(base, { recursive: true, force: true });
    },
  };
}

/** A table of the database at `url`, and a login made by that of `serverUrl`. */
export async function startTableExchange(serverUrl: string, url: string): Promise<MeasuredKind> {
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  const admin = new pg.Pool({ connectionString: serverUrl, max: 1 });
  const { hostname: host, port, pathname } = new URL(url);
  const reader = { user: `bench_reader_${process.pid}`, password: 'a-password-of-the-bench' };
  await pool.query(`create table "${COLLECTION}" (
    cd_id bigint not null, cd_operation text, cd_time timestamp not null, cd_batch text,
    ${COLUMNS.map((column) => `"${column}" text`).join(', ')}
  )`);
  await pool.query(
    `insert into "${COLLECTION}"
     select ordinality, 'I', '2026-09-18 08:00:00', 'b1',
            row->>0, row->>1, row->>2, row->>3, row->>4
     from jsonb_array_elements($1::jsonb) with ordinality as each (row, ordinality)`,
    [JSON.stringify(rows)],
  );
  await admin.query(`create role ${reader.user} login password '${reader.password}'`);
  await pool.query(`grant select on "${COLLECTION}" to ${reader.user}`);
  const settings = {
    ...{ dialect: 'postgresql', host, port: Number(port), database: pathname.slice(1) },
    ...{ user: reader.user, encryption: 'NONE', pageRows: PAGE_ROWS, answerFrom: 'HOLDINGS' },
    collections: [{ table: COLLECTION, id: ['PRIPID'], about: 'PRIPID' }],
    answers: { 'enterprise.registration': { ...HELD_ANSWER, collection: COLLECTION } },
  };
  const connector = build('table-exchange', settings, { password: reader.password });
  return {
    ...{ kind: 'table-exchange', bare: 'pg, in pages', records: ROWS },
    readByConnector: () => readPass(connector),
    async readBare() {
      let read = 0;
      for (let after = 0; ; after += PAGE_ROWS) {
        const page = await pool.query(
          `select * from "${COLLECTION}" where cd_id > $1 order by cd_id limit $2`,
          [after, PAGE_ROWS],
        );
        if (page.rows.length === 0) return read;
        read += page.rows.length;
      }
    },
    async stop() {
      await connector.close();
      await pool.query(`drop table "${COLLECTION}"`);
      await pool.end();
      await admin.query(`drop role ${reader.user}`);
      await admin.end();
    },
  };
}
