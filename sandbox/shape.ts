import { isObject } from './wire.ts';

/** What a field of a document may be. */
export type FieldRule =
  | { readonly type: 'text'; readonly optional?: boolean; readonly nullable?: boolean }
  | {
      readonly type: 'number';
      readonly min: number;
      readonly max: number;
      readonly optional?: boolean;
    }
  | { readonly type: 'choice'; readonly of: readonly string[]; readonly optional?: boolean }
  | { readonly type: 'flag'; readonly optional?: boolean }
  | { readonly type: 'instant'; readonly optional?: boolean; readonly nullable?: boolean }
  | { readonly type: 'object'; readonly optional?: boolean; readonly nullable?: boolean }
  | { readonly type: 'list'; readonly optional?: boolean };

export type Shape = Readonly<Record<string, FieldRule>>;

/** Which field is wrong, and what would be right. */
export interface ShapeProblem {
  readonly field: string;
  readonly allowed: unknown;
}

/** The first thing wrong with a document, or null when nothing is. Unknown fields are wrong. */
export function findShapeProblem(value: unknown, shape: Shape): ShapeProblem | null {
  if (!isObject(value)) return { field: '', allowed: 'a JSON object' };
  const unknown = Object.keys(value).find((key) => !(key in shape));
  if (unknown !== undefined) return { field: unknown, allowed: Object.keys(shape) };
  for (const [field, rule] of Object.entries(shape)) {
    const allowed = judgeField(value[field], rule);
    if (allowed !== null) return { field, allowed };
  }
  return null;
}

/** Null when the value fits; otherwise what would fit. */
function judgeField(value: unknown, rule: FieldRule): unknown {
  if (value === undefined) return rule.optional === true ? null : describeRule(rule);
  if (value === null && 'nullable' in rule && rule.nullable) return null;
  return fits(value, rule) ? null : describeRule(rule);
}

function fits(value: unknown, rule: FieldRule): boolean {
  switch (rule.type) {
    case 'text':
      return typeof value === 'string';
    case 'number':
      return Number.isFinite(value) && Number(value) >= rule.min && Number(value) <= rule.max;
    case 'choice':
      return typeof value === 'string' && rule.of.includes(value);
    case 'flag':
      return typeof value === 'boolean';
    case 'instant':
      return typeof value === 'string' && !Number.isNaN(Date.parse(value));
    case 'object':
      return isObject(value);
    case 'list':
      return Array.isArray(value);
  }
}

function describeRule(rule: FieldRule): unknown {
  if (rule.type === 'choice') return rule.of;
  if (rule.type === 'number') return `a number from ${rule.min} to ${rule.max}`;
  if (rule.type === 'instant') return 'an instant such as 2026-09-18T06:00:00+08:00';
  return `a ${rule.type}${'nullable' in rule && rule.nullable ? ' or null' : ''}`;
}
