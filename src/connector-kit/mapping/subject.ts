import { driftFault } from '../fault.ts';
import { readSubjectCode } from '../held-value.ts';
import { finding } from '../../model/finding.ts';
import type { Penalty } from '../../model/enterprise.ts';
import { hasUnmappable } from '../../model/text.ts';
import type { Fields } from './fields.ts';
import type { Read } from './read.ts';

/** The code of a subject, canonical and as the source spells it. */
export interface SubjectCodeAsHeld {
  readonly code: string;
  readonly codeAsHeld: string;
}

/** Whom a record is about. What is no code of a subject stands as it is, with a finding. */
export function compileSubjectCode(fields: Fields): Read<SubjectCodeAsHeld> {
  const held = fields.text('code');
  const pointer = fields.pointer('code');
  return (row, reading) => {
    const codeAsHeld = held(row, reading);
    if (codeAsHeld === null) throw driftFault(reading.at + pointer, 'BLANK');
    const { code, findings } = readSubjectCode(codeAsHeld);
    reading.findings.push(...findings);
    return { code, codeAsHeld };
  };
}

/** A name, with a finding where a conversion has lost characters of it. */
export function compileName(fields: Fields, field: string): Read<string | null> {
  const held = fields.text(field);
  return (row, reading) => {
    const name = held(row, reading);
    if (name !== null && hasUnmappable(name)) {
      reading.findings.push(finding('UNMAPPABLE_CHARACTER', field));
    }
    return name;
  };
}

/** Penalties (行政处罚), wherever they are published. */
export function compilePenalty(fields: Fields): Read<Penalty> {
  const [documentNumber, act] = [fields.text('documentNumber'), fields.text('act')];
  const [content, authority] = [fields.text('content'), fields.text('authority')];
  const [decidedOn, publicUntil] = [fields.day('decidedOn'), fields.day('publicUntil')];
  return (row, reading) => ({
    documentNumber: documentNumber(row, reading),
    act: act(row, reading),
    content: content(row, reading),
    authority: authority(row, reading),
    decidedOn: decidedOn(row, reading),
    publicUntil: publicUntil(row, reading),
  });
}

/**
 * The word as a member of the model's vocabulary. A rule's table was checked to hold nothing
 * else, so the fallback is for what the table does not know.
 */
export function wordOf<T extends string>(
  value: string | null,
  vocabulary: readonly T[],
  fallback: T,
): T {
  return vocabulary.find((word) => word === value) ?? fallback;
}
