import { expect, test } from '@jest/globals';
import { buildSchema, isEnumType } from 'graphql';

import { FAULT_CODES, HubError } from '../src/errors.ts';
import type { UserErrorCode } from '../src/model/user-error.ts';
import { listFiles, readPage } from './support/docs-includes.ts';
import { listUnionMembers } from './support/tidy-source.ts';

const PAGE = 'docs/reference/errors.md';

/** The codes with a heading of their own, by the section they stand in. */
function readSections(): ReadonlyMap<string, readonly string[]> {
  const sections = readPage(PAGE).split(/^## /mu).slice(1);
  return new Map(
    sections.map((section) => [
      section.slice(0, section.indexOf('\n')),
      [...section.matchAll(/^### `(?<code>\w+)`$/gmu)].map(({ groups }) => groups?.['code'] ?? ''),
    ]),
  );
}

function headingsOf(...titles: readonly string[]): readonly string[] {
  const sections = readSections();
  return titles.flatMap((title) => sections.get(title) ?? []);
}

const OF_FAULTS = ['Faults of a request', 'Faults of the hub', 'Faults of a source'];
const OF_MISTAKES = 'Mistakes a caller can correct';

function readUserErrorCodes(): readonly string[] {
  const sdl = listFiles('schema/*.graphql').map(readPage).join('\n');
  const type = buildSchema(sdl).getType('UserErrorCode');
  return isEnumType(type) ? type.getValues().map(({ name }) => name) : [];
}

test('every fault has a heading, and every heading under faults is a fault', () => {
  const headings = headingsOf(...OF_FAULTS);

  expect(headings.toSorted()).toEqual(FAULT_CODES.toSorted());
});

test('faults of sources stand under sources, and no others do', () => {
  const headings = headingsOf('Faults of a source');

  expect(headings.toSorted()).toEqual(
    FAULT_CODES.filter((code) => code.startsWith('SOURCE_')).toSorted(),
  );
});

test('every code is unique among faults and mistakes', () => {
  const codes = [...FAULT_CODES, ...readUserErrorCodes()];

  expect(new Set(codes).size).toBe(codes.length);
});

test.each(FAULT_CODES)('%s is said to be retryable exactly when it is, and what to do', (code) => {
  const [, section = ''] = readPage(PAGE).split(`### \`${code}\`\n`);
  const text = section.slice(0, section.search(/^##/mu));

  expect(/Retryable:\s(?<said>yes|no)\./u.exec(text)?.groups?.['said']).toBe(
    new HubError(code).retryable ? 'yes' : 'no',
  );
  expect(text).toContain('_What to do:_');
});

test('mistakes are the same in the schema, in the model and on the page', () => {
  const inSchema = readUserErrorCodes();
  const inModel: readonly string[] = listUnionMembers(
    'src/model/user-error.ts',
    'UserErrorCode' satisfies keyof { UserErrorCode: UserErrorCode },
  );

  expect(inModel.toSorted()).toEqual(inSchema.toSorted());
  expect(headingsOf(OF_MISTAKES).toSorted()).toEqual(inSchema.toSorted());
});

test('no heading is given twice', () => {
  const headings = [...readPage(PAGE).matchAll(/^### (?<code>.*)$/gmu)].map((one) => one[1]);

  expect(new Set(headings).size).toBe(headings.length);
});
