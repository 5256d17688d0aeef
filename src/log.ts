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

/** How much is logged, and where to. */
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
      serializers: { err: (error: unknown) => errorFacts(error) },
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

const CAUSES_MAX = 3;

/** Name, message, code and place. Drivers hang rows and values on their errors: those stay out. */
function errorFacts(error: unknown, causes = 0): object {
  if (!(error instanceof Error)) return { type: typeof error };
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  const hasCause = error.cause !== undefined && causes < CAUSES_MAX;
  return {
    type: error.name,
    message: error.message,
    ...code,
    stack: error.stack,
    ...(hasCause ? { cause: errorFacts(error.cause, causes + 1) } : {}),
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
/** People write spaces and dashes into numbers. */
const GAP = String.raw`[\s\u3000-]?`;
const MONTH_DAY = `(?:0${GAP}[1-9]|1${GAP}[0-2])${GAP}(?:0${GAP}[1-9]|[12]${GAP}[0-9]|3${GAP}[01])`;
const digits = (count: number) => `(?:${DIGIT}${GAP}){${count}}`;
/** Digests and ids of the hub may contain eleven digits in a row by chance; they stay. */
const DIGEST = String.raw`\b(?=[0-9]*[a-f])[0-9a-f]{32,}\b`;
const UUID = String.raw`\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b`;
const TOKEN = String.raw`eyJ[\w-]{5,}\.[\w-]*\.?[\w-]*|(?<=[Bb]earer\s)[\w.~+/=-]{8,}`;
/** With the date of birth in its place, whatever stands around it. */
const DATED_ID =
  digits(6) + `(?:1${GAP}[89]|2${GAP}0)${GAP}${digits(2)}${MONTH_DAY}${GAP}${digits(3)}[0-9Xx]`;
const OLD_BIRTHDAY = '[0-9]{2}(?:0[1-9]|1[0-2])(?:[012][0-9]|3[01])';
const DATED_OLD_ID = `(?<!${DIGIT})[1-9][0-9]{5}${OLD_BIRTHDAY}[0-9]{3}(?!${DIGIT})`;
/** Any other eighteen or fifteen characters of that form, standing alone. */
const SPACE = String.raw`[\s\u3000]?`;
const lone = (count: number, last: string) =>
  `(?<![0-9A-Za-z０-９])(?:${DIGIT}${SPACE}){${count}}${last}(?![0-9A-Za-z０-９])`;
const LONE_ID = lone(17, '[0-9０-９XxＸｘ]');
const LONE_OLD_ID = lone(14, DIGIT);
const MOBILE = `(?<![0-9a-f])1[3-9][0-9](?:[0-9]{8}|[ -][0-9]{4}[ -][0-9]{4})(?!${DIGIT})`;

const PERSONAL = new RegExp(
  `(?<opaque>${DIGEST}|${UUID})|(?<token>${TOKEN})` +
    `|(?<dated>${DATED_ID})|(?<id>${LONE_ID}|${DATED_OLD_ID}|${LONE_OLD_ID})` +
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
