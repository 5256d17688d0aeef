import { OPEN_NETWORK } from '../../../src/connector-kit/network.ts';
import { systemClock } from '../../../src/model/clock.ts';
import type { CommitmentRecord } from '../../../src/model/commitment-record.ts';
import { parseBusinessDate } from '../../../src/model/business-date.ts';
import { need } from '../questions.ts';
import { createReferenceKind } from './reference-kind.ts';
import { createReferenceSource, KNOWN } from './reference-source.ts';
import { NO_KEYS, type SubjectPlan } from './started-subject.ts';

/** A commitment as it is pushed. */
export function createCommitment(serial: number): CommitmentRecord {
  const accepted = { name: '济宁市行政审批服务局', code: '11370800MB28559184' };
  return {
    code: `37080020210209${String(serial).padStart(6, '0')}`,
    subjectName: KNOWN.name,
    subjectCategory: 'ORGANIZATION',
    subjectCode: KNOWN.code,
    type: 'CERTIFICATION',
    reason: '省际普通货物水路运输经营许可',
    content: '所填报信息真实，已符合告知的条件',
    liability: '愿意承担不实承诺的法律责任',
    madeOn: need(parseBusinessDate('2021-02-09')),
    validUntil: null,
    acceptedBy: accepted,
    publicity: 'PUBLIC',
    fulfillment: null,
    remarks: null,
  };
}

/** The reference kind, answered from kept rows. */
export const REFERENCE: SubjectPlan = {
  kind: 'reference',
  async start() {
    const source = createReferenceSource();
    const key = (code: string) => ({ kind: 'ENTERPRISE', code, name: null }) as const;
    return {
      stop: () => Promise.resolve(),
      subject: {
        kind: createReferenceKind(source),
        settings: { pageRows: source.twin.scan?.pageRows },
        secrets: { password: 'a-password-that-nobody-sees' },
        network: OPEN_NETWORK,
        clock: systemClock,
        questions: {
          'enterprise.registration': {
            ...NO_KEYS,
            hit: key(KNOWN.code),
            miss: key('91370800MA0CAN029X'),
          },
        },
        push: {
          'credit.commitment': {
            sound: [createCommitment(1), createCommitment(2)],
            refused: { ...createCommitment(3), subjectName: '' },
          },
        },
        twin: source.twin,
        logged: null,
      },
    };
  },
};
