import { readFileSync } from 'node:fs';

import type { Parsed } from '../../../src/model/finding.ts';

/** A spelling that is read: its canonical form and the codes of its findings. */
export interface ValidWord {
  readonly text: string;
  readonly code: string;
  readonly findings: readonly string[];
}

/** A spelling that is refused. */
export interface InvalidWord {
  readonly text: string;
  readonly reason: string;
}

/**
 * `<name>.valid.txt`: one case a line, `text | canonical | findings # why it is here`. `=` is the
 * text itself, `-` no finding. What cannot be seen is written as \uXXXX.
 */
export function validWords(name: string): readonly ValidWord[] {
  return linesOf(`${name}.valid.txt`).map((line) => {
    const [text = '', code = '', findings = ''] = line.split('|').map((part) => part.trim());
    return {
      text: unescape(text),
      code: code === '=' ? unescape(text) : code,
      findings: findings === '-' ? [] : findings.split(' '),
    };
  });
}

/** `<name>.invalid.txt`: one case a line, `text | reason # why it is here`. */
export function invalidWords(name: string): readonly InvalidWord[] {
  return linesOf(`${name}.invalid.txt`).map((line) => {
    const [text = '', reason = ''] = line.split('|').map((part) => part.trim());
    return { text: unescape(text), reason };
  });
}

/** What a parser makes of a text, as the word lists write it. */
export function outcomeOf(result: Parsed<{ readonly code: string }>): unknown {
  return result.ok
    ? { code: result.value.code, findings: result.findings.map(({ code }) => code) }
    : { reason: result.reason };
}

function linesOf(file: string): readonly string[] {
  const lines = readFileSync(new URL(file, import.meta.url), 'utf8').split('\n');
  return lines.map((line) => line.replace(/\s*#.*$/u, '')).filter((line) => line !== '');
}

function unescape(text: string): string {
  return text.replace(/\\u([0-9A-F]{4})/gu, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
