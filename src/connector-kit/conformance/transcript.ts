import { HubError } from '../../errors.ts';
import { HOPS } from '../../model/outcome.ts';
import type { Origin } from '../network.ts';

/** Everything that was shown while the kit ran, kept only as what was wrong with it. */
export interface Transcript {
  /** Looks for secrets in whatever was shown there. */
  note(place: string, shown: unknown): void;
  /** The same for an error, which must also be a fault that says where and why. */
  noteError(place: string, error: unknown): void;
  noteOrigin(origin: Origin): void;
  /** Places where a secret was seen, each once. */
  leaks(): readonly string[];
  /** Places where an error was no fault, or a fault named no hop or reason. */
  badFaults(): readonly string[];
  /** Connections asked for, in the order in which they were. */
  origins(): readonly Origin[];
}

/** A shorter text turns up by accident. */
const MARKER_CHARACTERS_MIN = 6;
const DEPTH_MAX = 12;

/** A transcript that knows these secrets: every text in them, whatever it is called. */
export function createTranscript(secrets: unknown): Transcript {
  const markers = listTexts(secrets, 0)
    .filter((text) => text.length >= MARKER_CHARACTERS_MIN)
    .flatMap(listSpellings);
  const leaks = new Set<string>();
  const badFaults = new Set<string>();
  const origins: Origin[] = [];
  const note = (place: string, shown: unknown): void => {
    const isLeaking = listTexts(shown, 0).some((text) =>
      markers.some((each) => text.includes(each)),
    );
    if (isLeaking) leaks.add(place);
  };
  return {
    note,
    noteError(place, error) {
      note(`fault of ${place}`, error);
      const problem = judgeFault(error);
      if (problem !== null) badFaults.add(`${place}: ${problem}`);
    },
    noteOrigin: (origin) => void origins.push(origin),
    leaks: () => [...leaks],
    badFaults: () => [...badFaults],
    origins: () => origins,
  };
}

function judgeFault(error: unknown): string | null {
  if (!(error instanceof HubError)) return 'not a HubError';
  if (!error.code.startsWith('SOURCE_')) return `code ${error.code}`;
  const { hop, reason } = error.details;
  if (!HOPS.some((each) => each === hop)) return `${error.code} names no hop`;
  const isWord = typeof reason === 'string' && /^[A-Z][A-Z0-9_-]{0,63}$/u.test(reason);
  return isWord ? null : `${error.code} names no reason`;
}

/** A secret as it may be written: in base64, hex, a URL or a JSON text. */
function listSpellings(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  return [
    secret,
    bytes.toString('base64').replace(/=+$/u, ''),
    bytes.toString('base64url'),
    bytes.toString('hex'),
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
  ];
}

/** Every text in a value, with bytes and causes of errors. */
function listTexts(value: unknown, depth: number): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null || depth > DEPTH_MAX) return [];
  if (value instanceof Uint8Array) return [Buffer.from(value).toString('latin1')];
  const own = Object.values(value).flatMap((part) => listTexts(part, depth + 1));
  if (!(value instanceof Error)) return own;
  const { message, stack = '', cause } = value;
  return [...own, message, stack, ...listTexts(cause, depth + 1)];
}
