import type { Resolvers } from '../../generated/graphql.ts';
import { mayCommit } from '../../model/eligibility-check.ts';
import { getLoaded } from '../loaders.ts';

/** Who may use commitment (是否适用告知承诺制), and the file of each applicant. */
export const eligibilityResolvers: Resolvers = {
  Query: {
    eligibilityRules: (_root, { on }, { services, today }) =>
      services.eligibility.rulesOn(on ?? today),
    eligibilityCheck: (_root, { id }, { caller, services }) =>
      services.eligibility.find(caller.agencyCode, id),
    subjectFile: (_root, { subjectId }, { load }) => load.subject.load(subjectId),
  },

  Mutation: {
    async checkEligibility(_root, { input }, { caller, services }) {
      const checked = await services.eligibility.check(caller, input);
      return checked.ok
        ? { check: checked.value, userErrors: [] }
        : { check: null, userErrors: checked.errors };
    },
    async decideEligibility(_root, { input }, { caller, services }) {
      const decided = await services.eligibility.decide(caller, input);
      return decided.ok
        ? { check: decided.value, userErrors: [] }
        : { check: null, userErrors: decided.errors };
    },
    async publishEligibilityRules(_root, { input }, { caller, services }) {
      const published = await services.eligibility.publishRules(caller, input);
      return published.ok
        ? { rules: published.value, userErrors: [] }
        : { rules: null, userErrors: published.errors };
    },
  },

  EligibilityCheck: {
    case: ({ caseId }, _args, { load }) => getLoaded(load.case, caseId),
    subject: ({ subjectId }, _args, { load }) => getLoaded(load.subject, subjectId),
    mayCommit: (check) => mayCommit(check),
  },

  EligibilityFinding: {
    ground: ({ record }) => record.ground,
    source: ({ record }) => record.source,
    reference: ({ record }) => record.reference,
    since: ({ record }) => record.since,
    endedOn: ({ record }) => record.endedOn,
    evidenceDigest: ({ record }) => record.evidenceDigest,
  },

  SubjectFile: {
    subject: (subject) => subject,
    entries: ({ code }, _args, { services }) => services.subjectFiles.listEntries(code),
  },
};
