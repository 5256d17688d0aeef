import { integrityFault } from '../../src/connector-kit/fault.ts';
import { noteDay, readDay, readSubjectCode, readText } from '../../src/connector-kit/held-value.ts';
import type {
  CreditCategory,
  CreditCommitment,
  CreditGrade,
  CreditListing,
  CreditProfile,
} from '../../src/model/credit.ts';
import type { Penalty } from '../../src/model/enterprise.ts';
import { finding, type Finding } from '../../src/model/finding.ts';
import { hasUnmappable } from '../../src/model/text.ts';
import type { HeldProfile } from './wire.ts';

const CATEGORIES: Readonly<Record<string, CreditCategory>> = {
  法人及非法人组织: 'ORGANIZATION',
  自然人: 'PERSON',
  个体工商户: 'INDIVIDUAL_BUSINESS',
};

/** 公共信用综合评价, GB/T 45255-2025. */
const GRADES: Readonly<Record<string, CreditGrade['value']>> = { A: 'A', B: 'B', C: 'C', D: 'D' };

/** Any other list is UNKNOWN: the informal 黑名单 names no list of the law. */
const LISTS: Readonly<Record<string, CreditListing['list']>> = {
  严重失信主体名单: 'SERIOUSLY_DISHONEST',
  红名单: 'TRUSTWORTHY',
  守信激励名单: 'TRUSTWORTHY',
  经营异常: 'ABNORMAL_OPERATION',
  经营异常名录: 'ABNORMAL_OPERATION',
};

/** 承诺履行状态. */
const FULFILLMENTS: Readonly<Record<string, NonNullable<CreditCommitment['fulfillment']>>> = {
  全部履行: 'FULFILLED',
  部分履行: 'PARTLY_FULFILLED',
  全部未履行: 'NOT_FULFILLED',
};

/**
 * A profile in the hub's vocabulary.
 *
 * @param at where it stands in the reply (RFC 6901).
 * @throws {HubError} SOURCE_SCHEMA_DRIFT for a removal that is no day; SOURCE_INTEGRITY_FAILED
 * for a commitment of somebody else.
 */
export function readProfile(held: HeldProfile, at: string): CreditProfile {
  const { code, findings: codeFindings } = readSubjectCode(held.identify);
  const findings: Finding[] = [...codeFindings];
  const name = readText(held.subjectName);
  if (name !== null && hasUnmappable(name)) findings.push(finding('UNMAPPABLE_CHARACTER', 'name'));
  const category = wordIn(CATEGORIES, held.category);
  if (category === 'UNKNOWN') findings.push(finding('UNKNOWN_CATEGORY', 'category'));
  return {
    code,
    codeAsHeld: held.identify,
    name,
    category,
    grade: readGrade(held, findings),
    listings: held.lists.map((entry, index) => ({
      list: wordIn(LISTS, entry.listName.trim()),
      listAsHeld: entry.listName,
      reason: readText(entry.reason),
      authority: readText(entry.authority),
      since: noteDay(entry.listedOn, { field: 'listings', findings }),
      removedOn: readDay(entry.removedOn, `${at}/lists/${index}/removedOn`),
    })),
    penalties: held.penalties.map((row) => readPenalty(row, findings)),
    commitments: held.commitments.map((row, index) => {
      const isOwn = readSubjectCode(row.identify).code === code;
      if (!isOwn) throw integrityFault('OTHER_SUBJECT', `${at}/commitments/${index}`);
      return readCommitment(row, findings);
    }),
    notTold: [],
    findings,
  };
}

function readGrade({ grade }: HeldProfile, findings: Finding[]): CreditGrade | null {
  if (grade === null) return null;
  const value = wordIn(GRADES, grade.value);
  if (value === 'UNKNOWN') findings.push(finding('UNKNOWN_CATEGORY', 'grade'));
  return { value, gradedOn: noteDay(grade.gradedOn, { field: 'grade', findings }) };
}

function readPenalty(row: HeldProfile['penalties'][number], findings: Finding[]): Penalty {
  const field = 'penalties';
  return {
    documentNumber: readText(row.CF_WSH),
    act: readText(row.CF_WFXW),
    content: readText(row.CF_NR),
    authority: readText(row.CF_CFJG),
    decidedOn: noteDay(row.CF_JDRQ, { field, findings }),
    publicUntil: noteDay(row.CF_GSJZQ, { field, findings }),
  };
}

function readCommitment(
  row: HeldProfile['commitments'][number],
  findings: Finding[],
): CreditCommitment {
  const status = readText(row.fulfillmentStatus);
  return {
    code: row.code,
    type: row.commitmentTypeId,
    reason: readText(row.reason),
    madeOn: noteDay(row.commitmentDate, { field: 'commitments', findings }),
    fulfillment: status === null ? null : wordIn(FULFILLMENTS, status),
  };
}

/** What a word means in a closed vocabulary; UNKNOWN for every word outside it. */
function wordIn<T extends string>(
  vocabulary: Readonly<Record<string, T>>,
  word: string,
): T | 'UNKNOWN' {
  return Object.hasOwn(vocabulary, word) ? (vocabulary[word] ?? 'UNKNOWN') : 'UNKNOWN';
}
