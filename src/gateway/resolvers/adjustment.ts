import type { ListedMatterInput, MatterRiskInput, Resolvers } from '../../generated/graphql.ts';
import { ADJUSTMENT_LIFE } from '../../model/adjustment-life.ts';
import type { ListedMatter, MatterRisk } from '../../model/listed-matter.ts';
import type { MatterAdjustment, MatterList } from '../../model/matter-list.ts';
import type { Accepted } from '../../model/user-error.ts';
import { pageRequestOf } from '../page-arguments.ts';
import { connectionOf } from './connection.ts';

/** Requests to adjust a list (清单调整申请), their review, and what comes of them. */
export const adjustmentResolvers: Resolvers = {
  Query: {
    adjustment: (_root, { id }, { caller, services }) => services.adjustments.find(caller, id),
    adjustments: async (_root, { state, ...page }, { caller, services }) =>
      connectionOf(
        await services.adjustments.pageOf(caller, { state: state ?? null }, pageRequestOf(page)),
      ),
  },

  Mutation: {
    requestAdjustment: async (_root, { input }, { caller, services }) =>
      payloadOf(
        await services.adjustments.request(caller, {
          ...{ ...input, entry: entryOf(input.matter), policy: input.matter?.policy ?? null },
        }),
      ),
    resubmitAdjustment: async (_root, { input }, { caller, services }) =>
      payloadOf(
        await services.adjustments.step(caller, {
          ...{ adjustmentId: input.adjustmentId, version: input.version, step: 'SUBMIT' },
          ...{ entry: entryOf(input.matter), policy: input.matter?.policy ?? null },
          ...{ basis: input.basis, reason: null, idempotencyKey: input.idempotencyKey },
        }),
      ),
    withdrawAdjustment: async (_root, { input }, { caller, services }) =>
      payloadOf(
        await services.adjustments.step(caller, {
          ...{ ...input, reason: input.reason ?? null, step: 'WITHDRAW' },
          ...{ entry: null, policy: null, basis: null },
        }),
      ),
    reviewAdjustment: async (_root, { input }, { caller, services }) => {
      const { decision, ...rest } = input;
      return payloadOf(
        await services.adjustments.step(caller, {
          ...{ ...rest, reason: input.reason ?? null, step: decision },
          ...{ entry: null, policy: null, basis: null },
        }),
      );
    },
    publishMatterList: async (_root, { input }, { caller, services }) =>
      listPayloadOf(
        await services.publication.publish(caller, {
          ...{ ...input, effectiveFrom: input.effectiveFrom ?? null },
        }),
      ),
  },

  MatterAdjustment: {
    matter: ({ entry }) => entry,
    allowedSteps: ({ state }) => ADJUSTMENT_LIFE.stepsFrom(state),
    list: ({ listId }, _args, { services }) =>
      listId === null ? null : services.lists.find(listId),
  },
};

function payloadOf(done: Accepted<MatterAdjustment>) {
  return done.ok
    ? { adjustment: done.value, userErrors: [] }
    : { adjustment: null, userErrors: done.errors };
}

function listPayloadOf(done: Accepted<MatterList>) {
  return done.ok ? { list: done.value, userErrors: [] } : { list: null, userErrors: done.errors };
}

/** The entry without its policy, which the room reads. */
function entryOf(matter: ListedMatterInput | null | undefined): ListedMatter | null {
  if (matter == null) return null;
  const { risk, obtaining = 'MODERATE', onlineVerifiable = false } = matter;
  return {
    ...{ ...matter, obtaining, onlineVerifiable, isActive: matter.isActive ?? true },
    exclusions: matter.exclusions ?? [],
    priorityField: matter.priorityField ?? null,
    usesPerYear: matter.usesPerYear ?? null,
    licenseTypeCode: matter.licenseTypeCode ?? null,
    publicity: matter.publicity ?? null,
    exemption: matter.exemption ?? null,
    risk: risk == null ? null : riskOf(risk),
    exclusionNote: matter.exclusionNote ?? null,
    adoptingAgencies: [],
    policy: null,
  };
}

function riskOf(risk: MatterRiskInput): MatterRisk {
  const { isHighValue = false, isHardToVerify = false, insuranceReference = null } = risk;
  return { ...risk, isHighValue, isHardToVerify, insuranceReference };
}
