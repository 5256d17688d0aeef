import { createHash, generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto';

import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { AGENCIES } from '../../src/catalog/starter/agencies.ts';

import { canonicalJson } from '../../src/model/canonical-json.ts';

import {
  CounterSignCrossCheckRunDocument,
  CounterSigningKeysDocument,
  RegisterCounterSigningKeyDocument,
  type CounterSignCrossCheckRunInput,
  type RegisterCounterSigningKeyInput,
} from '../generated/operations.ts';

import {
  AS_OPERATOR,
  readReport,
  runCheck,
  seeRun,
  startCheck,
  type RunSeen,
} from '../support/cross-check.ts';
import { TEST_SIGNING_KEY, type AskOptions, type TestHub } from '../support/hub.ts';

import { readSheets } from '../support/sheets.ts';
import {
  hubKey,
  HOUR_MS,
  publicPem,
  reconcile,
  ROWS,
  startNights,
  summaryOf,
  verifyFiles,
} from './signed-nights-rig.ts';

const MARKET = AGENCIES.market.code;
const AS_MARKET: AskOptions = { role: 'MARKET', agencyCode: MARKET };

let nights: Awaited<ReturnType<typeof startNights>>;
let hub: TestHub;
let run: RunSeen;
beforeAll(async () => {
  nights = await startNights();
  ({ hub, run } = nights);
});
afterAll(() => nights.stop());

async function register(input: RegisterCounterSigningKeyInput) {
  const told = await hub.get(RegisterCounterSigningKeyDocument, { input }, AS_OPERATOR);
  return told.registerCounterSigningKey;
}

async function counterSign(
  input: CounterSignCrossCheckRunInput,
  options: AskOptions = AS_OPERATOR,
) {
  const told = await hub.get(CounterSignCrossCheckRunDocument, { input }, options);
  return told.counterSignCrossCheckRun;
}

function seeAgain(): Promise<RunSeen> {
  return seeRun(hub, run.id);
}

describe('a signed summary', () => {
  test('is canonical JSON of what the run came to, signed once by the key of the hub', async () => {
    const { told, document, signature, digest, keyId, counterSignatures } = summaryOf(run);

    expect(run.state).toBe('COMPLETE');
    expect(canonicalJson(told)).toBe(document);
    expect(told).toMatchObject({
      type: 'hecha-cross-check-summary-1',
      hub: { id: 'hecha', keyId: TEST_SIGNING_KEY.id },
      check: { key: 'register', version: 1 },
      run: { id: run.id, number: 1, slot: run.slot, completedAt: run.endedAt },
      counts: { subjects: ROWS, matched: ROWS - 5, differing: 4, inconclusive: 1 },
      differences: [
        { class: 'STATUS_CHANGED', field: 'STATUS', subjects: 4 },
        { class: 'UNPARSEABLE', field: 'STATUS', subjects: 1 },
      ],
      causes: [{ cause: 'STATUS_UNKNOWN', subjects: 1 }],
      ...{ otherCauses: 0, sample: null, rootDigest: run.rootDigest },
    });
    const bytes = Buffer.from(document, 'utf8');
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(digest);
    expect(verify(null, bytes, hubKey(), Buffer.from(signature, 'base64'))).toBe(true);
    expect([keyId, counterSignatures]).toEqual([TEST_SIGNING_KEY.id, []]);
    expect(summaryOf(await seeAgain())).toEqual(summaryOf(run));
  });

  test('is proved by files alone', async () => {
    const report = await readReport(hub, run.reportPath);

    const { code, printed, told } = await verifyFiles(nights.folder, {
      report,
      summary: summaryOf(run),
    });

    expect([code, told]).toEqual([0, []]);
    expect(printed[0]).toMatch(/^fits: register version 1, run 1 of .*, signed by hecha test-1$/u);
  });

  test('cannot be changed or taken back, and no key is in the database', async () => {
    const { db } = hub.database;
    const tables = ['cross_check_summary', 'cross_check_sample', 'counter_signing_key'];
    for (const table of [...tables, 'cross_check_counter_signature'])
      await expect(db(table).delete()).rejects.toThrow(/append-only/u);
    await expect(db.raw(`update cross_check_summary set key_id = 'other'`)).rejects.toThrow(
      /append-only/u,
    );
    const held = await db('cross_check_summary').first<Record<string, unknown>>();
    const der = TEST_SIGNING_KEY.key.export({ format: 'der', type: 'pkcs8' }).subarray(16);

    for (const value of Object.values(held))
      if (value instanceof Buffer) expect(value.includes(der)).toBe(false);
  });

  test('is not there before the run is complete', async () => {
    nights.pass(HOUR_MS);
    const opened = await startCheck(hub, 'register');

    expect([opened.state, opened.signedSummary, opened.assurance]).toEqual(['OPENED', null, null]);
    await hub.hub.runCrossChecks(AbortSignal.timeout(60_000));
  });
});

describe('verifying files finds', () => {
  /** A summary that says something else, signed by whoever holds a key. */
  const resigned = (change: object, key = TEST_SIGNING_KEY.key) => {
    const document = canonicalJson({ ...summaryOf(run).told, ...change });
    const signature = sign(null, Buffer.from(document), key).toString('base64');
    return { ...summaryOf(run), document, signature };
  };
  const other = generateKeyPairSync('ed25519');

  test('a byte of the report that was changed', async () => {
    const report = await readReport(hub, run.reportPath);
    const at = report.indexOf('WITHDRAWN');
    report[at] = 'V'.charCodeAt(0);

    const { code, told } = await verifyFiles(nights.folder, { report, summary: summaryOf(run) });

    expect(code).toBe(1);
    expect(told).toEqual([expect.stringMatching(/^does not fit: The report has the digest/u)]);
  });

  test('a line that was taken out or put in', async () => {
    const lines = (await readReport(hub, run.reportPath)).toString('utf8').split('\n');
    const without = await verifyFiles(nights.folder, {
      report: lines.slice(1).join('\n'),
      summary: summaryOf(run),
    });
    const behind = await verifyFiles(nights.folder, {
      report: [...lines, '{}', ''].join('\n'),
      summary: summaryOf(run),
    });

    expect(without.told).toEqual([
      expect.stringContaining('The report has the digest'),
      'does not fit: The report has 3 lines of ["STATUS_CHANGED","STATUS"], the summary 4.',
    ]);
    expect([without.code, behind.code]).toEqual([1, 1]);
    expect(behind.told).toContain('does not fit: Line 7 is no line of a report.');
  });

  test('a document that was changed after it was signed', async () => {
    const signed = summaryOf(run);
    const summary = {
      ...signed,
      document: signed.document.replace('"matched":115', '"matched":116'),
    };
    const report = await readReport(hub, run.reportPath);

    const { code, told } = await verifyFiles(nights.folder, { report, summary });

    expect(code).toBe(1);
    expect(told).toContain(
      'does not fit: The signature of the hub is not over this document by this key.',
    );
    expect(told).toContain('does not fit: The counts of the summary do not add up to 120.');
  });

  test('another key than that of the hub', async () => {
    const report = await readReport(hub, run.reportPath);
    const byOther = await verifyFiles(nights.folder, {
      report,
      summary: resigned({}, other.privateKey),
    });
    const checkedByOther = await verifyFiles(nights.folder, {
      ...{ report, summary: resigned({}, other.privateKey), key: other.publicKey },
    });

    expect(byOther.told).toEqual([expect.stringContaining('The signature of the hub')]);
    expect(checkedByOther.told).toEqual([expect.stringContaining('names another key')]);
    expect([byOther.code, checkedByOther.code]).toEqual([1, 1]);
  });

  test('counts that its own hub signed and that are not those of the report', async () => {
    const report = await readReport(hub, run.reportPath);
    const counts = { subjects: ROWS, matched: ROWS - 4, differing: 3, inconclusive: 1 };
    const differences = [{ class: 'STATUS_CHANGED', field: 'STATUS', subjects: 3 }];

    const { code, told } = await verifyFiles(nights.folder, {
      ...{ report, summary: resigned({ counts, differences, otherCauses: 2 }) },
    });

    expect(code).toBe(1);
    expect(told).toEqual([
      'does not fit: The causes of the summary do not add up to 1.',
      'does not fit: The report says matched 115, the summary 116.',
      'does not fit: The report says differing 4, the summary 3.',
      'does not fit: The report has 4 lines of ["STATUS_CHANGED","STATUS"], the summary 3.',
      'does not fit: The report has 1 lines of ["UNPARSEABLE","STATUS"], the summary 0.',
      'does not fit: The report names 5 subjects, the summary 3 that differ.',
    ]);
  });

  test('a file that is none', async () => {
    const report = await readReport(hub, run.reportPath);
    const { code, told } = await verifyFiles(nights.folder, {
      report,
      summary: { document: 'no' },
    });

    expect([code, told]).toEqual([1, [expect.stringContaining('is no signed summary')]]);
    await expect(
      reconcile(
        ...['verify', '--report', join(nights.folder, 'report.jsonl')],
        ...[
          '--summary',
          join(nights.folder, 'summary.json'),
          '--key',
          join(nights.folder, 'report.jsonl'),
        ],
      ),
    ).rejects.toThrow(/holds no Ed25519 public key/u);
  });
});

describe('an agency counter-signs', () => {
  const first = generateKeyPairSync('ed25519');
  const second = generateKeyPairSync('ed25519');
  const over = (document: string, key: KeyObject) =>
    sign(null, Buffer.from(document, 'utf8'), key).toString('base64');
  const KEY_1 = `${MARKET}.1`;
  const KEY_2 = `${MARKET}.2`;

  test('by a key that operators register, in versions, each key once', async () => {
    const publicKey = publicPem(first.publicKey);
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
    const unknown = await register({ agencyCode: '11370800MB00000000', publicKey });
    const ofOther = await register({ agencyCode: MARKET, publicKey: publicPem(rsa) });
    const ofHub = await register({ agencyCode: MARKET, publicKey: publicPem(hubKey()) });
    const added = await register({ agencyCode: MARKET, publicKey });
    const der = first.publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
    const twice = await register({ agencyCode: MARKET, publicKey: der });
    const taken = await register({ agencyCode: AGENCIES.approval.code, publicKey });
    const stale = await register({ agencyCode: MARKET, publicKey: publicPem(second.publicKey) });

    expect(unknown.userErrors).toMatchObject([{ code: 'UNKNOWN_AGENCY', field: ['agencyCode'] }]);
    expect(ofOther.userErrors).toMatchObject([{ code: 'MALFORMED_VALUE', field: ['publicKey'] }]);
    expect(ofHub.userErrors).toMatchObject([{ code: 'ALREADY_REGISTERED', field: ['publicKey'] }]);
    expect(added.key).toMatchObject({ id: KEY_1, version: 1, isCurrent: true });
    expect(twice.key).toEqual(added.key);
    expect(taken.userErrors).toMatchObject([{ code: 'ALREADY_REGISTERED', field: ['publicKey'] }]);
    expect(stale.userErrors).toMatchObject([{ code: 'STALE_VERSION', field: ['version'] }]);
  });

  test('the same bytes: verified before it is stored, a repetition changes nothing', async () => {
    const { document } = summaryOf(run);
    const signature = over(document, first.privateKey);
    const input = { runId: run.id, keyId: KEY_1, signature };
    const wrong = await counterSign({
      ...input,
      signature: over(`${document}\n`, first.privateKey),
    });
    const byOther = await counterSign({ ...input, signature: over(document, second.privateKey) });
    const short = await counterSign({ ...input, signature: 'AAAA' });
    const noRun = await counterSign({ ...input, runId: KEY_1 });
    const noKey = await counterSign({ ...input, keyId: KEY_2 });
    const ofAgency = await counterSign(input, { role: 'REGULATOR' });
    const before = (await seeAgain()).signedSummary?.counterSignatures;
    const taken = await counterSign(input, AS_MARKET);
    nights.pass(HOUR_MS);
    const twice = await counterSign(input);

    for (const { userErrors } of [wrong, byOther])
      expect(userErrors).toMatchObject([{ code: 'WRONG_SIGNATURE', field: ['signature'] }]);
    expect(short.userErrors).toMatchObject([{ code: 'MALFORMED_VALUE', field: ['signature'] }]);
    expect(noRun.userErrors).toMatchObject([{ code: 'UNKNOWN_CROSS_CHECK_RUN', field: ['runId'] }]);
    expect(noKey.userErrors).toMatchObject([{ code: 'UNKNOWN_KEY', field: ['keyId'] }]);
    expect(ofAgency.userErrors).toMatchObject([{ code: 'UNKNOWN_KEY', field: ['keyId'] }]);
    expect(before).toEqual([]);
    expect(taken.counterSignature).toMatchObject({ keyId: KEY_1, agencyCode: MARKET, signature });
    expect(twice.counterSignature).toEqual(taken.counterSignature);
    expect((await seeAgain()).signedSummary?.counterSignatures).toEqual([taken.counterSignature]);
  });

  test('and files prove that, too', async () => {
    const report = await readReport(hub, run.reportPath);
    const summary = summaryOf(await seeAgain());
    const fits = await verifyFiles(nights.folder, { report, summary, counters: [first.publicKey] });
    const lacks = await verifyFiles(nights.folder, {
      ...{ report, summary, counters: [first.publicKey, second.publicKey] },
    });

    expect([fits.code, fits.told]).toEqual([0, []]);
    expect(lacks.code).toBe(1);
    expect(lacks.told).toEqual([expect.stringMatching(/No counter-signature .*counter-1\.pub/u)]);
  });

  test('by its last key only; what an earlier one signed stays', async () => {
    const publicKey = publicPem(second.publicKey);
    await register({ agencyCode: MARKET, version: 1, publicKey });
    nights.pass(HOUR_MS);
    const later = await runCheck(hub, 'register');
    const { document } = summaryOf(later);
    const byFirst = { runId: later.id, keyId: KEY_1, signature: over(document, first.privateKey) };
    const bySecond = {
      runId: later.id,
      keyId: KEY_2,
      signature: over(document, second.privateKey),
    };
    const superseded = await counterSign(byFirst);
    const taken = await counterSign(bySecond);
    const { counterSigningKeys } = await hub.get(CounterSigningKeysDocument, {}, AS_MARKET);

    expect(superseded.userErrors).toMatchObject([{ code: 'UNKNOWN_KEY', field: ['keyId'] }]);
    expect(taken.counterSignature).toMatchObject({ keyId: KEY_2 });
    expect(counterSigningKeys.map(({ id, isCurrent }) => [id, isCurrent])).toEqual([
      [KEY_1, false],
      [KEY_2, true],
    ]);
    expect((await seeAgain()).signedSummary?.counterSignatures).toMatchObject([{ keyId: KEY_1 }]);
  });
});

describe('a workbook', () => {
  test('has sums and differences in Chinese, with how each finding stands now', async () => {
    const [sums, differences] = await readSheets(await readReport(hub, run.xlsxPath));

    expect([sums?.name, differences?.name]).toEqual(['汇总', '差异明细']);
    expect(sums?.rows).toEqual(
      expect.arrayContaining([
        ['核对对象', null, null, ROWS],
        ['不一致', null, null, 4],
        ['差异', '状态变化', '证照或登记状态', 4],
        ['差异', '来源内容无法识别', '证照或登记状态', 1],
        ['原因', '来源状态无法识别', 'STATUS_UNKNOWN', 1],
        ['报告摘要值', run.rootDigest, 'SHA-256'],
      ]),
    );
    expect(differences?.rows).toHaveLength(6);
    expect(differences?.rows[1]?.slice(2, 8)).toEqual([
      ...['状态变化', '证照或登记状态', 'VALID', 'WITHDRAWN', '持续', 3],
    ]);
  });

  test('is for the data center alone', async () => {
    const headers = { authorization: `Bearer ${await hub.token('REGULATOR')}` };
    const reply = await fetch(`${hub.url}${run.xlsxPath}`, { headers });

    expect(reply.status).toBe(403);
  });
});
