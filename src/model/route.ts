import type { Dataset } from './policy.ts';

/** Which questions a source answers, as its revision says. */
export interface SourceRoute {
  readonly dataset: Dataset;
  /** Prefixes of GB/T 2260 region codes it is responsible for. Empty: every region. */
  readonly regions: readonly string[];
  /** License type codes (证照类型代码) it holds. Empty: every type. */
  readonly licenseTypes: readonly string[];
  /** An equivalent is asked only while no primary has answered. */
  readonly tier: 'PRIMARY' | 'EQUIVALENT';
  /** Authority of the source among those of its tier; the greater is asked first. */
  readonly rank: number;
}

/** A route and the source it leads to. */
export interface RoutedSource {
  readonly source: string;
  readonly route: SourceRoute;
}

/** What is known of a question before a source is chosen. */
export interface RouteQuestion {
  readonly dataset: Dataset;
  /** Region of the subject. Null where its identifier tells none. */
  readonly regionCode: string | null;
  /** Null for questions that are not about licenses. */
  readonly licenseTypeCode: string | null;
}

/**
 * The sources to ask, in order: primaries before equivalents; within a tier the greater rank, then
 * the narrower region, then the id. A source that is responsible for other regions only is left
 * out; where the region is not known, sources that are bound to some region come last.
 */
export function chooseSources(
  routed: readonly RoutedSource[],
  question: RouteQuestion,
): readonly string[] {
  const fitting = routed.flatMap(({ source, route }) => {
    const width = fitOf(route, question);
    return width === null ? [] : [{ source, route, width }];
  });
  const ordered = fitting.toSorted(
    (one, other) =>
      tierOf(one.route) - tierOf(other.route) ||
      other.route.rank - one.route.rank ||
      other.width - one.width ||
      (one.source < other.source ? -1 : 1),
  );
  return [...new Set(ordered.map(({ source }) => source))];
}

/** Digits of the region prefix that fits; 0 for any region. Null where the route does not fit. */
function fitOf(route: SourceRoute, question: RouteQuestion): number | null {
  if (route.dataset !== question.dataset) return null;
  const { licenseTypeCode, regionCode } = question;
  const isOtherType =
    licenseTypeCode !== null &&
    route.licenseTypes.length > 0 &&
    !route.licenseTypes.includes(licenseTypeCode);
  if (isOtherType) return null;
  if (route.regions.length === 0) return 0;
  if (regionCode === null) return -1;
  const fitting = route.regions.filter((prefix) => regionCode.startsWith(prefix));
  return fitting.length === 0 ? null : Math.max(...fitting.map(({ length }) => length));
}

function tierOf({ tier }: SourceRoute): number {
  return tier === 'PRIMARY' ? 0 : 1;
}
