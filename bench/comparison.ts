import { createHash } from 'node:crypto';

/** The answers of both kinds of server, as far as they are looked at. */
interface HubAnswer {
  readonly errors?: unknown;
  readonly data?: {
    readonly case: {
      readonly subjects: readonly {
        readonly code: string;
        readonly licenses: { readonly licenses: readonly LicenseSeen[] } | null;
        readonly registration: { readonly registration: RecordSeen | null } | null;
        readonly creditProfile: { readonly profile: ProfileSeen | null } | null;
      }[];
    };
  };
}

interface FloorAnswer {
  readonly subjects: readonly {
    readonly code: string;
    readonly licenses: { readonly record: LicenseSeen | null };
    readonly registration: { readonly record: RecordSeen | null };
    readonly creditProfile: { readonly record: ProfileSeen | null };
  }[];
}

interface LicenseSeen {
  readonly holderName: string;
  readonly status: string;
}
interface RecordSeen {
  readonly name: string;
  readonly status: string;
}
interface ProfileSeen {
  readonly name: string;
  readonly grade: { readonly value: string } | null;
}

/**
 * SHA-256 of the names, statuses and grades of a case as the hub tells them, hex.
 *
 * @throws {Error} when it answered with errors.
 */
export function digestOfHub(answer: unknown): string {
  const { data, errors } = answer as HubAnswer;
  if (data === undefined || errors !== undefined)
    throw new Error(`The hub answered with errors: ${JSON.stringify(errors)}`);
  const { subjects } = data.case;
  return digest(
    subjects.map((each) => [
      each.code,
      seenLicense(each.licenses?.licenses[0] ?? null),
      seenRecord(each.registration?.registration ?? null),
      seenProfile(each.creditProfile?.profile ?? null),
    ]),
  );
}

/** The same as a floor tells them. */
export function digestOfFloor(answer: unknown): string {
  const { subjects } = answer as FloorAnswer;
  return digest(
    subjects.map((each) => [
      each.code,
      seenLicense(each.licenses.record),
      seenRecord(each.registration.record),
      seenProfile(each.creditProfile.record),
    ]),
  );
}

function seenLicense(license: LicenseSeen | null) {
  return license === null ? null : [license.holderName, license.status];
}

function seenRecord(record: RecordSeen | null) {
  return record === null ? null : [record.name, record.status];
}

function seenProfile(profile: ProfileSeen | null) {
  return profile === null ? null : [profile.name, profile.grade?.value ?? null];
}

function digest(seen: unknown): string {
  return createHash('sha256').update(JSON.stringify(seen)).digest('hex');
}
