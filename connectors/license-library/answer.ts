import type {
  Answer,
  CapabilityName,
  KeyResult,
  LicenseHolderKey,
  LicenseIdentifierKey,
} from '../../src/connector-kit/connector.ts';
import { decodeReply } from '../../src/connector-kit/decode.ts';
import { toKeyFault, unsupported } from '../../src/connector-kit/lookup.ts';
import { parseLicenseIdentifier } from '../../src/model/license-identifier.ts';
import type { License } from '../../src/model/license.ts';
import type { Face } from './faces.ts';
import { readWithheld, requireAsked } from './license.ts';
import { readLibraryReply, type LibraryAnswer, type SealedLicense } from './wire.ts';

/** What a reply said, and its bytes. */
export interface Told {
  readonly answer: LibraryAnswer;
  readonly reply: { readonly raw: Uint8Array };
}

/** What it takes to read a sealed license. */
export interface Reading {
  readonly faces: Readonly<Record<string, Face>>;
  readonly read: (sealed: SealedLicense, face: Face) => License;
}

/** To the question for one identifier, which shows every state. */
export function answerIdentified(
  { code, typeCode }: { readonly code: string; readonly typeCode: string },
  told: Told,
  reading: Reading,
): Answer<License> {
  if (told.answer.kind === 'WITHHELD')
    return answerWith(told, [readWithheld(code, told.answer)], 'COVERED');
  return answerWith(told, readAll(told.answer, reading, { identifier: code, typeCode }), 'COVERED');
}

/** To the question for a holder's licenses of one type. */
export function answerHeld(
  asked: { readonly holderCode: string; readonly typeCode: string },
  told: Told,
  reading: Reading,
): Answer<License> {
  // The library shows a holder's licenses only while they are in force.
  return answerWith(told, readAll(told.answer, reading, asked), 'UNCOVERED');
}

/** What recorded bytes say of one key. */
export function readAgain(
  capability: CapabilityName,
  key: unknown,
  { raw, reading }: { readonly raw: Uint8Array; readonly reading: Reading },
): KeyResult<License> {
  try {
    const value = decodeReply({ raw, headers: {} });
    if (capability === 'license.byHolder' || capability === 'license.byConsent') {
      const { holder, typeCode } = key as LicenseHolderKey;
      const answer = readLibraryReply(value, 'queryCertInfoByHolderCode');
      const told = { answer, reply: { raw } };
      const held = answerHeld({ holderCode: holder.code, typeCode }, told, reading);
      return { ok: true, answer: held };
    }
    const parsed = parseLicenseIdentifier((key as LicenseIdentifierKey).identifier);
    if (capability !== 'license.byIdentifier' || !parsed.ok) throw unsupported('BAD_IDENTIFIER');
    const told = { answer: readLibraryReply(value, 'queryCertInfo'), reply: { raw } };
    return { ok: true, answer: answerIdentified(parsed.value, told, reading) };
  } catch (error) {
    return toKeyFault(error);
  }
}

function answerWith(
  { reply }: Told,
  records: readonly License[],
  absence: Answer<License>['absence'],
): Answer<License> {
  return { records, absence, asOf: null, raw: reply.raw };
}

function readAll(
  answer: LibraryAnswer,
  { faces, read }: Reading,
  asked: { readonly identifier?: string; readonly holderCode?: string; readonly typeCode: string },
): readonly License[] {
  if (answer.kind !== 'LICENSES') return [];
  const face = faces[asked.typeCode];
  if (face === undefined) throw unsupported('LICENSE_TYPE');
  return answer.sealed.map((sealed) => {
    const license = read(sealed, face);
    requireAsked(license, asked, sealed.pointer);
    return license;
  });
}
