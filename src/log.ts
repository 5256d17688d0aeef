import { Writable } from 'node:stream';

import { pino, stdTimeFunctions } from 'pino';

import { isValidResidentId } from './model/resident-id.ts';
import { isValidUnifiedSocialCreditCode } from './model/unified-social-credit-code.ts';

/** Facts are names and numbers; an `Error` goes under `err`. */
type Write = (facts: object, message: string) => void;

/** The process's log: one JSON object a line. */
export interface Log {
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
}

export interface LogOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  /** Where the lines go. Default: standard output. */
  readonly write?: (line: string) => void;
}

/**
 * Writes lines from which identity numbers, mobile numbers and tokens have been taken out. That is
 * the second net: the first is that nobody logs values.
 */
export function createLog({ level, write = writeToStdout }: LogOptions): Log {
  const scrubbing = new Writable({
    decodeStrings: false,
    write(line: string | Buffer, _encoding, done) {
      write(scrubLine(String(line)));
      done();
    },
  });
  const logger = pino(
    {
      level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    scrubbing,
  );
  const writer = (name: LogOptions['level']): Write => {
    return (facts, message) => {
      logger[name](facts, message);
    };
  };
  return {
    debug: writer('debug'),
    info: writer('info'),
    warn: writer('warn'),
    error: writer('error'),
  };
}

function writeToStdout(line: string): void {
  process.stdout.write(line);
}

const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/gu;

/**
 * Takes personal values out of a line of JSON, which stays a line of JSON: inside texts they give
 * way to `[id]`, `[mobile]` and `[token]`, bare numbers to the same as text. Names cannot be
 * recognized; they must not be logged.
 */
export function scrubLine(line: string): string {
  return line.replace(STRING_OR_NUMBER, (part) => {
    const scrubbed = scrubText(part);
    return part.startsWith('"') || scrubbed === part ? scrubbed : `"${scrubbed}"`;
  });
}

const DIGIT = '[0-9０-９]';
const GAP = String.raw`[\s\u3000]?`;
const MONTH_DAY = `(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])`;
/** Digests and ids of the hub may contain eleven digits in a row by chance; they stay. */
const OPAQUE = String.raw`\b(?=[0-9]*[a-f])[0-9a-f]{32,}\b|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b`;
const TOKEN = String.raw`eyJ[\w-]{5,}\.[\w-]*\.?[\w-]*|(?<=[Bb]earer\s)[\w.~+/=-]{8,}`;
/** With the date of birth in its place, wherever it stands. */
const DATED_ID = `[1-9][0-9]{5}(?:18|19|20)[0-9]{2}${MONTH_DAY}[0-9]{3}[0-9Xx]`;
const DATED_OLD_ID = `(?<!${DIGIT})[1-9][0-9]{7}${MONTH_DAY}[0-9]{3}(?!${DIGIT})`;
/** Any other eighteen or fifteen characters of that form, standing alone, with gaps or without. */
const LONE_ID = `(?<![0-9A-Za-z０-９])(?:${DIGIT}${GAP}){17}[0-9０-９XxＸｘ](?![0-9A-Za-z０-９])`;
const LONE_OLD_ID = `(?<![0-9A-Za-z０-９])(?:${DIGIT}${GAP}){14}${DIGIT}(?![0-9A-Za-z０-９])`;
const GROUPED_ID = `(?<![0-9])[0-9]{6}-[0-9]{8}-[0-9]{3}[0-9Xx](?![0-9])`;
const MOBILE = `(?<![0-9a-f])1[3-9][0-9](?:[0-9]{8}|[ -][0-9]{4}[ -][0-9]{4})(?!${DIGIT})`;

const PERSONAL = new RegExp(
  `(?<opaque>${OPAQUE})|(?<token>${TOKEN})` +
    `|(?<dated>${DATED_ID})|(?<id>${LONE_ID}|${GROUPED_ID}|${DATED_OLD_ID}|${LONE_OLD_ID})` +
    `|(?<mobile>${MOBILE})`,
  'gu',
);

function scrubText(text: string): string {
  return text.replace(PERSONAL, (found: string, ...rest) => {
    const groups = rest.at(-1) as Readonly<Record<string, string | undefined>>;
    if (groups['opaque'] !== undefined) return found;
    if (groups['token'] !== undefined) return '[token]';
    if (groups['mobile'] !== undefined) return '[mobile]';
    return groups['dated'] === undefined && isPublicCode(found) ? found : '[id]';
  });
}

/** Agencies and enterprises are named by codes of the same length, which are public. */
function isPublicCode(text: string): boolean {
  return isValidUnifiedSocialCreditCode(text) && !isValidResidentId(text);
}
