import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { createFileDrop, writeDrop } from '../../sandbox/file-drop.ts';
import { ENTERPRISES } from '../../sandbox/fixtures-publicity.ts';
import { SUBJECTS } from '../../sandbox/fixtures-subjects.ts';
import { TABLE_SKETCHES } from '../../sandbox/table-schema.ts';
import { writeEnterpriseRows } from '../../sandbox/table-rows.ts';
import { REGISTER_TABLES } from '../../src/connector-kit/register/register-tables.ts';
import { startTableRig } from '../connector-kit/tables-rig.ts';
import { RegistrationOfDocument } from '../generated/operations.ts';
import { checkSubject } from '../support/commitments.ts';
import { createTestClock, startTestHub, type TestHub } from '../support/hub.ts';
import { breakSource, MATTERS, openCase, verifySubject } from '../support/journey.ts';
import { createKeeper } from './kept-rows-rig.ts';

const NOON = '2026-09-18T04:00:00Z';
const HELD = ENTERPRISES.filter(({ kind }) => kind === 'ENTERPRISE');
/** Of enterprises; the twin has no tables of individual businesses. */
const SKETCHES = TABLE_SKETCHES.filter(({ name }) =>
  REGISTER_TABLES.some((table) => table.name === name),
);
const LISTS = [
  ...['FORMER_NAMES', 'CHANGES', 'ABNORMAL_OPERATIONS', 'SERIOUS_VIOLATIONS', 'PENALTIES'],
];

const clock = createTestClock(new Date().toISOString());
let hub: TestHub;
let tables: Awaited<ReturnType<typeof startTableRig>>;
let folder: string;
let byExchange: Awaited<ReturnType<typeof registrations>>;
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'hecha-register-')));
  [hub, tables] = await Promise.all([
    startTestHub({ clock, directories: [folder] }),
    startTableRig('postgresql'),
  ]);
  byExchange = await registrations();
  await breakSource(hub, 'publicity-system', { kind: 'down' });
}, 60_000);
afterAll(async () => {
  await hub.stop();
  await tables.stop();
  await rm(folder, { recursive: true, force: true });
});

const aboutOf = (name: string) =>
  ['CASE_CF_BASEINFO', 'CASE_CF_IRREGPUNISHINFO'].includes(name) ? 'CASEID' : 'PRIPID';
const register = { absence: 'UNCOVERED' };

function tableSettings(without: readonly string[] = []) {
  const { host, port, database, reader } = tables.twin;
  return {
    ...{ dialect: 'postgresql', host, port, database, user: reader.user, encryption: 'NONE' },
    answerFrom: 'HOLDINGS',
    collections: SKETCHES.filter(({ name }) => !without.includes(name)).map(({ name, id }) => ({
      ...{ table: name, id, about: aboutOf(name) },
    })),
    register,
  };
}

/** What is shown of every enterprise, by whichever source answers. */
async function registrations() {
  const opened = await openCase(hub, {
    matter: MATTERS.registration,
    subjects: HELD.map(({ kind, code, name }) => ({ kind, code, name })),
  });
  const { case: shown } = await hub.get(RegistrationOfDocument, { id: opened.id });
  return (shown?.subjects ?? []).map((subject) =>
    'registration' in subject ? (subject.registration ?? null) : null,
  );
}

const recordsOf = (shown: typeof byExchange) => shown.map((one) => one?.registration);

test('the tables of the register become the very enterprises that the exchange platform shows', async () => {
  const keeper = createKeeper(hub, 'register-tables');
  await tables.twin.seed({ time: '2026-09-18 06:00:00' });
  const { password } = tables.twin.reader;
  await keeper.activate('table-exchange', { settings: tableSettings() }, { password });
  clock.set(NOON);
  await keeper.run();

  const shown = await registrations();

  expect(recordsOf(byExchange).every((record) => record !== null)).toBe(true);
  expect(shown.map((one) => one?.provenance.source)).toEqual(HELD.map(() => 'register-tables'));
  expect(recordsOf(shown)).toEqual(recordsOf(byExchange));
}, 60_000);

test('a table that can no longer be read is not told of, and clears nobody', async () => {
  const keeper = createKeeper(hub, 'register-tables');
  const subject = { kind: 'ENTERPRISE', code: SUBJECTS.e1.code, name: SUBJECTS.e1.name } as const;
  const before = await checkSubject(hub, { matter: MATTERS.registration, subject });
  await tables.twin.allow('E_LI_ILLDISDETAIL', false);
  await keeper.run();

  const shown = await registrations();
  const after = await checkSubject(hub, { matter: MATTERS.registration, subject });
  const { verdict } = await verifySubject(hub, { matter: MATTERS.registration, subject });
  await tables.twin.allow('E_LI_ILLDISDETAIL', true);

  expect(before.check.unanswered).toEqual([]);
  for (const one of shown) expect(one?.registration?.notTold).toEqual(['SERIOUS_VIOLATIONS']);
  expect(after.check.unanswered).toEqual(['REGISTRATION']);
  expect(verdict.code).not.toBe('REFUTED');
}, 60_000);

test('files of the register give the same enterprises, and say which lists they lack', async () => {
  await hub.hub.sources.remove('register-tables');
  const drop = createFileDrop(folder);
  const rows = HELD.flatMap(writeEnterpriseRows);
  for (const { name, columns } of SKETCHES) {
    const own = columns.map((column) => column.name).filter((column) => !column.startsWith('cd_'));
    const values = rows
      .filter(({ table }) => table === name)
      .map((row) => own.map((column) => row.values[column] ?? ''));
    const file = writeDrop(
      { columns: own, rows: values },
      { type: 'TEXT', separator: '|', charset: 'gb18030', quoted: true },
    );
    await drop.drop(`incoming/20260918_${name}.txt`, file);
    await drop.setTime(`incoming/20260918_${name}.txt`, clock.now());
  }
  const keeper = createKeeper(hub, 'register-files');
  const lacking = 'E_ALTER_RECODER';
  await keeper.activate('file-drop', {
    settings: {
      place: { type: 'DIRECTORY', path: folder },
      ...{ subdirectory: 'incoming/', readiness: { type: 'MARKER' } },
      collections: SKETCHES.filter(({ name }) => name !== lacking).map(({ name, id }) => ({
        ...{ name, id, about: aboutOf(name), mode: 'FULL', rowsMin: 0 },
        format: { type: 'CSV', charset: 'gb18030', separator: '|' },
        fileName: `{yyyymmdd}_${name}.txt`,
      })),
      register,
    },
  });
  await keeper.run();

  const shown = await registrations();

  expect(shown.map((one) => one?.provenance.source)).toEqual(HELD.map(() => 'register-files'));
  expect(recordsOf(shown)).toEqual(
    recordsOf(byExchange).map((record) => ({
      ...record,
      ...{ changes: [], formerNames: [], notTold: expect.arrayContaining(LISTS.slice(0, 2)) },
    })),
  );
}, 60_000);
