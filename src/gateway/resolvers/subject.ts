import type { Resolvers } from '../../generated/graphql.ts';
import type { CaseSubject } from '../../model/case-file.ts';
import { currentRegion } from '../../model/region.ts';
import type { Sourced } from '../../model/sourced.ts';
import type { RequestContext } from '../context.ts';

interface AskedBySource {
  readonly maxAgeSeconds?: number | null;
}

/** Evidence cannot be younger than now: below zero means asking anew. */
function maxAgeOf({ maxAgeSeconds }: AskedBySource): { readonly maxAgeSeconds: number } {
  return { maxAgeSeconds: Math.max(0, maxAgeSeconds ?? 0) };
}

/** What a source holds of one code: nothing is chosen among several records. */
function onlyRecordOf<T>({ records, provenance }: Sourced<T>): T | null {
  return provenance.recordOutcome === 'FOUND_ONE' ? (records[0] ?? null) : null;
}

const ofEverySubject = {
  name: (subject: CaseSubject, _args: unknown, { mask }: RequestContext) =>
    mask.subjectName(subject),
  code: ({ code }: CaseSubject, _args: unknown, { mask }: RequestContext) => mask.code(code),
  region: ({ regionCode }: CaseSubject) => (regionCode === null ? null : currentRegion(regionCode)),
  licenses: async (
    subject: CaseSubject,
    asked: AskedBySource & { readonly typeCode: string },
    { ask }: RequestContext,
  ) => {
    const typeCode = asked.typeCode;
    const { records, provenance } = await ask.licenses(subject, { typeCode, ...maxAgeOf(asked) });
    return { licenses: records.map((record) => ({ ...record, subject })), provenance };
  },
  creditProfile: async (subject: CaseSubject, asked: AskedBySource, { ask }: RequestContext) => {
    const answer = await ask.creditProfile(subject, maxAgeOf(asked));
    const profile = onlyRecordOf(answer);
    return {
      profile: profile === null ? null : { profile, subject },
      provenance: answer.provenance,
    };
  },
  assistanceRequests: ({ id }: CaseSubject, _args: unknown, { load }: RequestContext) =>
    load.assistanceOfSubject.load(id),
  verifications: ({ id }: CaseSubject, _args: unknown, { load }: RequestContext) =>
    load.verificationsOfSubject.load(id),
};

const ofRegisteredSubjects = {
  ...ofEverySubject,
  registration: async (subject: CaseSubject, asked: AskedBySource, { ask }: RequestContext) => {
    const answer = await ask.registration(subject, maxAgeOf(asked));
    return { registration: onlyRecordOf(answer), provenance: answer.provenance };
  },
};

const TYPES = {
  ENTERPRISE: 'EnterpriseSubject',
  INDIVIDUAL_BUSINESS: 'IndividualBusinessSubject',
  PERSON: 'PersonSubject',
} as const;

/** Subjects of a case, and what the sources say of them. */
export const subjectResolvers: Resolvers = {
  Subject: { __resolveType: ({ kind }) => TYPES[kind] },
  EnterpriseSubject: ofRegisteredSubjects,
  IndividualBusinessSubject: ofRegisteredSubjects,
  PersonSubject: ofEverySubject,
};
