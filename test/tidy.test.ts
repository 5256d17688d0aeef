import { describe, expect, test } from '@jest/globals';

import { listFiles } from './support/docs-includes.ts';
import {
  findAny,
  findDefaultExports,
  findLongFile,
  findLongFunctions,
  findLongLines,
  findNames,
  findOwnClock,
  findRepeatedTitles,
  findUndocumented,
  findUseOf,
  findWords,
  type Rule,
} from './support/tidy-rules.ts';
import { readSource, sourceOf } from './support/tidy-source.ts';
import { EVASIONS, MARKS, NAMES, PLACES, SPELLINGS } from './support/tidy-words.ts';

/** Where a rule does not hold, and why. An exception that is no longer needed fails, too. */
const EXCEPTIONS: readonly { rule: string; path: string; reason: string }[] = [
  {
    rule: 'own clock',
    path: 'src/model/clock.ts',
    reason: 'It is the clock.',
  },
  {
    rule: 'chance',
    path: 'src/sources/guard.ts',
    reason: 'The pause before a retry must differ between replicas, and nothing is decided by it.',
  },
  {
    rule: 'default exports',
    path: 'test/support/global-setup.ts',
    reason: 'jest calls the default export.',
  },
  {
    rule: 'default exports',
    path: 'test/support/global-teardown.ts',
    reason: 'jest calls the default export.',
  },
  {
    rule: 'any',
    path: 'test/gateway/world.ts',
    reason: 'Answers of every shape are read, and each test expects what it reads.',
  },
  ...['spelling', 'marks', 'places'].map((rule) => ({
    rule,
    path: 'test/support/tidy-words.ts',
    reason: 'Whoever forbids a word has to say it.',
  })),
  ...['spelling', 'marks', 'places', 'evasions'].map((rule) => ({
    rule,
    path: 'test/tidy.test.ts',
    reason: 'Its planted violations are found.',
  })),
];

const GENERATED = /^(?:src|test)\/generated\//u;
const CODE = listFiles('*.ts', 'bin/*.js').filter((path) => !GENERATED.test(path));
const HUB = CODE.filter((path) => /^(?:src|connectors)\//u.test(path));
const ROOMS = CODE.filter((path) => path.startsWith('src/'));
const TESTS = CODE.filter((path) => path.endsWith('.test.ts'));
const EVERYTHING = listFiles().filter((path) => path !== 'package-lock.json');
const PROSE = listFiles('*.ts', '*.js', '*.md', '*.graphql', '*.sql', '*.json').filter(
  (path) => path !== 'package-lock.json' && path !== 'LICENSE',
);

interface TidyRule {
  readonly name: string;
  readonly find: Rule;
  readonly files: readonly string[];
  /** A file that breaks the rule once. */
  readonly planted: { readonly path: string; readonly text: string };
}

const lines = (count: number) => 'x();\n'.repeat(count);

const RULES: readonly TidyRule[] = [
  {
    name: 'file length',
    find: findLongFile,
    files: CODE,
    planted: { path: 'src/x.ts', text: lines(301) },
  },
  {
    name: 'function length',
    find: findLongFunctions,
    files: CODE,
    planted: { path: 'test/x.ts', text: `const f = () => {\n${lines(70)}};\n` },
  },
  {
    name: 'line length',
    find: findLongLines,
    files: CODE,
    planted: { path: 'src/x.ts', text: `// ${'x'.repeat(98)}\n` },
  },
  {
    name: 'spelling',
    find: findWords(SPELLINGS),
    files: PROSE,
    planted: { path: 'docs/x.md', text: 'The licence.\n' },
  },
  {
    name: 'marks',
    find: findWords(MARKS),
    files: PROSE,
    planted: { path: 'src/x.ts', text: '// TODO later\n' },
  },
  {
    name: 'names',
    find: findNames(NAMES),
    files: EVERYTHING,
    planted: { path: 'src/model/utils.ts', text: '' },
  },
  {
    name: 'places',
    find: findWords(PLACES),
    files: EVERYTHING,
    planted: { path: 'docs/x.md', text: 'See the dossier.\n' },
  },
  {
    name: 'evasions',
    find: findWords(EVASIONS),
    files: CODE,
    planted: { path: 'test/x.test.ts', text: "jest.mock('../src/x.ts');\n" },
  },
  {
    name: 'any',
    find: findAny,
    files: CODE,
    planted: { path: 'src/x.ts', text: 'const x = y as any;\n' },
  },
  {
    name: 'own clock',
    find: findOwnClock,
    files: HUB,
    planted: { path: 'src/x.ts', text: 'const now = new Date();\n' },
  },
  {
    name: 'chance',
    find: findUseOf('Math', 'random', 'node:crypto'),
    files: HUB,
    planted: { path: 'src/x.ts', text: 'const x = Math.random();\n' },
  },
  {
    name: 'console',
    find: findUseOf('console', null, 'the Log that is passed in'),
    files: HUB,
    planted: { path: 'src/x.ts', text: 'console.log(1);\n' },
  },
  {
    name: 'default exports',
    find: findDefaultExports,
    files: CODE.filter((path) => path.endsWith('.ts')),
    planted: { path: 'src/x.ts', text: 'export default 1;\n' },
  },
  {
    name: 'titles',
    find: findRepeatedTitles,
    files: TESTS,
    planted: { path: 'test/x.test.ts', text: "test('a', f);\ntest.each([1])('a', f);\n" },
  },
  {
    name: 'promises',
    find: findUndocumented,
    files: ROOMS,
    planted: { path: 'src/x.ts', text: '/** Good. */\nexport const a = 1;\nexport const b = 2;\n' },
  },
];

describe.each(RULES)('$name', ({ name, find, files, planted }) => {
  test('a planted violation is found, once', () => {
    const found = find(sourceOf(planted.path, planted.text));

    expect(found).toHaveLength(1);
  });

  test('there is something to look at', () => {
    expect(files.length).toBeGreaterThan(5);
  });

  test('the project keeps the rule', () => {
    const exempt = EXCEPTIONS.filter(({ rule }) => rule === name).map(({ path }) => path);

    const found = files.filter((path) => !exempt.includes(path)).flatMap(findIn(find));

    expect(found).toEqual([]);
  });

  test('no exception is made for what keeps the rule', () => {
    const exempt = EXCEPTIONS.filter(({ rule }) => rule === name).map(({ path }) => path);

    const unneeded = exempt.filter((path) => findIn(find)(path).length === 0);

    expect(unneeded).toEqual([]);
  });
});

test.each([
  ['clock', findOwnClock, 'Date.now();\n'],
  ['clock', findOwnClock, 'Date();\n'],
  ['any', findAny, 'function f(x: any) {}\n'],
  ['any', findAny, 'const x: readonly any[] = [];\n'],
  ['default', findDefaultExports, 'export default function f() {}\n'],
  ['promise', findUndocumented, 'export function f(): void {}\n'],
  ['promise', findUndocumented, 'export interface X {}\n'],
  ['evasion', findWords(EVASIONS), '// @ts-expect-error\n'],
  ['place', findWords(PLACES), "import '../shared/x.ts';\n"],
  ['place', findWords(PLACES), 'cd /work/x\n'],
  ['place', findWords(PLACES), 'as helper-3 says\n'],
  ['spelling', findWords(SPELLINGS), 'const catalogueSize = 1;\n'],
  ['spelling', findWords(SPELLINGS), '// It is cancelled.\n'],
  ['spelling', findWords(SPELLINGS), 'function normaliseName() {}\n'],
  ['mark', findWords(MARKS), '/* FIXME */\n'],
] as const)('the rule of %s catches %#: %3$s', (_rule, find, text) => {
  expect(find(sourceOf('src/x.ts', text))).toHaveLength(1);
});

test.each([
  ['a date of a known instant', findOwnClock, 'const at = new Date(0);\n'],
  ['a default branch', findDefaultExports, 'switch (x) {\n  default:\n    f();\n}\n'],
  ['a long address', findLongLines, `// https://example.org/${'x'.repeat(99)}\n`],
  ['long SQL', findLongLines, `const sql = \`\n  select ${'x'.repeat(99)}\n\`;\n`],
  ['an error of a library', findWords(SPELLINGS), 'throw new TaskCancelledError();\n'],
  ['a network path', findWords(PLACES), 'see docs/network/work/x\n'],
] as const)('%s is no violation', (_what, find, text) => {
  expect(find(sourceOf('src/x.ts', text))).toEqual([]);
});

function findIn(find: Rule): (path: string) => readonly string[] {
  return (path) => find(readSource(path));
}
