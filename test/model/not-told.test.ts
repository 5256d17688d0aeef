import { expect, test } from '@jest/globals';

import { compileAnswerMapping } from '../../src/connector-kit/answer-settings.ts';
import { compileMapping, mappingSetting } from '../../src/connector-kit/mapping/mapping.ts';
import type { About, Told } from '../../src/model/observe/about.ts';
import { observeCredit } from '../../src/model/observe/credit.ts';
import { observeRegistration } from '../../src/model/observe/registration.ts';
import type { ClaimField } from '../../src/model/policy.ts';
import { businessDate } from '../../src/model/clock.ts';
import { requirementOf } from './observations.ts';

const CODE = '91370811MA3TE0T0XE';
const NOW = new Date('2026-09-18T02:00:00Z');
const TODAY = businessDate(NOW);
const ROW = { code: CODE, name: '济宁新名称有限公司', state: '1' };
const FLAT = mappingSetting.parse({
  fields: {
    code: { from: '/code' },
    name: { from: '/name' },
    status: { from: '/state', pairs: { '1': 'ACTIVE' } },
  },
});
const CREDIT = mappingSetting.parse({
  fields: { code: { from: '/code' }, name: { from: '/name' } },
});

function about(field: ClaimField, name = ROW.name): About {
  return {
    requirement: requirementOf('R1', [field]),
    subject: { kind: 'ENTERPRISE', code: CODE, name },
    claims: new Map(),
    relevantOn: TODAY,
    ...{ source: 'flat', rank: 50, fieldRanks: [], dataset: 'REGISTRATION' },
  };
}

function told<R>(record: R): Told<R> {
  return {
    ...{ recordOutcome: 'FOUND_ONE', records: [record], asOf: null, observedAt: NOW },
    ...{ evidenceId: 'e', rawDigest: 'd' },
  };
}

function readRegistration() {
  const mapped = compileMapping('enterprise.registration', FLAT).map(ROW, '');
  if (!mapped.ok) throw mapped.fault;
  return mapped.record;
}

function readProfile() {
  const mapped = compileMapping('credit.profile', CREDIT).map(ROW, '');
  if (!mapped.ok) throw mapped.fault;
  return mapped.record;
}

const outcomesOf = (observation: ReturnType<typeof observeRegistration>) =>
  observation.fields.map(({ outcome }) => outcome);

test('a flat row says of each list that it does not tell it', () => {
  expect(readRegistration().notTold).toEqual([
    ...['FORMER_NAMES', 'CHANGES', 'ABNORMAL_OPERATIONS', 'SERIOUS_VIOLATIONS', 'PENALTIES'],
  ]);
  expect(readProfile().notTold).toEqual([...['GRADE', 'LISTINGS', 'PENALTIES', 'COMMITMENTS']]);
});

test('lists that are not told settle no standing', () => {
  const registration = observeRegistration(about('CREDIT_STANDING'), told(readRegistration()));
  const credit = observeCredit(about('CREDIT_STANDING'), told(readProfile()));

  expect(outcomesOf(registration)).toEqual(['NOT_HELD']);
  expect(outcomesOf(credit)).toEqual(['NOT_HELD']);
});

test('another name is no mismatch where former names are not told', () => {
  const record = readRegistration();

  const other = observeRegistration(about('HOLDER_NAME', '济宁旧名称有限公司'), told(record));
  const same = observeRegistration(about('HOLDER_NAME'), told(record));

  expect(outcomesOf(other)).toEqual(['NOT_COMPARABLE']);
  expect(outcomesOf(same)).toEqual(['MATCH_EXACT']);
});

test('absence may not deny what the mapping does not even read', () => {
  const compile = (absence: 'COVERED' | 'UNCOVERED') =>
    compileAnswerMapping('/answers/credit.profile', 'credit.profile', { mapping: CREDIT, absence });

  expect(() => compile('COVERED')).toThrow(
    expect.objectContaining({
      code: 'UNSAFE_CONFIGURATION',
      details: { field: '/answers/credit.profile/absence', reason: 'ABSENCE_OF_UNTOLD' },
    }),
  );
  expect(() => compile('UNCOVERED')).not.toThrow();
});
