import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Kind, parse, visit } from 'graphql';

import { readConfig } from '../src/config.ts';
import { SAMPLE_QUERY } from '../src/demo/banner.ts';
import { OPEN_NETWORK } from '../src/connector-kit/network.ts';
import { KINDS } from '../src/kinds.ts';
import { systemClock } from '../src/model/clock.ts';
import { DEFAULT_ANOMALY_POLICY } from '../src/model/anomaly.ts';
import { DEFAULT_PASS_POLICY } from '../src/model/pass-policy.ts';
import { findUnsafe } from '../src/safety.ts';
import { readSourceList } from '../src/source-list.ts';
import { DEFAULT_POLICY } from '../src/sources/policy.ts';
import { createTestDatabase } from './support/database.ts';
import {
  listExamples,
  readAnswer,
  startExampleDemo,
  writeAnswer,
  type ExampleDemo,
} from './support/docs-examples.ts';
import { findBrokenLinks } from './support/docs-links.ts';
import { includeInto, listFiles, listPages, readPage, ROOT } from './support/docs-includes.ts';

const isUpdating = process.env['UPDATE_GOLDEN'] === '1';

describe('pages', () => {
  test.each(listPages())('%s quotes files as they are', (page) => {
    const text = readPage(page);

    const included = includeInto(page, text);

    expect(text).toBe(included);
  });

  test.each(listPages())('%s links to what is there', (page) => {
    const links = findBrokenLinks(page, readPage(page), (path) =>
      existsSync(join(ROOT, dirname(page), path)),
    );

    expect(links).toEqual([]);
  });

  test.each(['README.md', 'README.zh-CN.md'])('%s tells how to start and how to test', (page) => {
    const lines = readPage(page).split('\n');

    expect(lines).toContain('npm ci && npm start');
    expect(lines).toContain('npm ci && npm test');
  });

  test('every example is quoted on a page', () => {
    const text = listPages().map(readPage).join('\n');

    const unquoted = listExamples()
      .flatMap((name) => [`docs/examples/${name}.graphql`, `docs/examples/${name}.json`])
      .filter((path) => !text.includes(`<!-- include ${path} -->`));

    expect(unquoted).toEqual([]);
  });

  test('the page of dependencies lists those of package.json, and no others', () => {
    const page = readPage('docs/decisions/0007-dependencies.md');
    const about = JSON.parse(readPage('package.json')) as Record<string, object>;
    const kinds = ['dependencies', 'optionalDependencies', 'devDependencies'];

    const listed = [...page.matchAll(/^\| `(?<name>[^`]+)` /gmu)].map((row) => row[1]);

    expect(listed).toEqual(kinds.flatMap((kind) => Object.keys(about[kind] ?? {}).toSorted()));
  });

  test('the question of the banner is the question of the README, with fewer fields', () => {
    const readme = pathsOf(readPage('docs/examples/verify.graphql'));

    const missing = pathsOf(SAMPLE_QUERY).filter((path) => !readme.includes(path));

    expect(missing).toEqual([]);
  });
});

describe('examples', () => {
  let demo: ExampleDemo;
  beforeAll(async () => {
    demo = await startExampleDemo();
  });
  afterAll(() => demo.stop());

  async function expectAnswerOf(example: string): Promise<void> {
    const answer = await demo.run(example);
    if (isUpdating) await writeAnswer(example, answer);
    expect(answer).toEqual(readAnswer(example));
  }

  test('a question online is answered as the README says', () => expectAnswerOf('verify'));

  test('a question to another agency is answered as the README says, by a person', async () => {
    await demo.holdReplies();

    await expectAnswerOf('assistance');
    await demo.replyToAll();

    await expectAnswerOf('assistance-replied');
  });

  test('no example is left out', () => {
    expect(listExamples()).toEqual(['assistance', 'assistance-replied', 'verify']);
  });
});

describe('facts', () => {
  test('the glossary names what is there', () => {
    const text = listFiles('src/**.ts', 'connectors/**.ts', 'schema/*.graphql', 'migrations/*.sql')
      .map((path) => `${path}\n${readPage(path)}`)
      .join('\n');
    const names = tableCells(readPage('docs/glossary.md'), 2).flatMap((cell) =>
      [...cell.matchAll(/`(?<name>[^`…]+)`/gu)].map((found) => found[1] ?? ''),
    );

    const missing = names
      .flatMap((name) => name.split('.'))
      .filter((part) => !text.includes(part) && !existsSync(join(ROOT, part)));

    expect(missing).toEqual([]);
    expect(names.length).toBeGreaterThan(60);
  });

  test('the glossary gives no English word two meanings', () => {
    const words = tableCells(readPage('docs/glossary.md'), 1).filter((word) => word !== 'English');

    expect(words.filter((word, index) => words.indexOf(word) < index)).toEqual([]);
  });

  test('the environment is the same in the code and in docs/operations.md', () => {
    const inCode = [...readPage('src/config.ts').matchAll(/^ {2}(?<name>[A-Z_]+): /gmu)];
    const onPage = [...sectionOf('docs/operations.md', 'Environment').matchAll(/^\| `(\w+)`/gmu)];

    expect(namesIn(onPage)).toEqual(namesIn(inCode));
  });

  test('metrics are the same in the code and in docs/operations.md', () => {
    const inCode = [...readPage('src/metrics.ts').matchAll(/name: '(hecha_\w+)'/gu)];
    const onPage = [
      ...sectionOf('docs/operations.md', 'Health and numbers').matchAll(/^\| `(hecha_\w+)`/gmu),
    ];

    expect(namesIn(onPage)).toEqual(namesIn(inCode));
  });

  test('the call policy is the same in the code and in docs/operations.md', () => {
    const page = sectionOf('docs/operations.md', 'The list of sources');
    const onPage = [...page.matchAll(/^\| `(?<name>\w+)` +\| +(?<value>[\d,]+) \|/gmu)].map(
      ({ groups }) => [groups?.['name'], Number(groups?.['value']?.replaceAll(',', ''))],
    );

    expect(Object.fromEntries(onPage)).toEqual(DEFAULT_POLICY);
  });

  test('the policy of passes on the page of operations is the one that applies', () => {
    const section = sectionOf('docs/operations.md', 'Rows that are kept');

    const onPage = [...section.matchAll(/^\| `(?<name>\w+)` +\| +(?<value>[\d.,]+) \|/gmu)].map(
      ([, name = '', value = '']) => [name, Number(value.replaceAll(',', ''))] as const,
    );

    expect(Object.fromEntries(onPage)).toEqual(DEFAULT_PASS_POLICY);
  });

  test('the numbers of a flood of “no” on the page of operations are those that apply', () => {
    const section = sectionOf('docs/operations.md', 'A flood of "no"');

    const onPage = [...section.matchAll(/^\| `(?<name>\w+)` +\| +(?<value>[\d.,]+) \|/gmu)].map(
      ([, name = '', value = '']) => [name, Number(value)] as const,
    );

    expect(Object.fromEntries(onPage)).toEqual(DEFAULT_ANOMALY_POLICY);
  });

  test('the floors of docs/architecture.md are those that are enforced', () => {
    const rules = createRequire(import.meta.url)(join(ROOT, '.dependency-cruiser.cjs')) as {
      forbidden: readonly { name: string }[];
    };
    const enforced = rules.forbidden
      .map(({ name }) => /^floor-(?<floor>\d+)-(?<room>.+)$/u.exec(name))
      .flatMap((found) => (found === null ? [] : [`${found[1] ?? ''} ${found[2] ?? ''}`]));
    const drawn = floorsOf(sectionOf('docs/architecture.md', 'Floors of `src/`'));
    const rooms = listFiles('src/**.ts').map((path) => path.split('/')[1]?.replace(/\.ts$/u, ''));

    expect(drawn).toEqual(expect.arrayContaining(enforced));
    expect(drawn.map((line) => line.split(' ')[1]).toSorted()).toEqual(
      [...new Set(rooms)].toSorted(),
    );
  });
});

test('the statements of docs/operations.md can be run', async () => {
  const database = await createTestDatabase();
  const statements = [...readPage('docs/operations.md').matchAll(/^```sql\n(?<sql>.*?)^```$/gmsu)];

  const answers = await Promise.all(
    statements.map(({ groups }) => database.db.raw<{ rows: unknown[] }>(groups?.['sql'] ?? '')),
  );
  await database.drop();

  expect(answers.map(({ rows }) => rows)).toEqual([[], [], []]);
});

test('the list of sources in docs/operations.md is one that a hub starts with', async () => {
  const environment = {
    HECHA_LICENSE_LIBRARY_TOKEN: 'a-token',
    HECHA_LICENSE_LIBRARY_SM2_KEY: '1'.repeat(64),
    HECHA_PUBLICITY_SYSTEM_APP_KEY: 'an-application-key',
    HECHA_CREDIT_PLATFORM_APP_KEY: 'a-key',
    HECHA_ASSISTANCE_TOKEN: 'another-token',
  };
  const config = readConfig({ NODE_ENV: 'production', HECHA_DIGEST_SECRET: 'x'.repeat(32) });

  const list = await readSourceList(join(ROOT, 'docs/examples/sources.json'), environment);
  const connectors = list.sources.map((listed) =>
    KINDS.find(({ kind }) => kind.kind === listed.kind)?.build({
      settings: listed.settings,
      secrets: listed.secrets,
      clock: systemClock,
      network: OPEN_NETWORK,
    }),
  );
  for (const connector of connectors) await connector?.close();

  const keys = { keys: [{ kty: 'EC', kid: 'provider-1' }] };
  expect(
    findUnsafe(config, { ...list, keys, vaultKeys: [{ id: 'city-1' }], signingKeys: [] }),
  ).toEqual([]);
});

/** One cell of every row of a page's tables, heads left out. */
function tableCells(text: string, column: number): readonly string[] {
  return text
    .split('\n')
    .filter((line, index, lines) => line.startsWith('| ') && !lines[index + 1]?.startsWith('| --'))
    .filter((line) => !line.startsWith('| --'))
    .map((line) => (line.split('|')[column + 1] ?? '').trim());
}

/** What stands below a heading, up to the next of its kind. */
function sectionOf(page: string, title: string): string {
  const [, section = ''] = readPage(page).split(`\n## ${title}\n`);
  return section.split('\n## ')[0] ?? '';
}

function namesIn(found: readonly RegExpExecArray[]): readonly string[] {
  return found.map(([, name]) => name ?? '').toSorted();
}

/** `4 catalog` for each room of the picture; a line without a number is of the floor above it. */
function floorsOf(section: string): readonly string[] {
  let floor = '';
  const picture = section.split('```')[1] ?? '';
  return picture.split('\n').flatMap((line) => {
    const found = /^(?<floor>[ \d]\d| {2}) {2}(?<room>[\w-]+)(?:\/|\.ts) /u.exec(line);
    if (found === null) return [];
    const drawn = (found[1] ?? '').trim();
    if (drawn !== '') floor = drawn;
    return [`${floor} ${found[2] ?? ''}`];
  });
}

/** Every argument and selected field of an operation, by its path and value. */
function pathsOf(source: string): readonly string[] {
  const paths: string[] = [];
  const place: string[] = [];
  visit(parse(source), {
    Field: {
      enter: ({ name }) => {
        place.push(name.value);
        paths.push(place.join('.'));
      },
      leave: () => void place.pop(),
    },
    ObjectField: ({ name, value }) => {
      if (value.kind === Kind.STRING)
        paths.push(`${place.join('.')}(${name.value}: ${value.value})`);
    },
  });
  return paths;
}
