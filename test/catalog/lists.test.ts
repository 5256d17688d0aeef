import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { createLists, createPublisher } from '../../src/catalog/lists.ts';
import { applyAdjustments, isSame } from '../../src/catalog/publication.ts';
import { parseBusinessDate, type BusinessDate } from '../../src/model/business-date.ts';
import type { Caller } from '../../src/model/caller.ts';
import { addDays } from '../../src/model/clock.ts';
import { diffLists, type ListedMatter } from '../../src/model/listed-matter.ts';
import type { MatterList } from '../../src/model/matter-list.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const CALLER: Caller = {
  ...{ account: 'justice-1', agencyCode: '11370811MB3TE0H8Y1', roles: ['JUSTICE'] },
  ...{ scopes: [], requestId: 'request-1' },
};
const FIRST = parseBusinessDate('2021-04-30')!;
const clock = { now: () => new Date('2021-04-30T02:00:00Z') };
const page = { first: 100, after: null };

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const entry = (code: string, more: Partial<ListedMatter> = {}): ListedMatter => ({
  ...{ code, name: '许可', priorityField: null, itemType: 'LICENSE' },
  ...{ agencyCode: '11370811MB3TE0J9YP', agencyName: '示例区行政审批服务局' },
  ...{ certificate: '营业执照', legalBasis: '条例第八条', usesPerYear: null },
  ...{ obtaining: 'EASY', licenseTypeCode: null, onlineVerifiable: false, publicity: null },
  ...{ exemption: null, risk: null, exclusions: [], exclusionNote: null, isActive: true },
  ...{ adoptingAgencies: [], policy: null },
  ...more,
});

/** Versions, each with what it asks of some of five matters, and how many days later it counts. */
const history = fc.array(
  fc.record({
    days: fc.nat({ max: 3 }),
    asked: fc.uniqueArray(
      fc.record({
        code: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
        kind: fc.constantFrom('ADD' as const, 'REMOVE' as const, 'CHANGE' as const),
        uses: fc.nat({ max: 3 }),
      }),
      { selector: ({ code }) => code, minLength: 1, maxLength: 3 },
    ),
  }),
  { minLength: 1, maxLength: 6 },
);

let region = 370_900;

test('the list of a day is what the versions effective by then add up to, whatever was asked', async () => {
  const lists = createLists({ ...database, routed: () => [] });
  const publisher = createPublisher({ clock, onPublished: async () => {} });

  await fc.assert(
    fc.asyncProperty(history, async (versions) => {
      const regionCode = String(++region);
      let content: ReadonlyMap<string, ListedMatter> = new Map();
      let on = FIRST;
      const expected: { on: BusinessDate; content: ReadonlyMap<string, ListedMatter> }[] = [];
      for (const { days, asked } of versions) {
        on = addDays(on, days);
        const adjustments = asked.map(({ code, kind, uses }) => ({
          ...{ kind, matterCode: code },
          entry: kind === 'REMOVE' ? null : entry(code, { usesPerYear: uses }),
        }));
        const { after, errors } = applyAdjustments(content, adjustments);
        if (errors.length > 0) continue;
        const changes = diffLists(content, after, isSame);
        await database.db.transaction((trx) =>
          publisher.publish(trx, CALLER, {
            ...{ regionCode, level: 'COUNTY', origin: 'ADJUSTMENT', effectiveFrom: on, changes },
          }),
        );
        content = after;
        expected.push({ on, content });
      }

      for (let back = -1; back <= 20; back += 1) {
        const day = addDays(FIRST, back);
        const found = await lists.findOn(regionCode, day);
        const standing = expected.filter((one) => one.on <= day).at(-1)?.content ?? new Map();
        const listed = found === null ? [] : (await lists.pageOfEntries(found, page)).nodes;
        expect(new Map(listed.map((one) => [one.code, one]))).toEqual(standing);
      }
    }),
    { numRuns: 12 },
  );
});

test('what is excluded can not be stored as active, whoever writes it', async () => {
  const publisher = createPublisher({ clock, onPublished: async () => {} });
  const excluded = entry('a', { exclusions: ['ENVIRONMENT'] });

  const written = database.db.transaction((trx) =>
    publisher.publish(trx, CALLER, {
      ...{ regionCode: '370811', level: 'COUNTY', origin: 'IMPORT', effectiveFrom: FIRST },
      changes: [{ code: 'a', kind: 'ADDED', entry: excluded }],
    }),
  );

  await expect(written).rejects.toMatchObject({
    constraint: 'matter_list_change_excluded_never_active',
  });
});

test('a publication that another room cannot follow does not take place', async () => {
  const lists = createLists({ ...database, routed: () => [] });
  const told: MatterList[] = [];
  const publisher = createPublisher({
    clock,
    async onPublished(_trx, { list }) {
      told.push(list);
      throw new RangeError('no');
    },
  });

  const published = database.db.transaction((trx) =>
    publisher.publish(trx, CALLER, {
      ...{ regionCode: '370812', level: 'COUNTY', origin: 'IMPORT', effectiveFrom: FIRST },
      changes: [{ code: 'a', kind: 'ADDED', entry: entry('a') }],
    }),
  );

  await expect(published).rejects.toThrow('no');
  expect(told).toMatchObject([{ version: 1 }]);
  expect(await lists.findOn('370812', FIRST)).toBeNull();
});
