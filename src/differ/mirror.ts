import type { FieldType } from './row-speech.ts';
import type { Flavor } from './side.ts';

/** A collection of which the hub keeps a copy. */
export interface Mirror {
  readonly id: number;
  readonly name: string;
  readonly fields: readonly { readonly name: string; readonly type: FieldType }[];
  /** How many fields are the key. */
  readonly keys: number;
  readonly flavor: Exclude<Flavor, 'stream'>;
  readonly rangeKeys: number;
}
