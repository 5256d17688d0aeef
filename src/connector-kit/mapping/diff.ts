import { listDifferences } from '../../model/json-difference.ts';
import type { Mapping } from './mapping.ts';

/** One part of a mapping that a revision changes. */
export interface MappingDifference {
  /** Readable place: `status table`, `changes[0] item from`, `keys`. */
  readonly field: string;
  /** Null where there was nothing. */
  readonly before: string | null;
  /** Null where there is nothing any more. */
  readonly after: string | null;
}

/** How a part reads when nobody has said anything. */
const UNSAID = new Set(['null', '[]', '{}', '""']);
/** What counts where a part is left out, by the end of its pointer. */
const DEFAULTS: readonly (readonly [RegExp, string])[] = [
  [/\/blank$/u, 'LONG_TERM'],
  [/^\/lists\/[^/]+\/\d+\/required$/u, 'true'],
];

/**
 * What one mapping says and another does not, line by line in the order of the fields. A part
 * that is left out equals one that says what counts anyway.
 */
export function diffMappings(before: Mapping, after: Mapping): readonly MappingDifference[] {
  return listDifferences(before, after).flatMap(({ pointer, ...texts }) => {
    const [was, is] = [saidOf(texts.before), saidOf(texts.after)];
    const usual = DEFAULTS.find(([end]) => end.test(pointer))?.[1];
    const isUsual = (was ?? usual) === (is ?? usual);
    return isUsual ? [] : [{ field: nameOf(pointer), before: was, after: is }];
  });
}

function saidOf(text: string | null): string | null {
  if (text === null || UNSAID.has(text)) return null;
  const value: unknown = JSON.parse(text);
  return typeof value === 'string' ? value : text;
}

function nameOf(pointer: string): string {
  const [section = '', ...steps] = pointer
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  if (section === 'fields') return steps.join(' ');
  if (section !== 'lists') return [section, ...steps].join(' ');
  const [list = '', index = '0', part = '', ...inner] = steps;
  return [`${list}[${index}]`, ...(part === 'fields' ? inner : [part, ...inner])].join(' ');
}
