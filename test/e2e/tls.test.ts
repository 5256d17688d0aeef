import { expect, test } from '@jest/globals';

import { FAULTS } from '../../sandbox/faults.ts';
import { SUBJECTS } from '../../sandbox/fixtures-subjects.ts';
import { startTestHub, type TestHub } from '../support/hub.ts';
import { breakSource, MATTERS, mendSource, verifySubject } from '../support/journey.ts';

const { e1 } = SUBJECTS;
const TLS_FAULTS = FAULTS.filter(({ fault }) => fault.kind === 'tls');

const verify = (one: TestHub) =>
  verifySubject(one, {
    matter: MATTERS.registration,
    subject: { kind: 'ENTERPRISE', code: e1.code, name: e1.name },
  });

test('a source whose certificate the known authority signed is asked over TLS', async () => {
  const over = await startTestHub({ transport: 'TLS' });

  const verified = await verify(over);
  await over.stop();

  expect(verified.verdict.code).toBe('CONFIRMED');
});

// A connection that is kept open has shaken hands already: each fault gets a hub of its own.
test.each(TLS_FAULTS)('$name is no answer, never a fall back to plain HTTP', async ({ fault }) => {
  const over = await startTestHub({ transport: 'TLS' });
  await breakSource(over, 'publicity-system', { ...fault });

  const verified = await verify(over);
  await mendSource(over, 'publicity-system');
  const mended = await verify(over);
  await over.stop();

  expect(verified.verdict).toMatchObject({ code: 'UNAVAILABLE', refutation: null });
  expect(verified.verdict.reasons[0]).toMatchObject({
    code: 'SOURCE_DID_NOT_ANSWER',
    hop: 'NETWORK',
    detail: expect.stringMatching(/^SOURCE_UNREACHABLE:(TLS_|RESET)/),
  });
  expect(mended.verdict.code).toBe('CONFIRMED');
});
