import { HISTORIC_REGIONS, PROVINCES, REGION_NAMES } from '../../../model/region-table.ts';

/**
 * 行政区划代码, GB/T 2260, to the code that counts today: abolished codes to their successors, codes
 * of the city to themselves.
 */
export const REGION_SUCCESSORS: Readonly<Record<string, string>> = Object.fromEntries([
  ...[...REGION_NAMES.keys()].map((code) => [code, code] as const),
  ...[...HISTORIC_REGIONS].map(([code, { successor }]) => [code, successor] as const),
]);

/** 行政区划代码, GB/T 2260, abolished ones included, to the name of the region today. */
export const REGION_TITLES: Readonly<Record<string, string>> = Object.fromEntries([
  ...[...PROVINCES].map(([code, name]) => [`${code}0000`, name] as const),
  ...Object.entries(REGION_SUCCESSORS).map(
    ([code, current]) => [code, REGION_NAMES.get(current) ?? current] as const,
  ),
]);
