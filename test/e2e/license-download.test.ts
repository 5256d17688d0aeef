import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';

import { LICENSE_IDS } from '../../sandbox/fixtures.ts';
import { SUBJECTS } from '../../sandbox/fixtures-subjects.ts';
import { DownloadLicenseFileDocument } from '../generated/operations.ts';
import { createTestClock, startTestHub, type AskOptions, type TestHub } from '../support/hub.ts';
import {
  breakSource,
  callsOf,
  forgetCalls,
  MATTERS,
  mendSource,
  openCase,
} from '../support/journey.ts';

const { e1, e2 } = SUBJECTS;
const E1 = { kind: 'ENTERPRISE', code: e1.code, name: e1.name } as const;
const E2 = { kind: 'ENTERPRISE', code: e2.code, name: e2.name } as const;
const OTHER_AGENCY = '11370800MB2855926Y';
const NOON = '2026-09-16T04:00:00Z';
const SETTINGS = ['file-host', 'file-location', 'file-bytes', 'file-type', 'file-body'];

const clock = createTestClock(NOON);
let hub: TestHub;
let about: { caseId: string; subjectId: string };
beforeAll(async () => {
  const policy = { failuresMax: 1_000, attemptMs: 400, deadlineMs: 500, attemptsMax: 1 };
  hub = await startTestHub({ clock, policy });
});
afterAll(() => hub.stop());
beforeEach(async () => {
  about = await open(E1);
  await forgetCalls(hub);
});
afterEach(async () => {
  clock.set(NOON);
  await mendSource(hub, 'license-library');
  for (const name of SETTINGS) await setting(name, null);
});

async function open(...subjects: readonly (typeof E1 | typeof E2)[]) {
  const opened = await openCase(hub, { matter: MATTERS.food, subjects });
  return { caseId: opened.id, subjectId: opened.subjects[0]!.id };
}

async function setting(name: string, value: string | null): Promise<void> {
  const { controlUrl } = hub.sandbox.sources['license-library'];
  const init =
    value === null ? { method: 'DELETE' } : { method: 'PUT', body: JSON.stringify({ value }) };
  await fetch(`${controlUrl}/records/settings/${name}`, init);
}

async function request(change: object = {}) {
  const input = { ...about, licenseIdentifier: LICENSE_IDS.endsOn17, ...change };
  return (await hub.get(DownloadLicenseFileDocument, { input })).downloadLicenseFile;
}

async function ticket(): Promise<string> {
  const { ticket: issued, userErrors } = await request();
  if (issued === null) throw new Error(JSON.stringify(userErrors));
  return issued.path;
}

async function get(path: string, options: AskOptions & { method?: string } = {}) {
  const token = await hub.token(options.role ?? 'COUNTER', options);
  const headers = { authorization: `Bearer ${token}` };
  return fetch(`${hub.url}${path}`, { method: options.method ?? 'GET', headers });
}

/** Status, code of the fault, and reason. */
async function refusalOf(answer: Response) {
  const { errors } = (await answer.json()) as {
    errors: readonly { extensions: { code: string; reason?: string } }[];
  };
  const { code, reason = null } = errors[0]!.extensions;
  return { status: answer.status, code, reason };
}

/** The address a file was made for, which the library writes into it. */
const addressIn = (file: string) => /^% ([0-9a-f]{32})$/mu.exec(file)?.[1] ?? null;

async function addressesAsked(): Promise<number> {
  const calls = await callsOf(hub, 'license-library');
  return calls.filter(({ operation }) => operation === 'downloadUrl').length;
}

/** Downloads for the case of this test, by outcome. */
async function recorded() {
  const { rows } = await hub.database.db.raw<{ rows: Record<string, unknown>[] }>(
    `
    select d.agency_code, d.case_id, d.actor, length(d.key_digest) as key_digits,
      o.outcome, o.reason, o.bytes::integer as bytes, o.content_digest
    from file_download d join file_download_outcome o on o.download_id = d.id
    where d.case_id = ? order by o.outcome
    `,
    [about.caseId],
  );
  return rows;
}

test('scenario 30: two requests at once get two tickets and two addresses, and nothing is kept', async () => {
  const paths = await Promise.all([ticket(), ticket()]);
  const answers = await Promise.all(paths.map((path) => get(path)));
  const files = await Promise.all(answers.map((answer) => answer.text()));

  expect(new Set(paths).size).toBe(2);
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  expect(new Set(files.map(addressIn)).size).toBe(2);
  expect(files.map(addressIn)).not.toContain(null);
  expect(await addressesAsked()).toBe(2);
  expect(Object.fromEntries(answers[0]!.headers)).toMatchObject({
    ...{ 'cache-control': 'no-store', 'content-type': 'application/pdf' },
    ...{ 'x-content-type-options': 'nosniff' },
    'content-disposition': 'attachment; filename="license.pdf"',
  });
  const digests = files.map((file) => createHash('sha256').update(file).digest('hex'));
  const rows = await recorded();
  expect(rows).toHaveLength(2);
  for (const row of rows) {
    expect(row).toMatchObject({ outcome: 'DELIVERED', key_digits: 64, case_id: about.caseId });
    expect(digests).toContain(row['content_digest']);
  }
});

test('a GET that failed may be repeated, and asks for a fresh address', async () => {
  const path = await ticket();
  await breakSource(hub, 'license-library', { kind: 'down', operation: 'download' });
  const failed = await refusalOf(await get(path));
  await mendSource(hub, 'license-library');

  const repeated = await get(path);
  const file = await repeated.text();
  const third = await refusalOf(await get(path));

  expect(failed).toMatchObject({ status: 502, code: 'SOURCE_UNREACHABLE' });
  expect(repeated.status).toBe(200);
  expect(addressIn(file)).not.toBeNull();
  expect(await addressesAsked()).toBe(2);
  expect(third).toMatchObject({ status: 410, code: 'TICKET_OVER' });
});

test('of two GETs with one ticket at once, one gets the file', async () => {
  const path = await ticket();
  await breakSource(hub, 'license-library', { kind: 'slow', ms: 150, operation: 'downloadUrl' });

  const statuses = (await Promise.all([get(path), get(path)])).map(({ status }) => status);

  expect(statuses.toSorted()).toEqual([200, 409]);
  expect(await addressesAsked()).toBe(1);
});

test('a ticket serves its own account only, for two minutes, and a HEAD does not use it up', async () => {
  const path = await ticket();

  const tried = [
    await get(path, { agencyCode: OTHER_AGENCY }),
    await get(path, { account: 'another' }),
    await get(path, { role: 'AUDITOR' }),
    await fetch(`${hub.url}${path}`),
    await get(`/files/${'x'.repeat(43)}`),
    await get('/files/short'),
    await get(path, { method: 'HEAD' }),
  ].map(({ status }) => status);
  clock.set('2026-09-16T04:02:00Z');
  const late = await refusalOf(await get(path));
  clock.set('2026-09-16T04:01:59Z');
  const inTime = await get(path);

  expect(tried).toEqual([404, 404, 403, 401, 404, 404, 404]);
  expect(late).toMatchObject({ status: 410, code: 'TICKET_OVER' });
  expect(inTime.status).toBe(200);
  await inTime.text();
});

test.each<[string, string, string, number, string, string | null]>([
  ['a redirect', 'file-location', 'http://127.0.0.1:1/x', 502, 'SOURCE_MALFORMED', 'HTTP_302'],
  ['another host', 'file-host', 'http://127.0.0.1:1', 502, 'SOURCE_MALFORMED', 'OTHER_ORIGIN'],
  ['a host without scheme', 'file-host', '//127.0.0.1:1', 502, 'SOURCE_MALFORMED', 'OTHER_ORIGIN'],
  ['a page', 'file-type', 'text/html', 502, 'SOURCE_MALFORMED', 'CONTENT_TYPE'],
  ['a script named PDF', 'file-body', '<script>1</script>', 502, 'SOURCE_MALFORMED', 'FILE_FORM'],
  ['nothing', 'file-body', '%P', 502, 'SOURCE_MALFORMED', 'FILE_FORM'],
  ['17 MB', 'file-bytes', String(17 * 1024 * 1024), 502, 'SOURCE_MALFORMED', 'TOO_LARGE'],
])('%s in place of the file is a fault, and no file', async (_what, name, value, ...expected) => {
  const [status, code, reason] = expected;
  const path = await ticket();
  await setting(name, value);

  const refused = await refusalOf(await get(path));

  expect(refused).toEqual({ status, code, reason });
  expect(await recorded()).toMatchObject([{ outcome: 'FAULT', bytes: 0, content_digest: null }]);
});

test.each([
  ['hang', { kind: 'hang' }, 504, 'SOURCE_TIMEOUT'],
  ['reset', { kind: 'reset' }, 502, 'SOURCE_UNREACHABLE'],
  ['unauthorized', { kind: 'unauthorized', operation: 'downloadUrl' }, 502, 'SOURCE_UNAUTHORIZED'],
  ['bad SM2', { kind: 'integrity', how: 'corrupted' }, 502, 'SOURCE_INTEGRITY_FAILED'],
] as const)('under %s the fault is told as what it is', async (_what, fault, status, code) => {
  const path = await ticket();
  await breakSource(hub, 'license-library', fault);

  expect(await refusalOf(await get(path))).toMatchObject({ status, code });
});

test('the place of another host never hears of it, whatever the address says', async () => {
  const heard: string[] = [];
  const stranger = createServer((incoming, response) => {
    heard.push(String(incoming.url));
    response.end();
  });
  await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
  const { port } = stranger.address() as AddressInfo;
  const path = await ticket();

  await setting('file-host', `http://127.0.0.1:${port}`);
  const host = await refusalOf(await get(path));
  await setting('file-host', null);
  await setting('file-location', `http://127.0.0.1:${port}/`);
  const redirect = await refusalOf(await get(path));
  await new Promise((resolve) => stranger.close(resolve));

  expect([host.reason, redirect.reason]).toEqual(['OTHER_ORIGIN', 'HTTP_302']);
  expect(heard).toEqual([]);
});

test('a caller who leaves midway has used nothing up, and gets it whole by a fresh address', async () => {
  const path = await ticket();
  await setting('file-bytes', String(15 * 1024 * 1024));
  const left = await get(path);
  const reader = left.body!.getReader();
  await reader.read();
  await reader.cancel();
  const ended = async () => (await recorded())[0]?.['outcome'] === 'ABANDONED';
  for (let turn = 0; turn < 100 && !(await ended()); turn += 1)
    await new Promise((resolve) => setTimeout(resolve, 20));

  const whole = await get(path);
  const { byteLength } = await whole.arrayBuffer();

  expect(whole.status).toBe(200);
  expect(byteLength).toBe(15 * 1024 * 1024);
  expect((await recorded()).map(({ outcome }) => outcome)).toEqual(['ABANDONED', 'DELIVERED']);
  expect(await addressesAsked()).toBe(2);
});

test('only a license in force that the subject holds gets a ticket', async () => {
  const other = await open(E2);

  const codes = [
    await request(other),
    await request({ licenseIdentifier: LICENSE_IDS.absent }),
    await request({ ...other, licenseIdentifier: LICENSE_IDS.revoked }),
    await request({ licenseIdentifier: 'none' }),
    await request({ subjectId: other.subjectId }),
  ].map(({ ticket: issued, userErrors }) => [issued, userErrors[0]?.code]);

  expect(codes).toEqual([
    ...[
      [null, 'LICENSE_NOT_SHOWN'],
      [null, 'LICENSE_NOT_SHOWN'],
      [null, 'LICENSE_NOT_SHOWN'],
    ],
    ...[
      [null, 'MALFORMED_CODE'],
      [null, 'SUBJECT_NOT_IN_CASE'],
    ],
  ]);
  expect(await addressesAsked()).toBe(0);
});

test('a ticket outlives a restart of the hub, and its token is nowhere on record', async () => {
  const path = await ticket();

  await hub.restart();
  const answer = await get(path);
  await answer.text();
  const token = path.split('/').at(-1)!;
  const { rows } = await hub.database.db.raw<{ rows: unknown[] }>(
    'select 1 from file_ticket where file_ticket::text like ?',
    [`%${token}%`],
  );

  expect(answer.status).toBe(200);
  expect(rows).toEqual([]);
});

test('where the download cannot be put on record, the library is not asked', async () => {
  const path = await ticket();
  await hub.database.db.raw('alter table file_download rename to file_download_gone');

  const refused = await refusalOf(await get(path));
  await hub.database.db.raw('alter table file_download_gone rename to file_download');
  const after = await get(path);
  await after.text();

  expect(refused).toMatchObject({ status: 503, code: 'AUDIT_UNAVAILABLE' });
  expect(after.status).toBe(200);
  expect(await addressesAsked()).toBe(1);
});
