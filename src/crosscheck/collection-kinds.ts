import type { Capabilities } from '../connector-kit/connector.ts';
import { heldKeyOf } from '../connector-kit/mapping/keys.ts';
import {
  comparedBusinessLicense,
  comparedEnterprise,
  comparedLicense,
  type ComparedKind,
  type ComparedRecord,
} from '../model/compared-record.ts';
import type { CrossCheck } from '../model/cross-check.ts';
import { BUSINESS_LICENSE_TYPE } from '../model/license.ts';
import { parseUnifiedSocialCreditCode } from '../model/unified-social-credit-code.ts';
import type { HandedOverUnder } from './collections.ts';

/** By which questions whole collections are read. */
export type CollectionCapability = Extract<
  keyof Capabilities,
  'license.byIdentifier' | 'license.byHolder' | 'enterprise.registration'
>;

/** How what a source hands over becomes comparable. */
export interface CollectionKind<N extends CollectionCapability> {
  readonly capability: N;
  /** One record at most; none where the kind is not about it. */
  project(under: HandedOverUnder<N>): readonly ComparedRecord[];
  /** The text by which rows are found, for a key of a compared record. */
  heldKeyOf(key: string): string;
}

/** Which kinds the two sides of a definition are. Null where no collections are compared. */
export function kindsOf({
  left,
  right,
}: Pick<CrossCheck, 'left' | 'right'>): { left: ComparedKind; right: ComparedKind } | null {
  if (left !== 'LICENSE_COLLECTION') return null;
  if (right === 'LICENSE_COLLECTION') return { left: 'LICENSE', right: 'LICENSE' };
  return right === 'REGISTER_COLLECTION' ? { left: 'BUSINESS_LICENSE', right: 'ENTERPRISE' } : null;
}

const same = (key: string): string => key;

const BY_IDENTIFIER: CollectionKind<'license.byIdentifier'> = {
  capability: 'license.byIdentifier',
  project: ({ key, records }) => [comparedLicense(key, records)],
  heldKeyOf: same,
};

/** Business licenses of enterprises. Other types, and holders without a code, are left out. */
const BY_HOLDER: CollectionKind<'license.byHolder'> = {
  capability: 'license.byHolder',
  project({ question, key, records }) {
    const { code } = question.holder;
    if (key !== heldKeyOfBusinessLicense(code) || !parseUnifiedSocialCreditCode(code).ok) return [];
    return [comparedBusinessLicense(code, records)];
  },
  heldKeyOf: heldKeyOfBusinessLicense,
};

const BY_CODE: CollectionKind<'enterprise.registration'> = {
  capability: 'enterprise.registration',
  project: ({ key, records }) =>
    parseUnifiedSocialCreditCode(key).ok ? [comparedEnterprise(key, records)] : [],
  heldKeyOf: same,
};

function heldKeyOfBusinessLicense(code: string): string {
  const holder = { kind: 'ENTERPRISE', code, name: null } as const;
  return heldKeyOf('license.byHolder', { holder, typeCode: BUSINESS_LICENSE_TYPE }) ?? '';
}

/** Every kind of collection that can be compared. */
export const COLLECTION_KINDS = {
  LICENSE: BY_IDENTIFIER,
  BUSINESS_LICENSE: BY_HOLDER,
  ENTERPRISE: BY_CODE,
} as const;
