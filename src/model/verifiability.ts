import type { ExclusionGround, ListedMatter } from './listed-matter.ts';
import type {
  ClaimField,
  Consultation,
  Dataset,
  Requirement,
  VerificationPolicy,
} from './policy.ts';
import type { RoutedSource } from './route.ts';

/** What a kind of source can say, as src/model/observe compares it. */
const TOLD: Readonly<Record<Exclude<Dataset, 'ASSISTANCE'>, readonly ClaimField[]>> = {
  LICENSE: [
    ...(['STATUS', 'HOLDER_NAME', 'HOLDER_CODE', 'LICENSE_IDENTIFIER'] as const),
    ...(['LICENSE_NUMBER', 'VALID_UNTIL', 'LEGAL_REPRESENTATIVE', 'ADDRESS'] as const),
  ],
  REGISTRATION: [
    ...(['STATUS', 'HOLDER_NAME', 'HOLDER_CODE', 'LICENSE_NUMBER', 'VALID_UNTIL'] as const),
    ...(['LEGAL_REPRESENTATIVE', 'ADDRESS', 'CAPITAL', 'ESTABLISHED_ON'] as const),
    'CREDIT_STANDING',
  ],
  CREDIT: ['HOLDER_NAME', 'HOLDER_CODE', 'CREDIT_STANDING'],
};

/** One decisive field, and the registered sources that can say it. */
export interface CoveredField {
  readonly requirement: string;
  readonly field: ClaimField;
  /** Ids, in order. Empty where none can. */
  readonly sources: readonly string[];
}

/** How far a matter can be checked online (可在线核查) by the sources in use now. */
export interface Verifiability {
  /** Decisive fields that some source can say, of all of them, in percent, rounded down. */
  readonly score: number;
  /** 原则上应当适用告知承诺制: all of it can be checked online, and no exclusion ground stands. */
  readonly shouldUse: boolean;
  readonly fields: readonly CoveredField[];
}

/** A matter, as far as it is weighed. */
export interface WeighedMatter {
  readonly policy: VerificationPolicy | null;
  /** 证照类型代码 where the certificate is a license: without a policy it can be looked up as such. */
  readonly licenseTypeCode: string | null;
  readonly exclusions: readonly ExclusionGround[];
}

/**
 * Weighs a matter by the routes of the sources that are in use: what they are registered for, not
 * how they are doing. A source more never lowers the score. Nobody is asked.
 */
export function verifiabilityOf(
  { policy, licenseTypeCode, exclusions }: WeighedMatter,
  routed: readonly RoutedSource[],
): Verifiability {
  const fields =
    policy === null
      ? fieldsOfLicense(licenseTypeCode, routed)
      : policy.requirements.flatMap((requirement) => fieldsOf(requirement, routed));
  const covered = fields.filter(({ sources }) => sources.length > 0).length;
  const score = fields.length === 0 ? 0 : Math.floor((100 * covered) / fields.length);
  return { score, shouldUse: score === 100 && exclusions.length === 0, fields };
}

/** Why a matter that should be on a list as active is not. */
export type ShortfallReason = 'NOT_LISTED' | 'NOT_ACTIVE';

/** A matter that all can be checked of online, and under which no commitments are taken. */
export interface ListShortfall {
  readonly matter: ListedMatter;
  readonly reason: ShortfallReason;
  readonly verifiability: Verifiability;
}

/** Matters of a region's list and of the one above that should be active here, by codes. */
export function shortfallsOf(
  own: readonly ListedMatter[],
  upper: readonly ListedMatter[],
  routed: readonly RoutedSource[],
): readonly ListShortfall[] {
  const known = new Set(own.map(({ code }) => code));
  const missing = (matters: readonly ListedMatter[], reason: ShortfallReason) =>
    matters.map((matter) => ({ matter, reason }));
  const inactive = own.filter(({ isActive }) => !isActive);
  const unlisted = upper.filter(({ code, isActive }) => isActive && !known.has(code));
  const wanted = [...missing(inactive, 'NOT_ACTIVE'), ...missing(unlisted, 'NOT_LISTED')];
  return wanted
    .map((one) => ({ ...one, verifiability: verifiabilityOf(one.matter, routed) }))
    .filter(({ verifiability }) => verifiability.shouldUse)
    .toSorted((one, other) => (one.matter.code < other.matter.code ? -1 : 1));
}

function fieldsOf(
  { id, fields, ladder }: Requirement,
  routed: readonly RoutedSource[],
): readonly CoveredField[] {
  const consulted = ladder.flatMap((rung) => (rung.method === 'ONLINE' ? rung.consult : []));
  return fields
    .filter(({ decisive }) => decisive)
    .map(({ field }) => ({
      requirement: id,
      field,
      sources: namesOf(consulted.flatMap((one) => sourcesFor(one, field, routed))),
    }));
}

function fieldsOfLicense(
  licenseTypeCode: string | null,
  routed: readonly RoutedSource[],
): readonly CoveredField[] {
  if (licenseTypeCode === null) return [];
  const asked = { dataset: 'LICENSE', licenseTypeCode } as const;
  return (['STATUS', 'HOLDER_CODE'] as const).map((field) => ({
    ...{ requirement: 'license', field },
    sources: namesOf(sourcesFor(asked, field, routed)),
  }));
}

function sourcesFor(
  { dataset, licenseTypeCode }: Pick<Consultation, 'dataset' | 'licenseTypeCode'>,
  field: ClaimField,
  routed: readonly RoutedSource[],
): readonly string[] {
  if (!TOLD[dataset].includes(field)) return [];
  return routed
    .filter(
      ({ route }) =>
        route.dataset === dataset &&
        (licenseTypeCode === null ||
          route.licenseTypes.length === 0 ||
          route.licenseTypes.includes(licenseTypeCode)),
    )
    .map(({ source }) => source);
}

function namesOf(sources: readonly string[]): readonly string[] {
  return [...new Set(sources)].toSorted();
}
