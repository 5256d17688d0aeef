import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { SUBJECTS } from '../../sandbox/fixtures-subjects.ts';
import { checkSubject, publishText, trySign } from '../support/commitments.ts';
import { startTestHub, type TestHub } from '../support/hub.ts';
import { MATTERS } from '../support/journey.ts';

const SIGNINGS = 20;
const { e1 } = SUBJECTS;

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub();
});
afterAll(() => hub.stop());

test('however many sign at once, every code is another, and none is left out', async () => {
  const textDigest = await publishText(hub, MATTERS.waterTransport);
  const subject = { kind: 'ENTERPRISE', code: e1.code, name: e1.name } as const;
  const checked = await Promise.all(
    Array.from({ length: SIGNINGS }, () =>
      checkSubject(hub, { matter: MATTERS.waterTransport, subject }),
    ),
  );
  const keys = checked.map(() => randomUUID());

  const signed = await Promise.all(
    [...checked, ...checked].map((one, index) =>
      trySign(hub, one, { textDigest, idempotencyKey: keys[index % SIGNINGS]! }),
    ),
  );

  const codes = new Set(signed.flatMap(({ commitment }) => commitment?.code ?? []));
  const serials = [...codes].map((code) => Number(code.slice(-6))).toSorted((a, b) => a - b);
  expect(serials).toEqual(Array.from({ length: SIGNINGS }, (_, index) => index + 1));
});
