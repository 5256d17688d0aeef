import type { Capabilities } from '../connector.ts';
import { readSubjectCode } from '../held-value.ts';
import { parseLicenseIdentifier } from '../../model/license-identifier.ts';
import { foldSpelling } from '../../model/spelling.ts';
import { isBlank } from '../../model/text.ts';
import { parseUnifiedSocialCreditCode } from '../../model/unified-social-credit-code.ts';
import { parseResidentId } from '../../model/resident-id.ts';

/** What rows of a source can be read into. */
export const MAPPED_CAPABILITIES = [
  'license.byIdentifier',
  'license.byHolder',
  'enterprise.registration',
  'credit.profile',
] as const;
export type MappedCapability = (typeof MAPPED_CAPABILITIES)[number];

type KeyOf<N extends MappedCapability> = Capabilities[N]['key'];
type RecordOf<N extends MappedCapability> = Capabilities[N]['record'];

/** What each capability is found by: parts of its key, and the texts under which it is kept. */
interface Finder<N extends MappedCapability> {
  readonly held: (record: RecordOf<N>) => readonly (string | null)[];
  readonly asked: (key: KeyOf<N>) => string | null;
  readonly parts: (key: KeyOf<N>) => Partial<KeyParts>;
  readonly question: (code: string, typeCode: string) => KeyOf<N>;
}

/** Every part a question can be filled with; empty text for one the key lacks. */
export type KeyParts = Readonly<
  Record<'kind' | 'code' | 'name' | 'identifier' | 'typeCode', string>
>;

const FINDERS: { readonly [N in MappedCapability]: Finder<N> } = {
  'license.byIdentifier': {
    held: ({ identifier }) => [identifierKey(identifier)],
    asked: ({ identifier }) => identifierKey(identifier),
    parts: ({ identifier }) => ({ identifier }),
    question: (identifier) => ({ identifier }),
  },
  'license.byHolder': {
    held: ({ holderCode, typeCode }) => [holderKey(holderCode, typeCode)],
    asked: ({ holder, typeCode }) => holderKey(holder.code, typeCode),
    parts: ({ holder, typeCode }) => ({
      kind: holder.kind,
      code: holder.code,
      name: holder.name ?? '',
      typeCode,
    }),
    question: (code, typeCode) => ({ holder: organization(code), typeCode }),
  },
  'enterprise.registration': bySubject(),
  'credit.profile': bySubject(),
};

/**
 * The texts under which a record is kept, so that a question meets it by `heldKeyOf`: equal for
 * equal subjects and identifiers, however either of them is spelled. Empty where the record does
 * not say whose it is.
 */
export function heldKeysOf<N extends MappedCapability>(
  capability: N,
  record: RecordOf<N>,
): readonly string[] {
  return FINDERS[capability].held(record).filter((key) => key !== null);
}

/** The text that a question looks for. Null where it names nobody: then it cannot be asked so. */
export function heldKeyOf<N extends MappedCapability>(capability: N, key: KeyOf<N>): string | null {
  return FINDERS[capability].asked(key);
}

/**
 * The question that a text of `heldKeysOf` answers, about an organization where it is about a
 * subject. Null for a text of another capability, as far as texts tell.
 */
export function questionOf<N extends MappedCapability>(
  capability: N,
  held: string,
): KeyOf<N> | null {
  const [code = '', typeCode = '', ...more] = held.split(' ');
  const isPair = capability === 'license.byHolder';
  if (more.length > 0 || isPair !== (typeCode !== '')) return null;
  const key = FINDERS[capability].question(code, typeCode);
  return heldKeyOf(capability, key) === held ? key : null;
}

/** The parts of a key by name, for the templates of a question; empty text for what it lacks. */
export function keyPartsOf<N extends MappedCapability>(capability: N, key: KeyOf<N>): KeyParts {
  const parts = FINDERS[capability].parts(key);
  return { kind: '', code: '', name: '', identifier: '', typeCode: '', ...parts };
}

function bySubject(): Finder<'enterprise.registration'> & Finder<'credit.profile'> {
  return {
    held: ({ code }: { readonly code: string }) => [subjectKey(code)],
    asked: ({ code }) => subjectKey(code),
    parts: ({ kind, code, name }) => ({ kind, code, name: name ?? '' }),
    question: organization,
  };
}

function organization(code: string): KeyOf<'enterprise.registration'> {
  return { kind: 'ENTERPRISE', code, name: null };
}

/** Fifteen digits are completed, case and width folded; an unreadable code is folded only. */
function subjectKey(code: string): string | null {
  if (isBlank(code)) return null;
  const isSound = parseUnifiedSocialCreditCode(code).ok || parseResidentId(code).ok;
  return isSound ? readSubjectCode(code).code : foldSpelling(code).text;
}

function identifierKey(identifier: string | null): string | null {
  if (identifier === null || isBlank(identifier)) return null;
  const parsed = parseLicenseIdentifier(identifier);
  return parsed.ok ? parsed.value.code : foldSpelling(identifier).text;
}

/** A space stands in neither code, so that no two pairs give one text. */
function holderKey(holderCode: string | null, typeCode: string): string | null {
  const holder = holderCode === null ? null : subjectKey(holderCode);
  if (holder === null || isBlank(typeCode)) return null;
  return `${holder} ${foldSpelling(typeCode).text}`;
}
