import { finding, parsed, refused, type Finding, type Parsed } from './finding.ts';
import { foldSpelling } from './spelling.ts';
import { isBlank } from './text.ts';
import { isValidUnifiedSocialCreditCode } from './unified-social-credit-code.ts';

/** Code of an administrative matter (事项编码), GB/T 39554.1-2020, or an agency's own key. */
export type MatterCode = string & { readonly __brand: 'MatterCode' };

/** The code, canonical, and its parts where it has the form of the standard. */
export interface MatterCodeParts {
  readonly code: MatterCode;
  /** 基本编码 12 digits, 实施编码 31 and 业务办理项编码 33 characters. Null: an opaque key. */
  readonly form: 'BASIC' | 'IMPLEMENTING' | 'HANDLING' | null;
  /** 实施主体: unified social credit code. Null in a basic code and in an opaque key. */
  readonly implementer: string | null;
  /** 行使层级, one character. Null as `implementer` is. */
  readonly level: string | null;
  /** 基本编码, 12 digits. Null in an opaque key. */
  readonly basicCode: string | null;
  /** 事项类型, two digits: 01 license, 05 benefit, 07 confirmation. Null in an opaque key. */
  readonly itemType: string | null;
  /** Two digits. Null unless the form is HANDLING. */
  readonly serial: string | null;
}

const MATTER_CODE_LENGTH_MAX = 64;
const FORM = /^(?:([0-9A-Z]{18})([0-9A-Z]))?(\d{2}(\d{2})\d{8})(\d{2})?$/u;

/**
 * Malformed codes are common and still name a matter, so they are kept as opaque keys with the
 * finding OPAQUE_CODE. Refused is only a blank text or one of more than 64 characters.
 */
export function parseMatterCode(text: string): Parsed<MatterCodeParts> {
  if (text.length > MATTER_CODE_LENGTH_MAX) return refused('WRONG_LENGTH');
  if (isBlank(text)) return refused('EMPTY');

  const { text: code, findings } = foldSpelling(text);
  const [, implementer = null, level = null, basicCode, itemType = null, serial = null] =
    FORM.exec(code) ?? [];
  // Two digits after a basic code alone have no meaning.
  if (basicCode === undefined || (implementer === null && serial !== null)) {
    return parsed({ ...OPAQUE, code: code as MatterCode }, [...findings, finding('OPAQUE_CODE')]);
  }

  const form = implementer === null ? 'BASIC' : serial === null ? 'IMPLEMENTING' : 'HANDLING';
  return parsed(
    { code: code as MatterCode, form, implementer, level, basicCode, itemType, serial },
    [...findings, ...implementerFindings(implementer)],
  );
}

const OPAQUE = {
  form: null,
  implementer: null,
  level: null,
  basicCode: null,
  itemType: null,
  serial: null,
} as const;

function implementerFindings(implementer: string | null): readonly Finding[] {
  const isSound = implementer === null || isValidUnifiedSocialCreditCode(implementer);
  return isSound ? [] : [finding('INVALID_CHECK_CHARACTER', 'implementer')];
}
