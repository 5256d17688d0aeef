import type { Agency } from '../model/agency.ts';
import type { SubjectInCase } from '../model/case-file.ts';
import { businessDate } from '../model/clock.ts';
import type { Commitment } from '../model/commitment.ts';
import type { CommitmentRecord, Fulfillment } from '../model/commitment-record.ts';
import type { Shortfall } from '../model/credit-push.ts';
import type { FormatText, TextElement } from '../model/format-text.ts';

const CONTENT_MAX = 4_000;
const REASON_MAX = 512;
const CATEGORY = {
  ENTERPRISE: 'ORGANIZATION',
  INDIVIDUAL_BUSINESS: 'INDIVIDUAL_BUSINESS',
  PERSON: 'PERSON',
} as const;
const STATUS: Readonly<Partial<Record<Commitment['state'], Fulfillment['status']>>> = {
  FULFILLED: 'FULFILLED',
  PARTLY_FULFILLED: 'PARTLY_FULFILLED',
  NOT_FULFILLED: 'NOT_FULFILLED',
};
/** States of a commitment that recipients hear of. */
const TOLD: readonly Commitment['state'][] = [
  'SIGNED',
  'WITHDRAWN',
  'TERMINATED',
  'FULFILLED',
  'PARTLY_FULFILLED',
  'NOT_FULFILLED',
  'REPAIRED',
];

/** Whether recipients hear of this state: the conclusion of a matter tells nothing of keeping. */
export function isTold({ state }: Commitment): boolean {
  return TOLD.includes(state);
}

/**
 * The record of a commitment (信用承诺信息, 18 elements) as it stands now: the facts when it was
 * made, 履约践诺 when it has been established. Of natural persons it is not public.
 */
export function recordOf(
  commitment: Commitment,
  about: SubjectInCase & {
    readonly agency: Agency;
    readonly text: FormatText;
    readonly shortfall: Shortfall | null;
    readonly at: Date;
  },
): CommitmentRecord {
  const { subject, matter, agency, text, shortfall, at } = about;
  const accepted = { name: agency.name, code: agency.code };
  const status = commitment.state === 'REPAIRED' ? shortfall?.finding : STATUS[commitment.state];
  return {
    code: commitment.code,
    subjectName: subject.name,
    subjectCategory: CATEGORY[subject.kind],
    subjectCode: subject.code,
    type: 'CERTIFICATION',
    reason: `申请办理${matter.name}（${matter.certificate}）`.slice(0, REASON_MAX),
    content: wordsOf(text, ['INFORMED', 'CONDITIONS_MET', 'TRUTHFUL', 'ACCEPTS_VERIFICATION']),
    liability: wordsOf(text, ['ACCEPTS_LIABILITY', 'FALSE_COMMITMENT_LIABILITY']),
    madeOn: commitment.signedOn,
    validUntil: commitment.validUntil,
    acceptedBy: accepted,
    publicity: commitment.publicity === 'PUBLIC' ? 'PUBLIC' : 'NOT_PUBLIC',
    fulfillment:
      status === undefined
        ? null
        : {
            status,
            unperformed: shortfall?.unperformed ?? null,
            sanction: shortfall?.sanction ?? null,
            establishedOn: businessDate(at),
            establishedBy: accepted,
          },
    remarks: remarksOf(commitment),
  };
}

function wordsOf({ elements }: FormatText, wanted: readonly TextElement[]): string {
  return wanted
    .flatMap((one) => elements.filter(({ element }) => element === one))
    .map(({ text }) => text)
    .join('；')
    .slice(0, CONTENT_MAX);
}

function remarksOf({ state }: Commitment): string | null {
  if (state === 'WITHDRAWN') return '承诺人在事项办结前撤回承诺，按提交证明办理，不作违诺处理';
  if (state === 'REPAIRED') return '信用修复：停止公示，停止共享和使用';
  return state === 'TERMINATED' ? '办结前终止办理' : null;
}
