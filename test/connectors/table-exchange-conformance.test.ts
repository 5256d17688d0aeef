import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { runConformance } from '../../src/connector-kit/conformance/conformance.ts';
import { CONFORMANCE_RULES } from '../../src/connector-kit/conformance/rules.ts';
import { startMariadb, whyNoMariadb, type MariadbServer } from '../support/mariadb.ts';
import { planTables } from './conformance/table-exchange.ts';
import { need } from './questions.ts';

const RUN_MS_MAX = 120_000;

/** Rules of what tables do not have: HTTP, a quota, pushes, records told only in part. */
const OF_OTHERS = [
  'lookup-withheld',
  'abort-frees-socket',
  'one-attempt',
  'quota-named',
  'scan-done',
  'push-receipts',
  'push-once',
  'push-batch',
  'push-acknowledged',
  'push-trouble',
  'file-fresh',
  'file-none',
];

const reason = whyNoMariadb();
const run = reason === null ? describe : describe.skip;

run(`tables in MariaDB${reason === null ? '' : `, skipped: ${reason}`}`, () => {
  const kept = new Set<string>();
  let server: MariadbServer | null = null;
  beforeAll(async () => {
    server = await startMariadb();
  }, RUN_MS_MAX);
  afterAll(() => server?.stop());

  test.each(['TABLE', 'HOLDINGS'] as const)(
    'keep the contract when they answer from %s',
    async (answerFrom) => {
      const { host, port, user, password } = need(server);
      const plan = planTables(answerFrom, () => ({
        ...{ dialect: 'mysql', host, port, user, password },
      }));
      const { subject, stop } = await plan.start();

      const report = await runConformance(subject, { signal: AbortSignal.timeout(RUN_MS_MAX) });
      await stop();

      for (const { rule, result } of report.lines) if (result === 'PASS') kept.add(rule);
      expect(report.lines.filter(({ result }) => result === 'FAIL')).toEqual([]);
      expect(report).toMatchObject({ kind: 'table-exchange', passed: true });
    },
    RUN_MS_MAX,
  );

  test('leave untried, asked and kept together, only rules of what tables do not have', () => {
    const untried = CONFORMANCE_RULES.map(({ id }) => id).filter((id) => !kept.has(id));

    expect(untried).toEqual(OF_OTHERS);
  });
});
