import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { BULK_LIFE, decideRow, goOnAt } from '../../src/model/bulk.ts';
import { csvField } from '../../src/model/csv-field.ts';
import type { TransportOutcome } from '../../src/model/outcome.ts';
import type { SourceObservation, VerdictCode } from '../../src/model/verification.ts';

const ALLOWED = [
  ...['OPENED CHECK CHECKED', 'OPENED CANCEL CANCELED'],
  ...['CHECKED START RUNNING', 'CHECKED CANCEL CANCELED'],
  ...['RUNNING PAUSE PAUSED', 'RUNNING WAIT WAITING', 'RUNNING FINISH DONE'],
  'RUNNING CANCEL CANCELED',
  ...['WAITING PAUSE PAUSED', 'WAITING RESUME RUNNING', 'WAITING CANCEL CANCELED'],
  ...['PAUSED RESUME RUNNING', 'PAUSED CANCEL CANCELED'],
];

const observed = (changes: Partial<SourceObservation> = {}): SourceObservation => ({
  ...{ requirement: 'registration', source: 'publicity-system', dataset: 'REGISTRATION' },
  ...{ method: 'ONLINE', rank: 2, transport: 'ANSWERED', hop: null, fault: null, retryAt: null },
  ...{ recordOutcome: 'FOUND_ONE', status: 'VALID', fields: [], notes: [], asOf: null },
  ...{ observedAt: null, evidenceId: null, evidenceDigest: null },
  ...changes,
});
const silent = (
  transport: Exclude<TransportOutcome, 'ANSWERED'>,
  hop: SourceObservation['hop'] = 'SOURCE',
  retryAt: string | null = null,
) => observed({ transport, hop, fault: `SOURCE_${transport}`, recordOutcome: null, retryAt });

test('every step that is not in the table is refused, from every state', () => {
  const taken = BULK_LIFE.states.flatMap((state) =>
    BULK_LIFE.steps.flatMap((step) => {
      const after = BULK_LIFE.after(state, step);
      if (after === null)
        expect(BULK_LIFE.refuse(state, step, ['id'])).toMatchObject({
          ...{ code: 'STEP_NOT_ALLOWED', state, allowed: BULK_LIFE.stepsFrom(state) },
        });
      return after === null ? [] : [`${state} ${step} ${after}`];
    }),
  );

  expect(taken.toSorted()).toEqual(ALLOWED.toSorted());
  expect(BULK_LIFE.states.filter(BULK_LIFE.isFinal)).toEqual(['DONE', 'CANCELED']);
});

test.each<[string, VerdictCode, readonly SourceObservation[], string]>([
  ['an answer that settles it', 'CONFIRMED', [observed()], 'CONCLUDE'],
  [
    'an answer beside a silence that does not matter',
    'REFUTED',
    [observed(), silent('TIMEOUT')],
    'CONCLUDE',
  ],
  ['answers that settle nothing', 'INCONCLUSIVE', [observed()], 'CONCLUDE'],
  ['a source that rests', 'UNAVAILABLE', [silent('UNREACHABLE', 'HUB')], 'HOLD'],
  ['a quota that is spent', 'UNAVAILABLE', [silent('QUOTA_EXHAUSTED', 'HUB')], 'HOLD'],
  ['a quota that is spent at the source', 'UNAVAILABLE', [silent('QUOTA_EXHAUSTED')], 'HOLD'],
  ['announced maintenance', 'INCONCLUSIVE', [observed(), silent('SCHEDULED_OUTAGE')], 'HOLD'],
  ['credentials that are not accepted', 'UNAVAILABLE', [silent('UNAUTHORIZED')], 'HOLD'],
  ['a source that is not registered', 'UNAVAILABLE', [silent('UNSUPPORTED', 'HUB')], 'HOLD'],
  ['a timeout', 'UNAVAILABLE', [silent('TIMEOUT')], 'BLAME'],
  ['an error of the source', 'UNAVAILABLE', [silent('UNREACHABLE')], 'BLAME'],
  ['an answer that cannot be read', 'UNAVAILABLE', [silent('MALFORMED')], 'BLAME'],
  ['a form that drifted', 'INCONCLUSIVE', [observed(), silent('SCHEMA_DRIFT')], 'BLAME'],
  ['a holder who has to consent', 'UNAVAILABLE', [silent('NEEDS_CONSENT')], 'CONCLUDE'],
  [
    'a kind of subject the source does not know',
    'UNAVAILABLE',
    [silent('UNSUPPORTED')],
    'CONCLUDE',
  ],
])('after %s (%s) a row is treated as it should be', (_what, code, observations, what) => {
  const decision = decideRow({ code }, observations);

  expect(decision.what).toBe(what);
});

test('what is held back for its flood of adverse answers is waited for, never concluded', () => {
  const note = { code: 'ANOMALY_HOLD', field: null, detail: null } as const;

  const decision = decideRow({ code: 'INCONCLUSIVE' }, [observed({ notes: [note] })]);

  expect(decision).toEqual({
    ...{ what: 'HOLD', source: 'publicity-system', reason: 'ANOMALY_HOLD', retryAt: null },
  });
});

test('of several silent sources the last to be asked again decides when to go on', () => {
  const early = silent('QUOTA_EXHAUSTED', 'HUB', '2026-11-23T01:00:00.000Z');
  const late = silent('SCHEDULED_OUTAGE', 'HUB', '2026-11-23T02:00:00.000Z');

  const decision = decideRow({ code: 'UNAVAILABLE' }, [late, early]);

  expect(decision).toMatchObject({ retryAt: new Date('2026-11-23T02:00:00.000Z') });
});

test('a list goes on between a second and a day from now, whatever a source says', () => {
  const now = new Date('2026-11-23T00:00:00.000Z');

  fc.assert(
    fc.property(fc.date({ noInvalidDate: true }), (retryAt) => {
      const waitMs = goOnAt(retryAt, now).getTime() - now.getTime();
      expect(waitMs).toBeGreaterThanOrEqual(1_000);
      expect(waitMs).toBeLessThanOrEqual(86_400_000);
    }),
  );
  expect(goOnAt(null, now).getTime() - now.getTime()).toBe(30_000);
});

test.each([
  ['济宁示例商贸有限公司', '济宁示例商贸有限公司'],
  ['=HYPERLINK("http://x")', `"'=HYPERLINK(""http://x"")"`],
  ['+1', "'+1"],
  ['-1', "'-1"],
  ['@sum', "'@sum"],
  ['\t=1', "'\t=1"],
  ['＝1+1', "'＝1+1"],
  ['a,b', '"a,b"'],
  ['a\r\nb', '"a\r\nb"'],
  ['', ''],
])('the text %j stands in CSV as %s', (text, field) => {
  expect(csvField(text)).toBe(field);
});
