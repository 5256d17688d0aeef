import { KEY_TYPES, type KeyType } from '../model/row-key.ts';
import type { FieldType } from './row-speech.ts';

/** A field that is compared, and the column that holds it. */
export interface TableField {
  /** As the comparison calls it; the same on both sides. */
  readonly name: string;
  /** As the table calls it: letters, digits and _. */
  readonly column: string;
  readonly type: FieldType;
}

/** A table or view that is one side of a comparison. */
export interface ComparedTable {
  /** With its schema where one is needed. */
  readonly table: string;
  /** In the order of the comparison; those of the key first. */
  readonly fields: readonly TableField[];
  /** How many fields are the key, at least one. */
  readonly keys: number;
  /** Rows changed within so many seconds are in flight. Null where nothing tells. */
  readonly settle: { readonly column: string; readonly seconds: number } | null;
}

/** Types of the key's fields. @throws {RangeError} where one of them is none for keys. */
export function keyTypesOf({
  fields,
  keys,
}: {
  readonly fields: readonly { readonly name: string; readonly type: FieldType }[];
  readonly keys: number;
}): readonly KeyType[] {
  if (keys < 1 || keys > fields.length) throw new RangeError('A comparison needs a key.');
  return fields.slice(0, keys).map(({ name, type }) => {
    const found = KEY_TYPES.find((one) => one === type);
    if (found === undefined) throw new RangeError(`${name} is no field to match rows by.`);
    return found;
  });
}
