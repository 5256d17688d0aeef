import type {
  CreditCategory,
  CreditCommitment,
  CreditGrade,
  CreditListing,
  CreditPart,
  CreditProfile,
} from '../../model/credit.ts';
import { parseResidentId } from '../../model/resident-id.ts';
import { parseUnifiedSocialCreditCode } from '../../model/unified-social-credit-code.ts';
import type { Fields, RecordFields } from './fields.ts';
import type { Read } from './read.ts';
import { compileName, compilePenalty, compileSubjectCode, wordOf } from './subject.ts';

const CATEGORIES = ['ORGANIZATION', 'PERSON', 'INDIVIDUAL_BUSINESS', 'UNKNOWN'] as const;
const GRADES = ['A', 'B', 'C', 'D', 'UNKNOWN'] as const;
const LISTS = ['SERIOUSLY_DISHONEST', 'TRUSTWORTHY', 'ABNORMAL_OPERATION', 'UNKNOWN'] as const;
const FULFILLMENTS = ['FULFILLED', 'PARTLY_FULFILLED', 'NOT_FULFILLED', 'UNKNOWN'] as const;

/** Profiles of one row each, with the lists inside it. */
export function compileCreditProfile(fields: RecordFields): Read<CreditProfile> {
  const [code, name] = [compileSubjectCode(fields), compileName(fields, 'name')];
  const [category, grade] = [compileCategory(fields), compileGrade(fields)];
  const listings = fields.list('listings', compileListing);
  const penalties = fields.list('penalties', compilePenalty);
  const commitments = fields.list('commitments', compileCommitment);
  const notTold = partsNotTold(fields);
  return (row, reading) => {
    const subject = code(row, reading);
    return {
      ...subject,
      name: name(row, reading),
      category: category(row, reading) ?? categoryOf(subject.code),
      grade: grade(row, reading),
      listings: listings(row, reading),
      penalties: penalties(row, reading),
      commitments: commitments(row, reading),
      notTold,
      findings: reading.findings,
    };
  };
}

/** Parts without a rule. */
function partsNotTold(fields: RecordFields): readonly CreditPart[] {
  const told: readonly (readonly [CreditPart, boolean])[] = [
    ['GRADE', fields.has('grade')],
    ['LISTINGS', fields.hasList('listings')],
    ['PENALTIES', fields.hasList('penalties')],
    ['COMMITMENTS', fields.hasList('commitments')],
  ];
  return told.flatMap(([part, isTold]) => (isTold ? [] : [part]));
}

/** Null where no rule tells the category: then the code does. */
function compileCategory(fields: Fields): Read<CreditCategory | null> {
  if (!fields.has('category')) return () => null;
  const read = fields.word('category');
  return (row, reading) => wordOf(read(row, reading).value, CATEGORIES, 'UNKNOWN');
}

function categoryOf(code: string): CreditCategory {
  if (parseUnifiedSocialCreditCode(code).ok && !/^\d{17}[\dX]$/u.test(code)) {
    return code.startsWith('92') ? 'INDIVIDUAL_BUSINESS' : 'ORGANIZATION';
  }
  return parseResidentId(code).ok ? 'PERSON' : 'UNKNOWN';
}

function compileGrade(fields: Fields): Read<CreditGrade | null> {
  const [grade, gradedOn] = [fields.word('grade'), fields.day('gradedOn')];
  return (row, reading) => {
    const { value, asHeld } = grade(row, reading);
    if (asHeld === null) return null;
    return { value: wordOf(value, GRADES, 'UNKNOWN'), gradedOn: gradedOn(row, reading) };
  };
}

function compileListing(fields: Fields): Read<CreditListing> {
  const [list, reason] = [fields.word('list'), fields.text('reason')];
  const [authority, since] = [fields.text('authority'), fields.day('since')];
  const removedOn = fields.day('removedOn');
  return (row, reading) => {
    const { value, asHeld } = list(row, reading);
    return {
      list: wordOf(value, LISTS, 'UNKNOWN'),
      listAsHeld: asHeld ?? '',
      reason: reason(row, reading),
      authority: authority(row, reading),
      since: since(row, reading),
      removedOn: removedOn(row, reading),
    };
  };
}

function compileCommitment(fields: Fields): Read<CreditCommitment> {
  const [code, type] = [fields.text('code'), fields.text('type')];
  const [reason, madeOn] = [fields.text('reason'), fields.day('madeOn')];
  const fulfillment = fields.word('fulfillment');
  return (row, reading) => {
    const { value, asHeld } = fulfillment(row, reading);
    return {
      code: code(row, reading) ?? '',
      type: type(row, reading) ?? '',
      reason: reason(row, reading),
      madeOn: madeOn(row, reading),
      // Nothing is said while a commitment runs.
      fulfillment: asHeld === null ? null : wordOf(value, FULFILLMENTS, 'UNKNOWN'),
    };
  };
}
