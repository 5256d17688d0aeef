import { z } from 'zod';

import { parseShape, toPointer } from '../../src/connector-kit/decode.ts';
import { driftFault, integrityFault } from '../../src/connector-kit/fault.ts';
import {
  noteDay,
  readDay,
  readLastDay,
  readSubjectCode,
  readText,
  type HeldDay,
} from '../../src/connector-kit/held-value.ts';
import { finding, type Finding } from '../../src/model/finding.ts';
import { parseLicenseIdentifier } from '../../src/model/license-identifier.ts';
import type { License } from '../../src/model/license.ts';
import type { RecordStatus } from '../../src/model/outcome.ts';
import { hasUnmappable } from '../../src/model/text.ts';
import type { Face } from './faces.ts';

const faceObject = z.record(z.string(), z.unknown());
const textShape = z.string().nullable();
const dayShape = z.union([z.string(), z.number().int()]).nullable();

/** Several codes in one field: a license of several holders, which one record cannot say. */
const SEVERAL = /[,，、;；|]/u;

/**
 * A license in the hub's vocabulary, from the plain JSON of its face. Status 0 of the library is
 * what makes it VALID; a status field in the face may say otherwise, and one that says anything
 * unknown makes it STATUS_UNKNOWN.
 *
 * @param pointer where the ciphertext stands in the reply.
 * @throws {HubError} SOURCE_SCHEMA_DRIFT for a key that is missing or of another type, a day that
 * is none, or several holders.
 */
export function readLicense(plain: unknown, face: Face, pointer: string): License {
  const held = parseShape(faceObject, plain, pointer);
  const at = (key: string): string => `${pointer}${toPointer([key])}`;
  const text = (key: string | null): string | null =>
    key === null ? null : readText(parseShape(textShape, require(held, key, at(key)), at(key)));
  const day = (key: string): HeldDay => parseShape(dayShape, require(held, key, at(key)), at(key));

  const findings: Finding[] = [];
  const holderCodeAsHeld = text(face.holderCode);
  if (holderCodeAsHeld !== null && SEVERAL.test(holderCodeAsHeld)) {
    throw driftFault(at(face.holderCode), 'SEVERAL_HOLDERS');
  }
  const holder = holderCodeAsHeld === null ? null : readSubjectCode(holderCodeAsHeld);
  const holderName = text(face.holderName);
  if (holderName !== null && hasUnmappable(holderName)) {
    findings.push(finding('UNMAPPABLE_CHARACTER', 'holderName'));
  }
  const statusAsHeld = face.status === null ? '0' : text(face.status);
  const flaggedStatus = face.status === null ? 'VALID' : readStatus(statusAsHeld, face);
  if (flaggedStatus === 'STATUS_UNKNOWN') findings.push(finding('UNKNOWN_STATUS', 'status'));
  const identifier = text(face.identifier);
  const replaces = text(face.replaces);
  return {
    identifier: identifier === null ? null : canonical(identifier),
    typeCode: text(face.typeCode) ?? '',
    typeName: text(face.typeName),
    number: text(face.number),
    holderName,
    holderCode: holder?.code ?? null,
    holderCodeAsHeld,
    legalRepresentative: text(face.legalRepresentative),
    address: text(face.address),
    issuer: text(face.issuer),
    issuedOn:
      face.issuedOn === null ? null : noteDay(day(face.issuedOn), { field: 'issuedOn', findings }),
    validFrom: face.validFrom === null ? null : readDay(day(face.validFrom), at(face.validFrom)),
    ...readLastDay(day(face.validUntil), at(face.validUntil)),
    flaggedStatus,
    statusAsHeld,
    replaces: replaces === null ? null : canonical(replaces),
    withheld: false,
    findings: [...identifierFindings(identifier), ...(holder?.findings ?? []), ...findings],
  };
}

/** A license of which the library tells only that it is not in force. */
export function readWithheld(
  identifier: string,
  told: { readonly status: RecordStatus; readonly statusAsHeld: string },
): License {
  const parsed = parseLicenseIdentifier(identifier);
  return {
    identifier,
    typeCode: parsed.ok ? parsed.value.typeCode : '',
    typeName: null,
    number: null,
    holderName: null,
    holderCode: null,
    holderCodeAsHeld: null,
    legalRepresentative: null,
    address: null,
    issuer: null,
    issuedOn: null,
    validFrom: null,
    validUntil: null,
    longTerm: false,
    flaggedStatus: told.status,
    statusAsHeld: told.statusAsHeld,
    replaces: null,
    withheld: true,
    findings: identifierFindings(identifier),
  };
}

/** The identifier as GB/T 36904 spells it; one that is none stands as it is. */
export function canonical(identifier: string): string {
  const parsed = parseLicenseIdentifier(identifier);
  return parsed.ok ? parsed.value.code : identifier;
}

/**
 * Whether a license is the one, or one of those, that were asked for.
 *
 * @throws {HubError} SOURCE_INTEGRITY_FAILED when it is another: an answer to another question.
 */
export function requireAsked(
  license: License,
  asked: { readonly identifier?: string; readonly holderCode?: string; readonly typeCode: string },
  pointer: string,
): void {
  const isOther =
    (asked.identifier !== undefined && license.identifier !== asked.identifier) ||
    (asked.holderCode !== undefined && license.holderCode !== asked.holderCode) ||
    license.typeCode !== asked.typeCode;
  if (isOther) throw integrityFault('OTHER_LICENSE', pointer);
}

function require(held: Readonly<Record<string, unknown>>, key: string, pointer: string): unknown {
  if (!Object.hasOwn(held, key)) throw driftFault(pointer);
  return held[key];
}

function readStatus(word: string | null, face: Face): RecordStatus {
  if (word === null || !Object.hasOwn(face.statusWords, word)) return 'STATUS_UNKNOWN';
  return face.statusWords[word] ?? 'STATUS_UNKNOWN';
}

function identifierFindings(identifier: string | null): readonly Finding[] {
  if (identifier === null) return [];
  const parsed = parseLicenseIdentifier(identifier);
  return parsed.ok ? parsed.findings : [finding('BAD_CODE', 'identifier')];
}
