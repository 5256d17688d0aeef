import { ENTERPRISE_STATUSES } from '../../model/enterprise.ts';
import { RECORD_STATUSES } from '../../model/outcome.ts';
import type { MappedCapability } from './keys.ts';
import type { ReadName } from './rule.ts';
import { HOLDER_TYPES } from './tables/holder-type.ts';

/** What a canonical field demands of the rule that fills it. */
export interface CanonicalField {
  /** Ways in which it may be read, the usual one first. */
  readonly reads: readonly ReadName[];
  /**
   * `VALUE`: the record is nothing without it. `KEY`: a verdict may rest on it, so a row without
   * its key is drift, while a blank is news. `NONE`: it only describes.
   */
  readonly must: 'VALUE' | 'KEY' | 'NONE';
  /**
   * Whether the same text may be given to every record. Never for a status, a validity, or what
   * identifies a subject or a license.
   */
  readonly constant: boolean;
  /** Values it can take. Null where any text will do. */
  readonly vocabulary: readonly string[] | null;
  /** What a word outside the table is worth. Null where it is as good as none. */
  readonly unknown: UnknownWord | null;
}

/** How it is said that a word was not understood. */
export interface UnknownWord {
  readonly finding: 'UNKNOWN_STATUS' | 'UNKNOWN_CATEGORY';
  /** Of the vocabulary. Null where the vocabulary has no such word. */
  readonly value: string | null;
  /** Whether a blank is not understood either. */
  readonly blank: boolean;
}

/** By canonical name. */
export type CanonicalFields = Readonly<Record<string, CanonicalField>>;

/** What a mapping for one capability can and must name. */
export interface CanonicalRecord {
  readonly fields: CanonicalFields;
  readonly lists: Readonly<Record<string, CanonicalFields>>;
  /** Fields of which all must have a rule; of several groups one will do. */
  readonly identity: readonly (readonly string[])[];
}

const TEXT = describing('TEXT', 'TABLE');
const CONSTANT: CanonicalField = { ...TEXT, constant: true };
const NAME: CanonicalField = { ...describing('TEXT'), must: 'VALUE' };
const CODE: CanonicalField = { ...describing('CODE'), must: 'VALUE' };
const NOTED_DAY = describing('DAY', 'INSTANT');
const DAY: CanonicalField = { ...NOTED_DAY, must: 'KEY' };
const LAST_DAY: CanonicalField = { ...describing('LAST_DAY'), must: 'KEY' };

const PENALTY: CanonicalFields = {
  documentNumber: TEXT,
  act: TEXT,
  content: TEXT,
  authority: CONSTANT,
  decidedOn: NOTED_DAY,
  publicUntil: NOTED_DAY,
};

const KIND = { finding: 'UNKNOWN_CATEGORY', value: null, blank: false } as const;
const CATEGORY = { finding: 'UNKNOWN_CATEGORY', value: 'UNKNOWN', blank: false } as const;
const FULFILLMENT = { finding: 'UNKNOWN_STATUS', value: 'UNKNOWN', blank: false } as const;
const LIST = { ...CATEGORY, blank: true } as const;
const STATE = { finding: 'UNKNOWN_STATUS', value: 'UNKNOWN', blank: true } as const;
const STATUS = { ...STATE, value: 'STATUS_UNKNOWN' } as const;

const LICENSE: CanonicalFields = {
  identifier: { ...CODE, must: 'KEY' },
  // The rows of a whole table may be of one type, which the table then says, and no row.
  typeCode: { ...CONSTANT, must: 'KEY' },
  typeName: CONSTANT,
  number: TEXT,
  holderName: describing('TEXT'),
  holderCode: { ...CODE, must: 'KEY' },
  holderType: word(HOLDER_TYPES, KIND),
  legalRepresentative: TEXT,
  address: TEXT,
  issuer: CONSTANT,
  issuedOn: NOTED_DAY,
  validFrom: DAY,
  validUntil: LAST_DAY,
  status: decisive(RECORD_STATUSES, STATUS),
  replaces: { ...CODE, must: 'NONE' },
};

const ENTERPRISE: CanonicalFields = {
  code: CODE,
  entityId: TEXT,
  registrationNumber: TEXT,
  kind: word(['ENTERPRISE', 'INDIVIDUAL_BUSINESS'], KIND),
  name: NAME,
  legalRepresentative: TEXT,
  type: CONSTANT,
  capital: TEXT,
  establishedOn: NOTED_DAY,
  validFrom: DAY,
  validUntil: LAST_DAY,
  address: TEXT,
  scope: TEXT,
  authority: CONSTANT,
  status: decisive(ENTERPRISE_STATUSES, STATE),
};

const ENTRY: CanonicalFields = {
  reason: CONSTANT,
  since: NOTED_DAY,
  authority: CONSTANT,
  removedOn: DAY,
};

const ENTERPRISE_LISTS: CanonicalRecord['lists'] = {
  formerNames: { name: { ...NAME, must: 'KEY' }, until: NOTED_DAY },
  changes: { item: TEXT, before: TEXT, after: TEXT, changedOn: NOTED_DAY },
  abnormalOperations: { ...ENTRY, mode: word(['LISTED', 'MARKED'], KIND) },
  seriousViolations: ENTRY,
  penalties: PENALTY,
};

const CREDIT: CanonicalFields = {
  code: CODE,
  name: describing('TEXT'),
  category: word(['ORGANIZATION', 'PERSON', 'INDIVIDUAL_BUSINESS', 'UNKNOWN'], LIST),
  grade: { ...word(['A', 'B', 'C', 'D', 'UNKNOWN'], CATEGORY), constant: false },
  gradedOn: NOTED_DAY,
};

const CREDIT_LISTS: CanonicalRecord['lists'] = {
  listings: {
    ...ENTRY,
    list: {
      ...word(['SERIOUSLY_DISHONEST', 'TRUSTWORTHY', 'ABNORMAL_OPERATION', 'UNKNOWN'], LIST),
      must: 'KEY',
    },
  },
  penalties: PENALTY,
  commitments: {
    code: NAME,
    type: { ...CONSTANT, must: 'VALUE' },
    reason: TEXT,
    madeOn: NOTED_DAY,
    fulfillment: decisive(
      ['FULFILLED', 'PARTLY_FULFILLED', 'NOT_FULFILLED', 'UNKNOWN'],
      FULFILLMENT,
    ),
  },
};

/**
 * What each capability's records consist of. A question by identifier can only be answered by rows
 * that have one, a question by holder only by rows that name holder and type.
 */
export const CANONICAL_RECORDS: { readonly [N in MappedCapability]: CanonicalRecord } = {
  'license.byIdentifier': { fields: LICENSE, lists: {}, identity: [['identifier']] },
  'license.byHolder': {
    fields: LICENSE,
    lists: {},
    identity: [
      ['holderCode', 'typeCode'],
      ['holderCode', 'identifier'],
    ],
  },
  'enterprise.registration': {
    fields: ENTERPRISE,
    lists: ENTERPRISE_LISTS,
    identity: [['code', 'name']],
  },
  'credit.profile': { fields: CREDIT, lists: CREDIT_LISTS, identity: [['code']] },
};

function describing(...reads: readonly ReadName[]): CanonicalField {
  return { reads, must: 'NONE', constant: false, vocabulary: null, unknown: null };
}

function word(vocabulary: readonly string[], unknown: UnknownWord): CanonicalField {
  return { reads: ['TABLE'], must: 'NONE', constant: true, vocabulary, unknown };
}

function decisive(vocabulary: readonly string[], unknown: UnknownWord): CanonicalField {
  return { ...word(vocabulary, unknown), must: 'KEY', constant: false };
}
