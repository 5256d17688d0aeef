import { describe, expect, test } from '@jest/globals';

import {
  heldKeyOf,
  heldKeysOf,
  keyPartsOf,
  type MappedCapability,
} from '../../src/connector-kit/mapping/keys.ts';
import { compileMapping } from '../../src/connector-kit/mapping/mapping.ts';
import {
  ENTERPRISE_CODE,
  IDENTIFIER,
  LEAST,
  PERSON_CODE,
  TYPE_CODE,
  write,
} from './mapping-samples.ts';

function keysOf<N extends MappedCapability>(capability: N, row: object): readonly string[] {
  const mapping = write({ fields: LEAST[capability] });
  const result = compileMapping(capability, mapping).map(row, '');
  if (!result.ok) throw result.fault;
  return heldKeysOf(capability, result.record);
}

const person = { kind: 'PERSON', code: PERSON_CODE, name: null } as const;
const firm = { kind: 'ENTERPRISE', code: ENTERPRISE_CODE, name: '甲' } as const;

describe('a question meets the row that is about the same subject', () => {
  test.each([
    [PERSON_CODE],
    ['370800900101001'],
    [' 3708 0019 9001 0100 15'],
    ['３７０８００１９９００１０１００１５'],
  ])('spelled %j', (identify) => {
    expect(keysOf('credit.profile', { identify })).toEqual([heldKeyOf('credit.profile', person)]);
  });

  test.each([[ENTERPRISE_CODE], [ENTERPRISE_CODE.toLowerCase()], [`${ENTERPRISE_CODE}\u00A0`]])(
    'of a firm spelled %j',
    (UNISCID) => {
      const keys = keysOf('enterprise.registration', { UNISCID, ENTNAME: '甲' });

      expect(keys).toEqual([heldKeyOf('enterprise.registration', firm)]);
    },
  );

  test.each([
    [IDENTIFIER],
    [IDENTIFIER.slice('1.2.156.3005.2.'.length)],
    [IDENTIFIER.toLowerCase()],
  ])('by the identifier %s', (ZZBS) => {
    const keys = keysOf('license.byIdentifier', { ZZBS, ZZLXDM: TYPE_CODE });

    expect(keys).toEqual([heldKeyOf('license.byIdentifier', { identifier: IDENTIFIER })]);
  });

  test('by holder and type of the license', () => {
    const rows = { CZZTDM: '370800900101001', ZZLXDM: ` ${TYPE_CODE.toLowerCase()}` };
    const asked = { holder: person, typeCode: TYPE_CODE };

    expect(keysOf('license.byHolder', rows)).toEqual([heldKeyOf('license.byHolder', asked)]);
  });
});

test('a question that spells the code in another way looks for the same text', () => {
  const asked = ['370800900101001', ' 370800199001010015'].map((code) =>
    heldKeyOf('credit.profile', { ...person, code }),
  );

  expect(asked).toEqual([PERSON_CODE, PERSON_CODE]);
});

test('other subjects, other types and codes nobody can read meet nothing else', () => {
  const keys = [
    ...keysOf('license.byHolder', { CZZTDM: PERSON_CODE, ZZLXDM: TYPE_CODE }),
    ...keysOf('license.byHolder', { CZZTDM: PERSON_CODE, ZZLXDM: '11100000MB0143028R018' }),
    ...keysOf('license.byHolder', { CZZTDM: ENTERPRISE_CODE, ZZLXDM: TYPE_CODE }),
    ...keysOf('license.byHolder', { CZZTDM: 'e123', ZZLXDM: TYPE_CODE }),
    ...keysOf('license.byHolder', { CZZTDM: '3708****0015', ZZLXDM: TYPE_CODE }),
  ];

  expect(new Set(keys).size).toBe(5);
});

test('a record without an owner has no keys, and a blank question asks nobody', () => {
  const license = compileMapping(
    'license.byIdentifier',
    write({ fields: LEAST['license.byIdentifier'] }),
  ).map({ ZZBS: IDENTIFIER, ZZLXDM: TYPE_CODE }, '');

  if (!license.ok) throw license.fault;
  expect(heldKeysOf('license.byHolder', license.record)).toEqual([]);
  expect(heldKeyOf('license.byIdentifier', { identifier: ' ' })).toBeNull();
  expect(heldKeyOf('license.byHolder', { holder: person, typeCode: '' })).toBeNull();
  expect(heldKeyOf('credit.profile', { ...person, code: '--' })).toBeNull();
});

test('the parts of a key are texts, empty where it lacks them', () => {
  const nothing = { kind: '', code: '', name: '', identifier: '', typeCode: '' };

  expect(keyPartsOf('license.byIdentifier', { identifier: 'x' })).toEqual({
    ...nothing,
    identifier: 'x',
  });
  expect(keyPartsOf('license.byHolder', { holder: person, typeCode: 't' })).toEqual({
    ...nothing,
    kind: 'PERSON',
    code: person.code,
    typeCode: 't',
  });
  expect(keyPartsOf('credit.profile', firm)).toEqual({
    ...nothing,
    kind: 'ENTERPRISE',
    code: ENTERPRISE_CODE,
    name: '甲',
  });
});
