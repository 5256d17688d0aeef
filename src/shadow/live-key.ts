import type { Capabilities, CapabilityName } from '../connector-kit/connector.ts';
import { parseLicenseIdentifier } from '../model/license-identifier.ts';
import type { Consultation } from '../model/policy.ts';
import type { JudgedRow } from './queries.ts';

/** A question to a source, as a connector takes it. */
export type LiveKey = Capabilities[CapabilityName]['key'];

/** The key that the live answer was asked with. Null where it can no longer be told. */
export function liveKeyOf(
  { capability, kind, code, name, records, claims, observations, at }: JudgedRow,
  consultation: Consultation,
): LiveKey | null {
  switch (capability) {
    case 'enterprise.registration':
      return { kind, code, name };
    case 'credit.profile':
      return { kind, code, name: null };
    case 'license.byHolder':
      return { holder: { kind, code, name }, typeCode: consultation.licenseTypeCode ?? '' };
    case 'license.byIdentifier': {
      const [license] = records as readonly { readonly identifier?: string | null }[];
      if (license?.identifier != null) return { identifier: license.identifier };
      const requirement = observations[at - 1]?.requirement;
      const claimed = claims.find(
        (one) => one.requirement === requirement && one.field === 'LICENSE_IDENTIFIER',
      );
      const parsed = claimed === undefined ? null : parseLicenseIdentifier(claimed.value);
      return parsed?.ok === true ? { identifier: parsed.value.code } : null;
    }
    default:
      return null;
  }
}
