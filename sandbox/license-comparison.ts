import { findFaceKey, writeFace } from './license-faces.ts';
import type { LicenseRecord } from './license-faces.ts';
import { isObject, textAt } from './wire.ts';

const MESSAGES = [
  '信息正确且有效',
  '信息正确且未激活',
  '信息正确且暂时失效',
  '信息正确且已失效',
  '信息不全无法验证',
  '查无此信息',
  '请填写certData',
  '部分信息有误或不完整',
];

/**
 * How the library compares: exact equality of text, `holder`, `holderCode` and `certNo` being the
 * query. A half-width bracket therefore gives 5, as if there were no such license.
 */
export function compareWithFace(
  claims: unknown,
  held: readonly LicenseRecord[],
): { readonly result: string; readonly message: string } {
  const result = compare(claims, held);
  return { result: String(result), message: MESSAGES[result] ?? '' };
}

function compare(claims: unknown, held: readonly LicenseRecord[]): number {
  if (!isObject(claims) || Object.keys(claims).length === 0) return 6;
  const hits = held.filter(
    (each) => each.holder === textAt(claims, 'holder') && each.number === textAt(claims, 'certNo'),
  );
  const [hit] = hits;
  if (hit === undefined) return 5;
  if (hits.length > 1) return 4;
  return hasAll(hit, claims) ? resultOf(hit.state) : 7;
}

/** True when every further claim, under the type's own keys, is the text of the face. */
function hasAll(license: LicenseRecord, claims: Readonly<Record<string, unknown>>): boolean {
  const face = writeFace(license);
  const queryKeys = ['holder', 'holderCode', 'certNo'];
  const own = (['holder', 'holderCode', 'number'] as const).map((meaning) =>
    findFaceKey(license.typeCode, meaning),
  );
  return Object.entries(claims)
    .filter(([key]) => !queryKeys.includes(key) && !own.includes(key))
    .every(([key, value]) => String((face[key] ?? '') as string | number) === String(value));
}

function resultOf(state: number): number {
  if (state === 5 || state === 11) return 0;
  if (state === 1) return 1;
  return state === 12 || state === 13 ? 2 : 3;
}
