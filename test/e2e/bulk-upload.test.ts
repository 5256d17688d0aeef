import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { encodeGb18030 } from '../../sandbox/file-charset.ts';
import { SUBJECTS } from '../../sandbox/fixtures-subjects.ts';
import { BulkRejectsDocument, OpenBulkVerificationDocument } from '../generated/operations.ts';
import { csvOf, makeEnterprises, openBulk, readExport, seeBulk, upload } from '../support/bulk.ts';
import { startTestHub, type TestHub } from '../support/hub.ts';
import { callsOf, matterCode, MATTERS } from '../support/journey.ts';

const made = makeEnterprises(3);
const [one, two, three] = [made[0]!, made[1]!, made[2]!];

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub();
});
afterAll(() => hub.stop());

/** Everything a file may have left behind. */
async function countStored() {
  const { rows } = await hub.database.db.raw<{ rows: object[] }>(
    `
    select
      (select count(*) from case_file) as cases,
      (select count(*) from case_subject) as subjects,
      (select count(*) from bulk_row) as rows,
      (select count(*) from bulk_reject) as rejects
    `,
  );
  return rows[0];
}

const WRONG = [
  '名称,统一社会信用代码,registration.CAPITAL',
  `${one.name},${one.code},100万元`,
  `,${two.code},`,
  `${two.name},91370800MA3DEMO11X,`,
  `${three.name},${three.code.slice(0, 17)}${three.code.endsWith('0') ? '1' : '0'},很多`,
  `${one.name},${one.code},`,
  '只有一列',
  `${two.name},${SUBJECTS.p1.code},`,
  '',
].join('\n');
const TOLD = [
  { line: 3, field: 'name', reason: 'LENGTH_OUT_OF_RANGE' },
  { line: 4, field: 'code', reason: expect.stringMatching(/^(MALFORMED_CODE|WRONG_CHECK)/u) },
  { line: 5, field: 'code', reason: 'WRONG_CHECK_CHARACTER' },
  { line: 5, field: 'registration.CAPITAL', reason: 'MALFORMED_VALUE' },
  { line: 6, field: 'code', reason: 'DUPLICATE_SUBJECT' },
  { line: 7, field: null, reason: 'COLUMN_COUNT' },
  { line: 8, field: 'code', reason: 'WRONG_SUBJECT_KIND' },
];

test('every rejected row is told by line, field and reason, and one of them keeps all out', async () => {
  const bulk = await openBulk(hub);
  const before = await countStored();

  const { status, told } = await upload(hub, bulk, WRONG);

  expect(status).toBe(422);
  expect(told).toMatchObject({ stored: false, rows: 1, rejected: 6 });
  expect(told.rejects).toMatchObject(TOLD);
  expect(JSON.stringify(told)).not.toContain(two.name);
  expect(await countStored()).toEqual(before);
  expect(await seeBulk(hub, bulk.id)).toMatchObject({ state: 'OPENED', fileDigest: null });
});

test('rows that cannot be read are left out where the officer says so, and are in the export', async () => {
  const bulk = await openBulk(hub);

  const { status, told } = await upload(hub, bulk, WRONG, { query: '?rejects=skip' });

  expect({ status, ...told }).toMatchObject({ status: 200, stored: true, rows: 1, rejected: 6 });
  const { bulkVerification } = await hub.get(BulkRejectsDocument, { id: bulk.id, first: 50 });
  expect(bulkVerification!.rejects.nodes).toMatchObject(TOLD);
  const { lines } = await readExport(hub, bulk);
  expect(lines.map(({ line, state }) => `${line} ${state}`)).toEqual([
    ...['2 WAITING', '3 REJECTED', '4 REJECTED', '5 REJECTED', '5 REJECTED', '6 REJECTED'],
    ...['7 REJECTED', '8 REJECTED'],
  ]);
  expect(await seeBulk(hub, bulk.id)).toMatchObject({
    ...{ state: 'CHECKED', progress: { rows: 1, rejected: 6, waiting: 1 } },
  });
});

test('the same file sent again changes nothing, another one is refused, and nothing is asked', async () => {
  const bulk = await openBulk(hub);
  const first = await upload(hub, bulk, csvOf([one, two]));
  const stored = await countStored();

  const again = await upload(hub, bulk, csvOf([one, two]));
  const both = await Promise.all([1, 2].map(() => upload(hub, bulk, csvOf([one, two]))));
  const other = await upload(hub, bulk, csvOf([one]));

  expect([again, ...both]).toEqual([first, first, first]);
  expect(first.told).toMatchObject({ stored: true, rows: 2, rejected: 0 });
  expect(other).toMatchObject({
    status: 409,
    told: { userErrors: [{ code: 'STEP_NOT_ALLOWED' }] },
  });
  expect(await countStored()).toEqual(stored);
  expect(await callsOf(hub, 'publicity-system')).toEqual([]);
});

test('of two files sent at once for one list one is taken in whole', async () => {
  const bulk = await openBulk(hub);

  const both = await Promise.all(
    [[one, two], [three]].map((rows) => upload(hub, bulk, csvOf(rows))),
  );

  expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409]);
  const taken = both.find(({ status }) => status === 200)!.told.rows;
  expect(await seeBulk(hub, bulk.id)).toMatchObject({ progress: { rows: taken } });
});

test.each<[string, (text: string) => Buffer<ArrayBuffer>]>([
  ['UTF-8', (text) => Buffer.from(text)],
  ['UTF-8 with a byte order mark', (text) => Buffer.from(`\uFEFF${text}`)],
  ['GB18030', (text) => Buffer.from(encodeGb18030(text))],
])('a file in %s is read', async (_charset, encode) => {
  const bulk = await openBulk(hub);

  const { told } = await upload(hub, bulk, encode(csvOf([one, two])), {
    type: 'text/csv; charset=x',
  });

  expect(told).toMatchObject({ stored: true, rows: 2 });
  const { lines } = await readExport(hub, bulk);
  expect(lines.map(({ name }) => name)).toEqual([one.name, two.name]);
});

test('a name that a spreadsheet would run as a formula is defused in the export', async () => {
  const bulk = await openBulk(hub);
  const formula = '=HYPERLINK(""http://x"")';
  await upload(hub, bulk, `名称,代码\n"${formula}",${one.code}\n＠SUM,${two.code}\n`);

  const { lines } = await readExport(hub, bulk);

  expect(lines[0]?.text).toContain(`,"'${formula}",`);
  expect(lines[1]?.name).toBe("'＠SUM");
});

test.each([
  ['no heading', `${one.name},${one.code}\n`, 'FILE_NOT_READABLE'],
  ['a column of another name', `name,code,telephone\n`, 'FILE_NOT_READABLE'],
  ['a claim that is none', `name,code,registration.TELEPHONE\n`, 'FILE_NOT_READABLE'],
  ['a heading twice', 'name,name,code\n', 'FILE_NOT_READABLE'],
  ['no rows', 'name,code\n', 'FILE_NOT_READABLE'],
  ['nothing', '', 'FILE_NOT_READABLE'],
  ['too many rows', `name,code\n${'x,y\n'.repeat(50_001)}`, 'TOO_MANY'],
])('a file with %s is refused as a whole', async (_what, file, code) => {
  const bulk = await openBulk(hub);
  const before = await countStored();

  const { status, told } = await upload(hub, bulk, file, { query: '?rejects=skip' });

  expect({ status, codes: told.userErrors?.map((error) => error.code) }).toEqual({
    ...{ status: 422, codes: [code] },
  });
  expect(await countStored()).toEqual(before);
});

test('a file that is too long, of another type, or not the caller’s to send is refused', async () => {
  const bulk = await openBulk(hub);
  const file = csvOf([one]);
  const unknown = { uploadPath: bulk.uploadPath.replace(bulk.id, 'nonsense') };

  const refused = [
    await upload(hub, bulk, `name,code\n${' '.repeat(8_388_608)}`),
    await upload(hub, bulk, '{"name":1}', { type: 'application/json' }),
    await upload(hub, bulk, file, { role: 'CREDIT' }),
    await upload(hub, bulk, file, { agencyCode: '11370800MB3TE0A107' }),
    await upload(hub, unknown, file),
  ];

  expect(refused.map(({ status }) => status)).toEqual([413, 415, 403, 404, 404]);
  const nobody = await fetch(`${hub.url}${bulk.uploadPath}`, { method: 'PUT', body: file });
  expect(nobody.status).toBe(401);
  expect(await seeBulk(hub, bulk.id)).toMatchObject({ state: 'OPENED' });
});

test('a list is opened once for a key, and only with a purpose', async () => {
  const input = {
    ...{ matterCode: matterCode(MATTERS.registration), number: 'KEY-1' },
    ...{ legalBasis: '市场主体登记管理条例第三条', idempotencyKey: 'key-1' },
  };
  const open = (changes: object) =>
    hub.ask(OpenBulkVerificationDocument, { input: { ...input, ...changes } });

  const [first, again] = [await open({}), await open({})];
  const other = await open({ legalBasis: '另一依据' });
  const taken = await open({ idempotencyKey: 'key-2' });
  const wrong = await open({
    ...{ matterCode: '000', number: '', legalBasis: ' ', acceptedOn: '2001-01-01' },
    idempotencyKey: 'key-3',
  });

  const idOf = (reply: typeof first) => reply.data?.openBulkVerification.bulkVerification?.id;
  expect(idOf(first)).toBeDefined();
  expect(idOf(again)).toBe(idOf(first));
  for (const reply of [other, taken])
    expect(reply.errors[0]?.extensions).toMatchObject({ code: 'CONFLICT' });
  expect(
    wrong.data!.openBulkVerification.userErrors.map(({ code, field }) => [code, field]),
  ).toEqual([
    ['LENGTH_OUT_OF_RANGE', ['number']],
    ['LENGTH_OUT_OF_RANGE', ['legalBasis']],
    ['DATE_OUT_OF_RANGE', ['acceptedOn']],
    ['MATTER_NOT_IN_FORCE', ['matterCode']],
  ]);
});
