import type { PolicyVersionDraft } from '../../catalog/policy-check.ts';
import type {
  GradePolicyInput,
  PolicyExemptionInput,
  PublishPolicyVersionInput,
  Resolvers,
} from '../../generated/graphql.ts';
import { pageRequestOf } from '../page-arguments.ts';
import { CHOICE_LABELS } from '../reason-labels.ts';
import { connectionOf } from './connection.ts';

/** Verification policies (核查办法) by kind of subject and credit grade. */
export const policyResolvers: Resolvers = {
  Query: {
    async policyVersion(_root, { matterCode, asOf }, { ask, load, today }) {
      const on = asOf ?? today;
      const matter = await ask.matter(matterCode, on);
      if (matter === null) return null;
      return load.policyVersion.load({ matterCode, matterVersion: matter.version, on });
    },
    policyVersions: async (_root, { matterCode, ...page }, { services }) =>
      connectionOf(await services.policies.pageOf(matterCode, pageRequestOf(page))),
  },

  Mutation: {
    async publishPolicyVersion(_root, { input }, { caller, services, forget }) {
      const published = await services.policies.publish(caller, draftOf(input));
      forget();
      return published.ok
        ? { policyVersion: published.value, userErrors: [] }
        : { policyVersion: null, userErrors: published.errors };
    },
  },

  PolicyChoice: { label: ({ why }) => CHOICE_LABELS[why] },
  GradeOpinion: { observedAt: ({ observedAt }) => new Date(Date.parse(observedAt)) },
};

/** What was left out is missing, or as it is without a grade. */
function draftOf(input: PublishPolicyVersionInput): PolicyVersionDraft {
  return {
    ...input,
    reason: input.reason ?? null,
    gradeAgeDaysMax: input.gradeAgeDaysMax ?? null,
    policies: input.policies.map(({ policy, withinWorkingDays, byGrade }) => ({
      policy,
      withinWorkingDays: withinWorkingDays ?? null,
      byGrade: (byGrade ?? []).map(gradeOf),
    })),
  };
}

function gradeOf({ timing, withinWorkingDays, ladders, exemption, grade }: GradePolicyInput) {
  return {
    ...{ grade, timing: timing ?? null, withinWorkingDays: withinWorkingDays ?? null },
    ...{ ladders: ladders ?? [], exemption: exemption == null ? null : exemptionOf(exemption) },
  };
}

function exemptionOf(input: PolicyExemptionInput) {
  const { opinion, regulatorCode, recordedOn, document } = input;
  return {
    ...{ opinion: opinion ?? null, regulatorCode: regulatorCode ?? null },
    ...{ recordedOn: recordedOn ?? null, document: document ?? null },
  };
}
