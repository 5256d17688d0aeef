import type { CommitmentRecord } from './commitment-record.ts';
import { regionFindings } from './region.ts';
import { isValidResidentId } from './resident-id.ts';
import { isValidUnifiedSocialCreditCode } from './unified-social-credit-code.ts';

/** A field of a commitment's record that the platform would refuse, and what would be right. */
export interface RecordMistake {
  readonly field: keyof CommitmentRecord;
  /** One sentence, in Chinese, for the problem list. */
  readonly reason: string;
}

// Lengths of the national collection template (信用承诺信息): C200, C512, C4000.
const NAME_MAX = 200;
const REASON_MAX = 512;
const CONTENT_MAX = 4_000;

/**
 * What is wrong with a record before it is sent (信用承诺信息归集, 18 elements): lengths, the form of
 * code and identifiers, and that a commitment which was not kept in full says what was not kept and
 * what follows. Empty when nothing is. Natural persons are never public: Shandong public credit
 * information regulation, art. 20.
 */
export function checkCommitmentRecord(record: CommitmentRecord): readonly RecordMistake[] {
  return [
    ...wrong('code', /^\d{20}$/u.test(record.code), '承诺编码应为20位数字'),
    ...wrong('code', isRegion(record.code.slice(0, 6)), '承诺编码中的行政区划代码不存在'),
    ...wrong(
      'code',
      record.code.slice(6, 14) === record.madeOn.replaceAll('-', ''),
      '承诺编码中的日期与承诺作出日期不一致',
    ),
    ...text('subjectName', record.subjectName, NAME_MAX),
    ...wrong('subjectCode', isOwnCode(record), '承诺人代码校验失败'),
    ...text('reason', record.reason, REASON_MAX),
    ...text('content', record.content, CONTENT_MAX),
    ...text('liability', record.liability, CONTENT_MAX),
    ...wrong(
      'validUntil',
      record.validUntil === null || record.validUntil >= record.madeOn,
      '承诺有效期早于承诺作出日期',
    ),
    ...text('acceptedBy', record.acceptedBy.name, NAME_MAX),
    ...wrong(
      'acceptedBy',
      isValidUnifiedSocialCreditCode(record.acceptedBy.code),
      '承诺受理单位代码校验失败',
    ),
    ...wrong(
      'publicity',
      record.subjectCategory !== 'PERSON' || record.publicity === 'NOT_PUBLIC',
      '自然人承诺信息不可公开',
    ),
    ...checkFulfillment(record),
    ...wrong(
      'remarks',
      record.remarks === null || record.remarks.length <= REASON_MAX,
      `备注不超过${REASON_MAX}字`,
    ),
  ];
}

function checkFulfillment({ fulfillment, madeOn }: CommitmentRecord): readonly RecordMistake[] {
  if (fulfillment === null) return [];
  const { status, unperformed, sanction, establishedOn, establishedBy } = fulfillment;
  const needsMore = status !== 'FULFILLED';
  return [
    ...wrong('fulfillment', !needsMore || isWritten(unperformed), '未履行的承诺内容不能为空'),
    ...wrong('fulfillment', !needsMore || isWritten(sanction), '违诺责任追究内容不能为空'),
    ...wrong('fulfillment', establishedOn >= madeOn, '履行状态认定日期早于承诺作出日期'),
    ...wrong('fulfillment', isName(establishedBy.name), `认定单位应为1至${NAME_MAX}字`),
    ...wrong(
      'fulfillment',
      isValidUnifiedSocialCreditCode(establishedBy.code),
      '认定单位代码校验失败',
    ),
  ];
}

function isOwnCode({ subjectCategory, subjectCode }: CommitmentRecord): boolean {
  return subjectCategory === 'PERSON'
    ? isValidResidentId(subjectCode)
    : isValidUnifiedSocialCreditCode(subjectCode);
}

/** Of a province that exists: counties the hub does not know are not called wrong. */
function isRegion(code: string): boolean {
  return regionFindings(code).every((one) => one.code !== 'UNKNOWN_REGION');
}

function isName(name: string): boolean {
  return name.trim() !== '' && name.length <= NAME_MAX;
}

function isWritten(text: string | null): boolean {
  return text !== null && text.trim() !== '' && text.length <= CONTENT_MAX;
}

function text(
  field: RecordMistake['field'],
  value: string,
  lengthMax: number,
): readonly RecordMistake[] {
  const isRight = value.trim() !== '' && value.length <= lengthMax;
  return wrong(field, isRight, `应为1至${lengthMax}字`);
}

function wrong(
  field: RecordMistake['field'],
  isRight: boolean,
  reason: string,
): readonly RecordMistake[] {
  return isRight ? [] : [{ field, reason }];
}
