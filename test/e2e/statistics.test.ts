import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { AGENCIES } from '../../src/catalog/starter/agencies.ts';
import { SUBJECTS } from '../../sandbox/fixtures-subjects.ts';
import {
  ApplyForRepairDocument,
  DraftYearlyReportDocument,
  FileObjectionDocument,
  StatisticsDocument,
  StepYearlyReportDocument,
  WithdrawCommitmentDocument,
  YearlyReportDocument,
  YearlyReportsDocument,
  type StatisticsInput,
} from '../generated/operations.ts';
import { createBreachJourney, MARKET, NOON } from '../support/breaches.ts';
import { checkSubject, publishText } from '../support/commitments.ts';
import { createTestClock, startTestHub, type AskOptions, type TestHub } from '../support/hub.ts';
import { MATTERS, openCase } from '../support/journey.ts';
import { textOfPdf } from '../support/pdf-text.ts';
import { readSheets } from '../support/sheets.ts';

const JUSTICE = {
  role: 'JUSTICE',
  agencyCode: AGENCIES.justice.code,
  account: 'bureau-1',
} as const;
const SECOND = { ...JUSTICE, account: 'bureau-2' };
const YEAR = { from: '2026-01-01', through: '2026-12-31' } as const;
const E2 = { kind: 'ENTERPRISE', code: SUBJECTS.e2.code, name: SUBJECTS.e2.name } as const;

const clock = createTestClock(NOON);
let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub({ clock });
  const textDigest = await publishText(hub, MATTERS.registration, MARKET);
  const journey = createBreachJourney({ hub, textDigest, clock });
  // Withdrawn; checked and blocked; opened and left; then one whose promise was untrue.
  const { commitment } = await journey.committed(false);
  const withdrawal = { commitmentId: commitment.id, version: 1, reason: '已取得证明' };
  await hub.get(WithdrawCommitmentDocument, { input: withdrawal }, MARKET);
  await checkSubject(hub, { matter: MATTERS.registration, subject: E2 }, MARKET);
  await openCase(hub, { matter: MATTERS.registration, subjects: [E2] }, MARKET);
  const { breachId } = await journey.decided();
  await hub.hub.pushDue(AbortSignal.timeout(10_000));
  const objection = { breachId, grounds: '有误', idempotencyKey: randomUUID() };
  await hub.get(FileObjectionDocument, { input: objection }, MARKET);
  const repair = {
    severity: 'MINOR' as const,
    ...{ breachId, isSafetyField: false, idempotencyKey: randomUUID() },
    ...{ dutiesDocument: '整改报告', commitmentDocument: '信用承诺书' },
  };
  await hub.get(ApplyForRepairDocument, { input: repair }, MARKET);
  clock.set('2026-09-23T04:00:00Z');
  await hub.hub.countDays(AbortSignal.timeout(10_000));
});
afterAll(() => hub.stop());

async function ask(input: StatisticsInput, as: AskOptions = MARKET) {
  return (await hub.get(StatisticsDocument, { input }, as)).statistics;
}

async function read(path: string, as: AskOptions) {
  const token = await hub.token(as.role ?? 'COUNTER', as);
  return fetch(hub.url + path, { headers: { authorization: `Bearer ${token}` } });
}

describe('the figures of an agency', () => {
  test('are those that were made by hand', async () => {
    const { statistics } = await ask(YEAR);

    const { figures } = statistics!;
    expect(figures.cases).toEqual({ accepted: 4, committed: { part: 2, whole: 4, share: 0.5 } });
    expect(figures.commitments).toEqual({
      ...{ signed: 2, certificatesSpared: 1, withdrawn: 1, terminated: 0, publicityRefused: 0 },
    });
    expect(figures.eligibility).toEqual({ checked: 3, blocked: 1, warned: 0, undetermined: 0 });
    expect(figures.verifications).toMatchObject({
      ...{ asked: 2, byMethod: [{ code: 'ONLINE', count: 2 }] },
      byVerdict: [{ code: 'REFUTED', count: 2 }],
      online: { part: 2, whole: 2, share: 1 },
    });
    expect(figures.verifications.averageSeconds).not.toBeNull();
    expect(figures.breaches).toMatchObject({
      ...{ opened: 1, decided: { part: 1, whole: 2, share: 0.5 }, tolerated: 0, annulled: 0 },
      consequences: [
        { code: 'BAR', count: 1 },
        { code: 'REVOKE', count: 1 },
      ],
    });
    // Signed twice, withdrawn once, found unfulfilled once; newer records end older ones.
    expect(figures.credit.acknowledged).toBe(2);
    expect(figures.redress).toEqual({
      ...{ objections: 1, upheld: { part: 0, whole: 0, share: null } },
      ...{ repairsApplied: 1, repairsApproved: 0 },
    });
    expect(figures.assistance.repliedInTime).toEqual({ part: 0, whole: 0, share: null });
    const platform = figures.sources.find(({ source }) => source === 'credit-platform')!;
    expect(platform.answered).toEqual({ part: 3, whole: 3, share: 1 });
    expect(statistics!.sourcesThrough).toBe('2026-09-22');
  });

  test('hold back what is told of few people, and what gives it away', async () => {
    const cutsOf = async (input: StatisticsInput) =>
      (await ask(input, JUSTICE)).statistics!.figures.cuts;
    const city = await cutsOf({ ...YEAR, regionCode: '370800' });
    const others = [
      await cutsOf({ ...YEAR, agencyCode: MARKET.agencyCode }),
      await cutsOf({ ...YEAR, regionCode: '370811' }),
      await cutsOf({ from: '2026-01-01', through: '2026-09-30', regionCode: '370800' }),
      await cutsOf({ from: '2026-02-01', through: '2027-01-31', regionCode: '370800' }),
    ];

    expect(city).toHaveLength(4);
    for (const { cells } of city!)
      expect(cells.map(({ count }) => count)).toEqual([null, null, null]);
    expect(others).toEqual([null, null, null, null]);
  });

  test('are of the days that were asked for, by the days of Shanghai', async () => {
    const before = await ask({ from: '2026-09-01', through: '2026-09-17' });
    const first = await ask({ from: '2026-09-18', through: '2026-09-18' });
    const second = await ask({ from: '2026-09-21', through: '2026-09-21' });

    const asked = [before, first, second].map((one) => one.statistics!.figures.verifications.asked);
    expect(asked).toEqual([0, 1, 1]);
    expect(before.statistics!.figures.cases).toMatchObject({
      ...{ accepted: 0, committed: { share: null } },
    });
  });

  test('are for itself, and for the bureau of its region', async () => {
    const other = await ask({ ...YEAR, agencyCode: AGENCIES.justice.code });
    const region = await ask({ ...YEAR, regionCode: '370800' });
    const unknown = await ask({ ...YEAR, agencyCode: '11370800MB28559180' }, JUSTICE);
    const both = await ask(
      { ...YEAR, agencyCode: MARKET.agencyCode, regionCode: '370800' },
      JUSTICE,
    );
    const long = await ask({ from: '2026-01-01', through: '2027-01-02' });
    const elsewhere = await ask({ ...YEAR, regionCode: '370100' }, JUSTICE);
    const ofAgency = await ask({ ...YEAR, agencyCode: MARKET.agencyCode }, JUSTICE);
    const ofRegion = await ask({ ...YEAR, regionCode: '370800' }, JUSTICE);

    const codes = [other, region, unknown, both, long, elsewhere].map(
      ({ userErrors }) => userErrors[0]?.code,
    );
    expect(codes).toEqual([
      ...['NOT_YOUR_REGION', 'NOT_YOUR_REGION', 'UNKNOWN_AGENCY', 'MALFORMED_VALUE'],
      ...['DATE_OUT_OF_RANGE', 'NOT_YOUR_REGION'],
    ]);
    expect(ofAgency.statistics!.figures.cases.accepted).toBe(4);
    expect(ofRegion.statistics!).toMatchObject({
      regionCode: '370800',
      figures: { cases: { accepted: 4 } },
    });
    expect(ofRegion.statistics!.agencies).toBeGreaterThan(1);
  });
});

describe('the yearly report', () => {
  const draft = async (more: object = {}, as: AskOptions = JUSTICE) => {
    const input = { regionCode: '370800', year: 2026, ...more };
    return (await hub.get(DraftYearlyReportDocument, { input }, as)).draftYearlyReport;
  };
  const step = async (id: string, more: object, as: AskOptions = JUSTICE) => {
    const input = { id, step: 'PUBLISH' as const, ...more };
    return (await hub.get(StepYearlyReportDocument, { input }, as)).stepYearlyReport;
  };

  test('is drafted by one officer, published by another, and stays as it was counted', async () => {
    const { report } = await draft({ remarks: '全年运行平稳。' });
    const same = await step(report!.id, {});
    const hidden = await hub.get(YearlyReportDocument, { id: report!.id }, MARKET);
    const published = await step(report!.id, {}, SECOND);
    await openCase(hub, { matter: MATTERS.registration, subjects: [E2] }, MARKET);
    const later = await hub.get(YearlyReportDocument, { id: report!.id }, MARKET);
    const twice = await step(report!.id, {}, SECOND);
    const next = await draft();

    expect(same.userErrors).toMatchObject([{ code: 'SECOND_PERSON_NEEDED' }]);
    expect(hidden.yearlyReport).toBeNull();
    expect(published.report).toMatchObject({
      ...{ state: 'PUBLISHED', version: 1, publishedBy: 'bureau-2', before: null },
    });
    expect(later.yearlyReport).toMatchObject({
      ...{ digest: report!.digest, figures: { cases: { accepted: 4 } } },
    });
    expect(twice.userErrors).toMatchObject([{ code: 'STEP_NOT_ALLOWED', state: 'PUBLISHED' }]);
    expect(next.report).toMatchObject({ version: 2, figures: { cases: { accepted: 5 } } });
    const { yearlyReports } = await hub.get(
      ...([YearlyReportsDocument, { regionCode: '370000', first: 10 }, MARKET] as const),
    );
    expect(yearlyReports.nodes.map(({ version }) => version)).toEqual([1]);
  });

  test('is read as pages, as sheets and by machines, by whom it is for', async () => {
    const { report } = await draft({ remarks: '全年运行平稳。' });
    const { printed, id, digest } = report!;
    const hidden = await read(printed.pdf, MARKET);
    await step(id, {}, SECOND);

    const [pdf, html, json, xlsx] = await Promise.all(
      [printed.pdf, printed.html, printed.json, printed.xlsx].map((path) => read(path, MARKET)),
    );
    const text = textOfPdf(new Uint8Array(await pdf!.arrayBuffer()))
      .flat()
      .join('');
    const sheets = await readSheets(new Uint8Array(await xlsx!.arrayBuffer()));

    expect(hidden.status).toBe(404);
    expect([pdf, html, json, xlsx].map((one) => one!.status)).toEqual([200, 200, 200, 200]);
    expect(text).toContain('年证明事项告知承诺制年度报告');
    expect(text).toContain('全年运行平稳');
    expect(text).toContain(digest.slice(0, 16));
    expect(await html!.text()).toContain('减少证明材料');
    expect(await json!.json()).toMatchObject({ form: 'hecha/yearly-report@1', digest });
    expect(sheets.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['主要指标', '各单位情况', '指标说明']),
    );
    const rows = sheets.find(({ name }) => name === '主要指标')!.rows;
    expect(rows[0]).toEqual(['指标', '本年']);
    expect(rows).toContainEqual(['签署承诺书（份）', 2]);
    expect(rows).toContainEqual(['　选择告知承诺制的比例', 0.4]);
  });

  test('is drafted by the bureau of the region, of years that have begun', async () => {
    const notBureau = await draft({}, { ...JUSTICE, agencyCode: MARKET.agencyCode });
    const elsewhere = await draft({ regionCode: '370100' });
    const future = await draft({ year: 2027 });
    const { report } = await draft();
    const silent = await step(report!.id, { step: 'DISCARD' });
    const gone = await step(report!.id, { step: 'DISCARD', reason: '口径有误' });

    expect(notBureau.userErrors).toMatchObject([{ code: 'NOT_YOUR_REGION' }]);
    expect(elsewhere.userErrors).toMatchObject([{ code: 'NOT_YOUR_REGION' }]);
    expect(future.userErrors).toMatchObject([{ code: 'DATE_OUT_OF_RANGE', field: ['year'] }]);
    expect(silent.userErrors).toMatchObject([{ code: 'REASON_MISSING' }]);
    expect(gone.report).toMatchObject({ state: 'DISCARDED' });
  });
});
