import { afterAll, beforeAll, expect, test } from '@jest/globals';

import type { Connector } from '../../src/connector-kit/connector.ts';
import { answerOf, DRAFT, need } from './questions.ts';
import { startRig, within, type Rig } from './rig.ts';

let rig: Rig;
let connector: Connector;
beforeAll(async () => {
  rig = await startRig();
  connector = rig.connect('assistance');
});
afterAll(() => rig.stop());

function deliver(draft: typeof DRAFT) {
  return need(connector.capabilities['assistance.request']).lookup([draft], within(5_000));
}

test('a request gets a receipt, and the same one when it is delivered again', async () => {
  const first = answerOf(await deliver(DRAFT));

  const again = answerOf(await deliver(DRAFT));

  expect(first.records).toEqual([
    { receiptNumber: expect.any(String), requestId: DRAFT.requestId },
  ]);
  expect(first.absence).toBe('UNCOVERED');
  expect(again).toEqual(first);
  expect(first.asOf).toBeInstanceOf(Date);
});

test('another request under the same id is an integrity failure', async () => {
  await deliver(DRAFT);

  const pending = deliver({ ...DRAFT, legalBasis: '另一条' });

  await expect(pending).rejects.toMatchObject({
    code: 'SOURCE_INTEGRITY_FAILED',
    details: { reason: 'REQUEST_DIFFERS' },
  });
});

test('a request the agency cannot read is malformed and not delivered', async () => {
  const pending = deliver({ ...DRAFT, requestId: 'other', questions: [] });

  await expect(pending).rejects.toMatchObject({
    code: 'SOURCE_MALFORMED',
    details: { reason: 'HTTP_400' },
  });
});
