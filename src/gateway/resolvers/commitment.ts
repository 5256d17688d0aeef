import type { CommitmentStepInput, Resolvers } from '../../generated/graphql.ts';
import { HubError } from '../../errors.ts';
import type { Commitment } from '../../model/commitment.ts';
import { COMMITMENT_LIFE, type CommitmentStep } from '../../model/commitment-life.ts';
import type { RequestContext } from '../context.ts';
import { getLoaded } from '../loaders.ts';
import { pageRequestOf } from '../page-arguments.ts';
import { pathsOf } from '../printed-forms.ts';
import { connectionOf } from './connection.ts';

/** Commitments (承诺): signed, withdrawn, concluded, kept or not. */
export const commitmentResolvers: Resolvers = {
  Query: {
    commitment: (_root, { id }, { caller, services }) =>
      services.commitments.find(caller.agencyCode, id),
    commitments: async (_root, { state, ...page }, { caller, services }) =>
      connectionOf(
        await services.commitments.pageOf(
          caller.agencyCode,
          { state: state ?? null },
          pageRequestOf(page),
        ),
      ),
    publicCommitments: async (_root, page, { services }) =>
      connectionOf(await services.commitments.pageOfPublic(pageRequestOf(page))),
    certificateRoutes: async (_root, { caseId }, { load, services }) =>
      (await load.case.load(caseId)) === null ? [] : services.commitments.listRoutes(caseId),
  },

  Mutation: {
    async signCommitment(_root, { input }, { caller, services }) {
      const signed = await services.commitments.sign(caller, {
        ...input,
        proxyBasis: input.proxyBasis ?? null,
        agreesToPublicity: input.agreesToPublicity ?? null,
        validUntil: input.validUntil ?? null,
      });
      return signed.ok
        ? { ...signed.value, userErrors: [] }
        : { commitment: null, certificateRoute: null, userErrors: signed.errors };
    },
    async chooseCertificate(_root, { input }, { caller, services }) {
      const chosen = await services.commitments.chooseCertificate(caller, input);
      return chosen.ok
        ? { certificateRoute: chosen.value, userErrors: [] }
        : { certificateRoute: null, userErrors: chosen.errors };
    },
    withdrawCommitment: (_root, { input }, context) => step(context, 'WITHDRAW', input),
    concludeCommitment: (_root, { input }, context) => step(context, 'CONCLUDE', input),
    fulfillCommitment: (_root, { input }, context) => step(context, 'FULFILL', input),
  },

  Commitment: {
    case: ({ caseId }, _args, { load }) => getLoaded(load.case, caseId),
    subject: ({ subjectId }, _args, { load }) => getLoaded(load.subject, subjectId),
    matter: ({ matterCode, matterVersion }, _args, { load }) =>
      getLoaded(load.matter, { code: matterCode, version: matterVersion }),
    eligibilityCheck: checkOf,
    allowedSteps: ({ state }) => COMMITMENT_LIFE.stepsFrom(state),
    templateId: ({ text }) => text.templateId,
    templateVersion: ({ text }) => text.templateVersion,
    textDigest: ({ text }) => text.digest,
    signerName: ({ signer }, _args, { mask }) => mask.personName(signer.name),
    signerCapacity: ({ signer }) => signer.capacity,
    proxyBasis: ({ signer }) => signer.proxyBasis,
    printed: ({ id }) => pathsOf('commitment', id),
    events: ({ id }, _args, { services }) => services.commitments.listEvents(id),
  },

  CertificateRoute: {
    case: ({ caseId }, _args, { load }) => getLoaded(load.case, caseId),
    subject: ({ subjectId }, _args, { load }) => getLoaded(load.subject, subjectId),
  },
};

async function checkOf(
  { agencyCode, eligibilityCheckId }: Commitment,
  _args: unknown,
  { services }: RequestContext,
) {
  const check = await services.eligibility.find(agencyCode, eligibilityCheckId);
  if (check === null) throw new HubError('NOT_FOUND');
  return check;
}

async function step(
  { caller, services }: RequestContext,
  taken: CommitmentStep,
  { reason, basis, ...input }: CommitmentStepInput,
) {
  const done = await services.commitments.step(caller, {
    ...input,
    step: taken,
    reason: reason ?? null,
    basis: basis ?? null,
  });
  return done.ok
    ? { commitment: done.value, userErrors: [] }
    : { commitment: null, userErrors: done.errors };
}
