import { finding, type Finding } from './finding.ts';
import { HISTORIC_REGIONS, OTHER_PREFIXES, PROVINCES, REGION_NAMES } from './region-table.ts';

/** Six digits of an administrative region (行政区划代码), GB/T 2260, possibly abolished. */
export type RegionCode = string & { readonly __brand: 'RegionCode' };

/** An administrative region as an identifier names it, and as it is today. */
export interface Region {
  /** As it stands inside an identifier, possibly abolished. */
  readonly code: string;
  /** The region that it belongs to today; equal to `code` unless historic. */
  readonly currentCode: string;
  /** Name of the current region. Null when the hub does not know it. */
  readonly name: string | null;
  /** True when the code was abolished and its successor counts. */
  readonly historic: boolean;
}

/** Six digits as a region code, known or not. Null for anything else. */
export function parseRegionCode(text: string): RegionCode | null {
  return /^\d{6}$/u.test(text) ? (text as RegionCode) : null;
}

/** What a region code stands for today. Codes the hub does not know are kept, without a name. */
export function currentRegion(code: string): Region {
  const successor = HISTORIC_REGIONS.get(code)?.successor ?? null;
  const currentCode = successor ?? code;
  return { code, currentCode, name: nameOf(currentCode), historic: successor !== null };
}

/** The region above: 370811 lies in 370800, 370800 in 370000. Null above a province. */
export function regionAbove(code: string): string | null {
  if (code.endsWith('0000')) return null;
  return code.endsWith('00') ? `${code.slice(0, 2)}0000` : `${code.slice(0, 4)}00`;
}

/** The code of the region that a code belongs to today. Null for null. */
export function currentRegionCode(code: string | null): string | null {
  return code === null ? null : currentRegion(code).currentCode;
}

/**
 * What is remarkable about the region inside an identifier: abolished, or in no province at all.
 * Most of the country's counties are unknown to the hub, which is not remarkable.
 */
export function regionFindings(code: string): readonly Finding[] {
  if (HISTORIC_REGIONS.has(code)) return [finding('HISTORIC_REGION')];
  const prefix = code.slice(0, 2);
  const isKnown = parseRegionCode(code) !== null && isPrefix(prefix);
  return isKnown ? [] : [finding('UNKNOWN_REGION')];
}

function isPrefix(prefix: string): boolean {
  return PROVINCES.has(prefix) || OTHER_PREFIXES.has(prefix);
}

function nameOf(code: string): string | null {
  if (code.endsWith('0000')) return PROVINCES.get(code.slice(0, 2)) ?? null;
  return REGION_NAMES.get(code) ?? null;
}
