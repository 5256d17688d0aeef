import { describe, expect, test } from '@jest/globals';

import { readProfile } from '../../connectors/credit-platform/profile.ts';
import { SHIPPED_FACES } from '../../connectors/license-library/faces.ts';
import { readLicense } from '../../connectors/license-library/license.ts';
import { HubError } from '../../src/errors.ts';
import { compileMapping, type Mapping } from '../../src/connector-kit/mapping/mapping.ts';
import { ENTERPRISE_CODE, GOLDENS, IDENTIFIER, write } from './mapping-samples.ts';

/** A mapping that lacks one rule, one own code, or one setting of a rule. */
interface Deletion {
  readonly what: string;
  readonly mapping: unknown;
}

function listDeletions(mapping: Mapping): readonly Deletion[] {
  const paths: string[][] = [];
  const walk = (value: unknown, path: string[]): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (inner !== null) paths.push([...path, key]);
      walk(inner, [...path, key]);
    }
  };
  walk(mapping, []);
  return paths.map((path) => ({ what: path.join('/'), mapping: without(mapping, path) }));
}

function without(value: unknown, [key, ...rest]: readonly string[]): unknown {
  const keep = (name: string, inner: unknown): readonly unknown[] => {
    if (name !== key) return [inner];
    return rest.length === 0 ? [] : [without(inner, rest)];
  };
  if (Array.isArray(value)) return value.flatMap((each, index) => keep(String(index), each));
  return Object.fromEntries(
    Object.entries(value as object).flatMap(([name, inner]) =>
      keep(name, inner).map((kept) => [name, kept]),
    ),
  );
}

/** Null where the deletion says nothing new: the part was what counts anyway. */
function writeChanged(changed: unknown, mapping: Mapping): unknown {
  try {
    const written = write(changed as object);
    return JSON.stringify(written) === JSON.stringify(mapping) ? null : written;
  } catch {
    return changed;
  }
}

describe.each(GOLDENS)('the golden mapping of $capability', ({ capability, mapping, rows }) => {
  const read = (changed: unknown): string => {
    try {
      const compiled = compileMapping(capability, changed as Mapping);
      return JSON.stringify(rows.map((row) => compiled.map(row, '')));
    } catch (error) {
      if (!(error instanceof HubError)) throw error;
      return error.code;
    }
  };

  test('reads all of its rows', () => {
    const compiled = compileMapping(capability, mapping);

    const faults = rows.flatMap((row) => {
      const result = compiled.map(row, '');
      return result.ok ? [] : [result.fault.details];
    });

    expect(faults).toEqual([]);
  });

  test('changes at least one record when any one of its parts is deleted', () => {
    const golden = read(mapping);
    const deletions = listDeletions(mapping).flatMap(({ what, mapping: changed }) => {
      const told = writeChanged(changed, mapping);
      return told === null ? [] : [{ what, mapping: told }];
    });

    const dead = deletions.filter((deletion) => read(deletion.mapping) === golden);

    expect(dead.map(({ what }) => what)).toEqual([]);
    expect(deletions.length).toBeGreaterThan(15);
  });
});

describe('a mapping and the decoder that is written by hand', () => {
  test('make the same license of the same face', () => {
    const { status, statusWords: _words, ...face } = SHIPPED_FACES['11100000000013338W050'] ?? {};
    const fields = Object.fromEntries(
      Object.entries(face).map(([name, key]) => [name, { from: `/${String(key)}` }]),
    );
    const mapping = write({
      fields: { ...fields, status: { from: `/${String(status)}`, table: 'license-status.mohurd' } },
    });
    const rows = ['01', '07', '99', ''].map((certState) => ({
      certTypeCode: '11100000000013338W050',
      certName: '安全生产许可证',
      certNum: '（鲁）JZ安许证字〔2018〕080001',
      certIdentifier: IDENTIFIER,
      corpName: '济宁甲?有限公司',
      corpCode: `${ENTERPRISE_CODE.toLowerCase()} `,
      corpLeader: '--',
      corpAddress: null,
      issuAuth: '局',
      issuedDate: '2021.02.30',
      effectiveDate: '2021年2月9日',
      expiringDate: '9999-12-31',
      associatedZzeCertID: '',
      certState,
    }));
    const compiled = compileMapping('license.byIdentifier', mapping);

    const mapped = rows.map((row) => compiled.map(row, '/p'));

    const byHand = rows.map((row) => ({
      ok: true,
      record: readLicense(row, requireFace(), '/p'),
    }));
    expect(mapped).toEqual(byHand);
  });

  test('make the same credit profile of the same reply', () => {
    const held = {
      category: '自然人',
      identify: '370800900101001',
      subjectName: '张三',
      grade: { value: 'E', gradedOn: '2026-01-01' },
      lists: [
        {
          listName: '红名单',
          reason: '',
          authority: '局',
          listedOn: '2021-02-09',
          removedOn: null,
        },
      ],
      penalties: [],
      commitments: [],
    };
    const mapping = write({
      fields: {
        code: { from: '/identify' },
        name: { from: '/subjectName' },
        category: { from: '/category', table: 'subject-category' },
        grade: { from: '/grade/value', table: 'credit-grade' },
        gradedOn: { from: '/grade/gradedOn' },
      },
      lists: {
        listings: [
          {
            each: '/lists',
            fields: {
              list: { from: '/listName', table: 'credit-list' },
              reason: { from: '/reason' },
              authority: { from: '/authority' },
              since: { from: '/listedOn' },
              removedOn: { from: '/removedOn' },
            },
          },
        ],
      },
    });

    const mapped = compileMapping('credit.profile', mapping).map(held, '');

    const record = { ...readProfile(held, ''), notTold: ['PENALTIES', 'COMMITMENTS'] };
    expect(mapped).toEqual({ ok: true, record });
  });
});

function requireFace(): Parameters<typeof readLicense>[1] {
  const face = SHIPPED_FACES['11100000000013338W050'];
  if (face === undefined) throw new Error('The face is shipped.');
  return face;
}
