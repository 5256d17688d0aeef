/** A word that is not used here, and what is said instead. */
export interface BannedWord {
  readonly pattern: RegExp;
  readonly instead: string;
  /** Names of others that hold the word. */
  readonly except: readonly string[];
}

function word(pattern: RegExp, instead: string, except: readonly string[] = []): BannedWord {
  return { pattern, instead, except };
}

/** Spellings, in code, comments and pages alike: one language, one spelling. */
export const SPELLINGS: readonly BannedWord[] = [
  // A table of the publicity system, in its own spelling.
  word(/licence/giu, 'license', ['LICENCE_INFO']),
  word(/normalis(?:e|ing|ation)/giu, 'normalize'),
  word(/catalogue/giu, 'catalog'),
  word(/cancell(?:ed|ing)/giu, 'canceled', ['TaskCancelledError', 'isTaskCancelledError']),
  word(/behaviour/giu, 'behavior'),
  word(/colour/giu, 'color'),
  word(/organis(?:e|ation)/giu, 'organize'),
  word(/(?:recogn|author|initial|summar)is(?:e|ing|ed)\b/giu, '-ize'),
];

/** Marks of what was left for later: do it, or write down why not. */
export const MARKS: readonly BannedWord[] = [
  word(/\b(?:TODO|FIXME|XXX|HACK)\b/gu, 'a sentence that says why it is as it is'),
];

/** Names of files and folders that say nothing about what is inside. */
export const NAMES: readonly BannedWord[] = [
  word(
    /(?:^|\/)(?:utils?|common|shared|helpers?|lib|misc|manager|handler)(?=[./]|$)/gu,
    'what is inside',
  ),
];

/** Words of the place where this was written, which mean nothing to whoever reads it elsewhere. */
export const PLACES: readonly BannedWord[] = [
  word(/\.\.\/shared/gu, 'a path inside the project'),
  word(/dossier/giu, 'the standard itself'),
  word(/\bhelper-\d/giu, 'the name of the room'),
  word(/(?<![\w.*])\/work\//gu, 'a path inside the project'),
];

/** Ways around the compiler or around our own code. */
export const EVASIONS: readonly BannedWord[] = [
  word(/@ts-(?:ignore|expect-error|nocheck)/gu, 'the right type'),
  word(/\bjest\.(?:mock|unstable_mockModule|spyOn)\b/gu, 'the real thing, or a function passed in'),
  word(/\b(?:test|describe|it)\.only\b/gu, 'all of the tests'),
];
