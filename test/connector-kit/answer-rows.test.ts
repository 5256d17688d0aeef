import { expect, test } from '@jest/globals';

import { answerKeys } from '../../src/connector-kit/answer-rows.ts';
import { compileMapping, mappingSetting } from '../../src/connector-kit/mapping/mapping.ts';

const CODES = ['91370811MA3TE0T0XE', '91370812MA3TE0T18W', '91370800MB28559184'] as const;
const [FIRST, SECOND, THIRD] = CODES;

const mapping = compileMapping(
  'enterprise.registration',
  mappingSetting.parse({
    fields: {
      code: { from: '/code' },
      name: { from: '/name' },
      validUntil: { from: '/until' },
      status: { from: '/state', pairs: { '1': 'ACTIVE', '2': 'DEREGISTERED' } },
    },
  }),
);

function row(code: string, until = '2039-03-01') {
  return { code, name: `示例 ${code}`, until, state: '1' };
}

/** What each key was told: names of its records, or the code of its fault. */
function tell(codes: readonly string[], rows: readonly ReturnType<typeof row>[]) {
  const results = answerKeys(
    {
      capability: 'enterprise.registration',
      mapping,
      absence: 'COVERED',
      keyTextOf: ({ value }) => (value as { readonly code: string }).code,
      asksType: false,
      strangers: 'REFUSE',
    },
    codes.map((code) => ({ kind: 'ENTERPRISE', code, name: null })),
    {
      rows: rows.map((value, index) => ({ value, pointer: `/data/${index}` })),
      asOf: null,
      raw: new Uint8Array(),
    },
  );
  return results.map((result) =>
    result.ok ? result.answer.records.map(({ name }) => name) : result.fault.code,
  );
}

test('rows go to the keys they name, in whatever order and spelling', () => {
  const spelled = SECOND.toLowerCase();

  const told = tell([FIRST, SECOND, THIRD], [row(spelled), row(FIRST), row(FIRST)]);

  expect(told).toEqual([[`示例 ${FIRST}`, `示例 ${FIRST}`], [`示例 ${spelled}`], []]);
});

test('a row that cannot be read costs the key it names its answer, and no other key', () => {
  const told = tell([FIRST, SECOND, THIRD], [row(FIRST), row(SECOND, 'soon')]);

  expect(told).toEqual([[`示例 ${FIRST}`], 'SOURCE_SCHEMA_DRIFT', []]);
});

test('a row about nobody who was asked for puts the whole reply in doubt', () => {
  expect(() => tell([FIRST], [row(FIRST), row(SECOND)])).toThrow(
    expect.objectContaining({ code: 'SOURCE_INTEGRITY_FAILED' }),
  );
});
