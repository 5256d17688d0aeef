import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { createAgencies, type Agencies } from '../../src/agencies/agencies.ts';
import { AGENCIES } from '../../src/catalog/starter/agencies.ts';
import { regionAtLevel } from '../../src/model/agency.ts';
import { systemClock } from '../../src/model/clock.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let agencies: Agencies;

beforeAll(async () => {
  database = await createTestDatabase();
  agencies = createAgencies({ db: database.db, clock: systemClock });
  for (const agency of Object.values(AGENCIES)) await agencies.register(agency, 'deployment');
});

afterAll(() => database.drop());

test.each([
  ['370811', 'COUNTY', AGENCIES.countyJustice.code],
  ['370811', 'CITY', AGENCIES.justice.code],
  ['370811', 'PROVINCE', AGENCIES.provincialJustice.code],
  ['370800', 'CITY', AGENCIES.justice.code],
] as const)('the justice bureau of %s at level %s is %s', async (region, level, code) => {
  const found = await agencies.justiceOf(region, level);

  expect(found?.code).toBe(code);
});

test('where no justice bureau is registered there is none', async () => {
  expect(await agencies.justiceOf('370900', 'CITY')).toBeNull();
});

test('a region at a higher level keeps two digits a level', () => {
  expect(regionAtLevel('370811', 'CITY')).toBe('370800');
  expect(regionAtLevel('370811', 'PROVINCE')).toBe('370000');
});

test('an agency is changed under its code, and the same again changes nothing', async () => {
  const renamed = { ...AGENCIES.health, name: '示例市卫生健康局' };

  await agencies.register(renamed, 'operator-a');
  await agencies.register(renamed, 'operator-b');

  expect(await agencies.find(renamed.code)).toEqual(renamed);
  const { rows } = await database.db.raw<{ rows: { version: number; registered_by: string }[] }>(
    'select version, registered_by from agency where code = ?',
    [renamed.code],
  );
  expect(rows).toEqual([{ version: 2, registered_by: 'operator-a' }]);
});

test.each([
  [{ code: '11370800MB28559185' }, 'code', 'MALFORMED_CODE'],
  [{ name: ' ' }, 'name', 'LENGTH_OUT_OF_RANGE'],
  [{ name: '局'.repeat(201) }, 'name', 'LENGTH_OUT_OF_RANGE'],
  [{ regionCode: '3708' }, 'regionCode', 'MALFORMED_CODE'],
  [{ regionCode: '370811' }, 'regionCode', 'MALFORMED_CODE'],
] as const)(
  'an agency with %j is refused, with the field and the code',
  async (wrong, field, code) => {
    const registered = await agencies.register({ ...AGENCIES.market, ...wrong }, 'operator-a');

    expect(registered).toMatchObject({ ok: false, errors: [{ field: [field], code }] });
  },
);

test('agencies are listed by region, page after page', async () => {
  const county = await agencies.list({ regionPrefix: '370811' }, { first: 1, after: null });
  const next = await agencies.list(
    { regionPrefix: '370811' },
    { first: 5, after: county.endCursor },
  );

  expect(county).toMatchObject({ nodes: [AGENCIES.countyJustice], hasNextPage: true });
  expect(next).toMatchObject({ nodes: [AGENCIES.countyApproval], hasNextPage: false });
});
