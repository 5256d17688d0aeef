import { expect, test } from '@jest/globals';

import type { BusinessDate } from '../../src/model/business-date.ts';
import type { CommitmentRecord } from '../../src/model/commitment-record.ts';
import { checkCommitmentRecord } from '../../src/model/commitment-record-check.ts';

const day = (text: string) => text as BusinessDate;
const AGENCY = { name: '济宁市行政审批服务局', code: '11370800MB28559184' };
const SOUND: CommitmentRecord = {
  code: '37080020210209000001',
  subjectName: '济宁市任城区（高新）示例商贸有限公司',
  subjectCategory: 'ORGANIZATION',
  subjectCode: '91370811MA3TE0T0XE',
  type: 'CERTIFICATION',
  reason: '省际普通货物水路运输经营许可',
  content: '所填报信息真实',
  liability: '愿意承担不实承诺的法律责任',
  madeOn: day('2021-02-09'),
  validUntil: null,
  acceptedBy: AGENCY,
  publicity: 'PUBLIC',
  fulfillment: null,
  remarks: null,
};
const PARTLY: NonNullable<CommitmentRecord['fulfillment']> = {
  status: 'PARTLY_FULFILLED',
  unperformed: '未按期提交',
  sanction: '责令限期整改',
  establishedOn: day('2021-03-15'),
  establishedBy: AGENCY,
};

test('a sound record has no mistakes, with and without its fulfillment', () => {
  expect(checkCommitmentRecord(SOUND)).toEqual([]);
  expect(checkCommitmentRecord({ ...SOUND, fulfillment: PARTLY })).toEqual([]);
});

test.each([
  [{ code: '3708002021020900001' }, 'code'],
  [{ madeOn: day('2021-02-10') }, 'code'],
  [{ code: '00080020210209000001' }, 'code'],
  [{ subjectName: ' ' }, 'subjectName'],
  [{ subjectName: '公'.repeat(201) }, 'subjectName'],
  [{ subjectCode: '91370811MA3TE0T0X0' }, 'subjectCode'],
  [{ subjectCode: '370800199001010015' }, 'subjectCode'],
  [{ reason: '由'.repeat(513) }, 'reason'],
  [{ content: '' }, 'content'],
  [{ liability: '责'.repeat(4_001) }, 'liability'],
  [{ validUntil: day('2021-02-08') }, 'validUntil'],
  [{ acceptedBy: { ...AGENCY, code: '11370800MB28559185' } }, 'acceptedBy'],
  [{ acceptedBy: { ...AGENCY, name: '' } }, 'acceptedBy'],
  [{ fulfillment: { ...PARTLY, unperformed: null } }, 'fulfillment'],
  [{ fulfillment: { ...PARTLY, sanction: ' ' } }, 'fulfillment'],
  [{ fulfillment: { ...PARTLY, establishedOn: day('2021-02-08') } }, 'fulfillment'],
  [{ fulfillment: { ...PARTLY, establishedBy: { ...AGENCY, name: ' ' } } }, 'fulfillment'],
  [{ remarks: '注'.repeat(513) }, 'remarks'],
] as const)('a record with %j is wrong in %s', (given, field) => {
  const mistakes = checkCommitmentRecord({ ...SOUND, ...given });

  expect(mistakes.map((one) => one.field)).toContain(field);
});

test('the record of a natural person is not public', () => {
  const person = {
    ...SOUND,
    subjectCategory: 'PERSON',
    subjectCode: '370800199001010015',
  } as const;

  expect(checkCommitmentRecord(person)).toEqual([
    { field: 'publicity', reason: '自然人承诺信息不可公开' },
  ]);
  expect(checkCommitmentRecord({ ...person, publicity: 'NOT_PUBLIC' })).toEqual([]);
});
