import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import type { SuppliedCommitment } from '../../sandbox/publicity-supply.ts';
import type { PushDesk } from '../../src/connector-kit/push.ts';
import { createCommitment } from './conformance/reference.ts';
import { need } from './questions.ts';
import { startRig, within, type Rig } from './rig.ts';

let rig: Rig;
let desk: PushDesk<'credit.commitment'>;
beforeAll(async () => {
  rig = await startRig();
  desk = need(rig.connect('publicity-system').push?.['credit.commitment']);
});
afterAll(() => rig.stop());

const supplyCalls = async () =>
  (await rig.listCalls('publicity-system')).filter(({ operation }) => operation === 'supply');

/** As the system holds it. */
function held(more: Partial<SuppliedCommitment>): SuppliedCommitment {
  const nothing = { field: null, reason: null, effects: 1, content: {} };
  return { serial: 'LS0', state: '1', ...nothing, ...more };
}

describe('what is not for everybody', () => {
  test.each([
    ['of a natural person', { subjectCategory: 'PERSON' }],
    ['that is not public', { publicity: 'NOT_PUBLIC' }],
    ['for some readers', { publicity: 'LIMITED' }],
  ] as const)('a commitment %s never leaves, and costs the others nothing', async (_, more) => {
    const shown = createCommitment(1);
    const hidden = { ...createCommitment(2), ...more };
    const before = (await supplyCalls()).length;

    const alone = await desk.push([hidden], within(5_000));
    const calls = (await supplyCalls()).length - before;
    const [refused, taken] = await desk.push([hidden, shown], within(5_000));

    expect({ alone, calls }).toEqual({ alone: [refused], calls: 0 });
    expect(refused).toMatchObject({ taken: false, field: 'publicity' });
    expect(taken).toMatchObject({ taken: true });
  });
});

test('a column to blame is told in the words of the hub', async () => {
  const [receipt] = await desk.push([{ ...createCommitment(4), liability: '' }], within(5_000));

  expect(receipt).toEqual({ taken: false, field: 'liability', reason: 'WNZR为必填项' });
});

test.each([
  ['1', 'ACKNOWLEDGED'],
  ['2', 'REJECTED'],
  ['3', 'PENDING'],
  ['4', 'REJECTED'],
])('a row in state %s is %s', async (state, expected) => {
  const serial = `LS-state-${state}`;
  const kept = held({ serial, state, field: 'CNNR', reason: '内容不全' });
  await rig.putRecord('publicity-system', `supplied/state-${state}`, kept);

  const told = await desk.acknowledgements([serial, 'LS-nobody'], within(5_000));

  expect(told).toEqual([
    { reference: serial, state: expected, field: 'content', reason: '内容不全' },
    { reference: 'LS-nobody', state: 'UNKNOWN', field: null, reason: null },
  ]);
});

test('rows that changed places are no receipts', async () => {
  await rig.setFault('publicity-system', {
    kind: 'integrity',
    how: 'wrong-row',
    operation: 'supply',
  });
  const records = [createCommitment(5), createCommitment(6)];

  const pushed = desk.push(records, within(5_000));

  await expect(pushed).rejects.toMatchObject({ code: 'SOURCE_INTEGRITY_FAILED' });
  const asked = desk.acknowledgements(['LS-state-1', 'LS-state-3'], within(5_000));
  await expect(asked).rejects.toMatchObject({ code: 'SOURCE_INTEGRITY_FAILED' });
  await rig.clearFault('publicity-system');
});
