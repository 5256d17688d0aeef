import { driftFault } from '../fault.ts';
import { readSubjectCode } from '../held-value.ts';
import { finding, type Finding } from '../../model/finding.ts';
import { parseLicenseIdentifier } from '../../model/license-identifier.ts';
import type { License } from '../../model/license.ts';
import { RECORD_STATUSES } from '../../model/outcome.ts';
import { parseResidentId } from '../../model/resident-id.ts';
import { foldSpelling } from '../../model/spelling.ts';
import { parseUnifiedSocialCreditCode } from '../../model/unified-social-credit-code.ts';
import type { Fields } from './fields.ts';
import type { Read } from './read.ts';
import { compileName, wordOf } from './subject.ts';

/** Several codes in one field: a license of several holders, which one record cannot say. */
const SEVERAL = /[,，、;；|]/u;

/**
 * Licenses of one row each. Without a rule, or a word, for its status a license is
 * STATUS_UNKNOWN: that a register shows it does not make it valid.
 */
export function compileLicense(fields: Fields): Read<License> {
  const [number, address] = [fields.text('number'), fields.text('address')];
  const [typeName, issuer] = [fields.text('typeName'), fields.text('issuer')];
  const legalRepresentative = fields.text('legalRepresentative');
  const [issuedOn, validFrom] = [fields.day('issuedOn'), fields.day('validFrom')];
  const [validity, status] = [fields.lastDay('validUntil'), fields.word('status')];
  const [identity, replaces] = [compileIdentity(fields), compileReplaced(fields)];
  const [holder, holderName] = [compileHolder(fields), compileName(fields, 'holderName')];
  return (row, reading) => {
    const { findings } = reading;
    const own = identity(row, reading);
    const held = holder(row, reading);
    const name = holderName(row, reading);
    const word = status(row, reading);
    return {
      identifier: own.identifier,
      typeCode: own.typeCode,
      typeName: typeName(row, reading),
      number: number(row, reading),
      holderName: name,
      holderCode: held?.code ?? null,
      holderCodeAsHeld: held?.codeAsHeld ?? null,
      legalRepresentative: legalRepresentative(row, reading),
      address: address(row, reading),
      issuer: issuer(row, reading),
      issuedOn: issuedOn(row, reading),
      validFrom: validFrom(row, reading),
      ...validity(row, reading),
      flaggedStatus: wordOf(word.value, RECORD_STATUSES, 'STATUS_UNKNOWN'),
      statusAsHeld: word.asHeld,
      replaces: replaces(row, reading),
      withheld: false,
      findings,
    };
  };
}

/** The license that this one replaces, canonical. */
export function compileReplaced(fields: Fields): Read<string | null> {
  const replaces = fields.text('replaces');
  return (row, reading) => {
    const held = replaces(row, reading);
    if (held === null) return null;
    const parsed = parseLicenseIdentifier(held);
    return parsed.ok ? parsed.value.code : held;
  };
}

/** Identifier and type; an identifier names its type, where the row does not. */
export function compileIdentity(
  fields: Fields,
): Read<{ readonly identifier: string | null; readonly typeCode: string }> {
  const [identifier, typeCode] = [fields.text('identifier'), fields.text('typeCode')];
  const typePointer = fields.pointer('typeCode') || fields.pointer('identifier');
  return (row, reading) => {
    const held = identifier(row, reading);
    const parsed = held === null ? null : parseLicenseIdentifier(held);
    reading.findings.push(...(parsed === null ? [] : findingsOf(parsed)));
    const told = typeCode(row, reading);
    const type = told === null ? null : foldSpelling(told).text;
    const known = type ?? (parsed?.ok === true ? parsed.value.typeCode : null);
    if (known === null) throw driftFault(reading.at + typePointer, 'BLANK');
    return {
      identifier: parsed?.ok === true ? parsed.value.code : held,
      typeCode: known,
    };
  };
}

function findingsOf(parsed: ReturnType<typeof parseLicenseIdentifier>): readonly Finding[] {
  return parsed.ok ? parsed.findings : [finding('BAD_CODE', 'identifier')];
}

/** The holder's code, canonical and as the source spells it. */
export interface Holder {
  readonly code: string;
  readonly codeAsHeld: string;
}

/** The holder's code, read as the kind of document (GB/T 36903 appendix A) that the row says. */
export function compileHolder(fields: Fields): Read<Holder | null> {
  const [code, type] = [fields.text('holderCode'), fields.word('holderType')];
  const pointer = fields.pointer('holderCode');
  return (row, reading) => {
    const codeAsHeld = code(row, reading);
    const { value } = type(row, reading);
    if (codeAsHeld === null) return null;
    if (SEVERAL.test(codeAsHeld)) throw driftFault(reading.at + pointer, 'SEVERAL_HOLDERS');
    const read = readHolderCode(codeAsHeld, value);
    reading.findings.push(...read.findings);
    return { code: read.code, codeAsHeld };
  };
}

/** A passport may look like any other code, so it is folded and no more. */
function readHolderCode(held: string, type: string | null): ReturnType<typeof readSubjectCode> {
  if (type === null) return readSubjectCode(held);
  if (type !== '001' && type !== '111') {
    return { code: foldSpelling(held).text, findings: [finding('OPAQUE_CODE', 'holderCode')] };
  }
  const parsed = type === '001' ? parseUnifiedSocialCreditCode(held) : parseResidentId(held);
  return parsed.ok
    ? { code: parsed.value.code, findings: parsed.findings }
    : { code: held, findings: [finding('BAD_CODE', 'holderCode')] };
}
