import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';

import { FAULTS } from '../../sandbox/faults.ts';
import { SUBJECTS } from '../../sandbox/fixtures-subjects.ts';
import { startTestHub, type TestHub } from '../support/hub.ts';
import { breakSource, MATTERS, mendSource, verifySubject } from '../support/journey.ts';

// Each source is the only one that can settle its matter, so nothing else hides what its fault
// does.
const ALONE = {
  'license-library': { matter: MATTERS.sanitation, subject: 'e1' },
  'publicity-system': { matter: MATTERS.registration, subject: 'e1' },
  'credit-platform': { matter: MATTERS.residence, subject: 'p1' },
  assistance: { matter: MATTERS.insurance, subject: 'p1' },
} as const;

type SourceId = keyof typeof ALONE;

const HANGING_POLICY = {
  deadlineMs: 900,
  attemptMs: 400,
  failuresMax: 1_000,
  canaryMaxAgeMs: 3_600_000,
};
const HARMLESS: readonly string[] = ['CONFIRMED', 'PENDING'];
const table: { fault: string; source: SourceId; verdict: string; why: string }[] = [];

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub({ policy: HANGING_POLICY });
});
afterEach(async () => {
  for (const source of Object.keys(ALONE) as SourceId[]) await mendSource(hub, source);
});
afterAll(async () => {
  await hub.stop();
  printTable();
});

const CASES = FAULTS.flatMap((one) =>
  (Object.keys(ALONE) as SourceId[])
    .filter((source) => (one.sources as readonly string[]).includes(source))
    .map((source) => ({ ...one, source, title: `${one.name} at ${source}` })),
);

test.each(CASES)(
  '$title never speaks against the subject',
  async ({ name, fault, source, answer }) => {
    await breakSource(hub, source, { ...fault });

    const verified = await verify(source);

    const { code, reasons, refutation } = verified.verdict;
    const silence = reasons.find((one) => one.code === 'SOURCE_DID_NOT_ANSWER');
    table.push({
      fault: name,
      source,
      verdict: code,
      why: silence === undefined ? '' : `${silence.hop ?? ''} ${silence.detail ?? ''}`,
    });
    expect(refutation).toBeNull();
    if (answer === 'NONE') {
      // Nothing but the source could have settled it, so nothing did; and it is said why, and
      // where.
      expect(['UNAVAILABLE', 'INCONCLUSIVE']).toContain(code);
      const own = reasons.filter((one) => one.source === source);
      expect(own.some(({ hop, detail }) => hop !== null && detail !== null)).toBe(true);
    } else {
      expect([...HARMLESS, 'UNAVAILABLE', 'INCONCLUSIVE']).toContain(code);
    }
  },
);

test('after every fault each source answers as before', async () => {
  const codes = [];
  for (const source of Object.keys(ALONE) as SourceId[])
    codes.push((await verify(source)).verdict.code);

  expect(codes).toEqual(['CONFIRMED', 'CONFIRMED', 'CONFIRMED', 'PENDING']);
});

function verify(source: SourceId) {
  const { matter, subject } = ALONE[source];
  const { code, name } = SUBJECTS[subject];
  const kind = subject === 'p1' ? 'PERSON' : 'ENTERPRISE';
  return verifySubject(hub, { matter, subject: { kind, code, name } });
}

/** The table people read; the test above has checked every line of it. */
function printTable(): void {
  const lines = table.map(
    ({ fault, source, verdict, why }) =>
      `${fault.padEnd(34)} ${source.padEnd(17)} ${verdict.padEnd(13)} ${why}`,
  );
  const conclusive = table.filter(({ verdict }) => verdict === 'REFUTED').length;
  process.stdout.write(
    `\n${lines.join('\n')}\n${table.length} faults, ${conclusive} conclusive against the subject\n`,
  );
}
