/** Levels of government that keep lists of their own (省、市、县). */
export const AGENCY_LEVELS = ['PROVINCE', 'CITY', 'COUNTY'] as const;
export type AgencyLevel = (typeof AGENCY_LEVELS)[number];

/** An administrative organ (行政机关、单位) that takes part in the regime. */
export interface Agency {
  /** 统一社会信用代码 of the organ. */
  readonly code: string;
  readonly name: string;
  /** GB/T 2260 code of the region it is responsible for, six digits. */
  readonly regionCode: string;
  readonly level: AgencyLevel;
  /** 司法行政部门: owns the lists of its level, coordinates assistance, receives filings. */
  readonly isJustice: boolean;
}

/**
 * The region of a level that contains a region: 370811 is in the city 370800 and the province
 * 370000.
 */
export function regionAtLevel(regionCode: string, level: AgencyLevel): string {
  const kept = { PROVINCE: 2, CITY: 4, COUNTY: 6 }[level];
  return regionCode.slice(0, kept).padEnd(6, '0');
}
