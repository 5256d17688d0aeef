import { HubError } from '../../errors.ts';
import type { Resolvers } from '../../generated/graphql.ts';
import type { Verification } from '../../model/verification.ts';
import type { ClaimOfSubject, RequestContext } from '../context.ts';
import { getLoaded } from '../loaders.ts';
import { pageRequestOf } from '../page-arguments.ts';
import { REASON_LABELS } from '../reason-labels.ts';
import { instantOf } from '../scalars.ts';
import { connectionOf } from './connection.ts';

const verificationOf = (
  { verificationId }: { readonly verificationId: string },
  _args: unknown,
  { load }: RequestContext,
): Promise<Verification> => getLoaded(load.verification, verificationId);

/** The verdict that counts. One without any is not shown by its room. */
async function currentVerdict({ id }: Verification, _args: unknown, { load }: RequestContext) {
  const current = (await load.verdicts.load(id)).at(-1);
  if (current === undefined) throw new HubError('NOT_FOUND', { details: { field: 'verdict' } });
  return current;
}

/** Names of enterprises' representatives are public; those who are the business are not. */
function shownValue({ claim, subject }: ClaimOfSubject, { mask }: RequestContext): string {
  const { field, value } = claim;
  if (field === 'LEGAL_REPRESENTATIVE')
    return subject.kind === 'ENTERPRISE' ? value : mask.personName(value);
  if (subject.kind !== 'PERSON') return value;
  if (field === 'HOLDER_NAME') return mask.personName(value);
  if (field === 'ADDRESS') return mask.personAddress(value);
  return mask.personNumber(value);
}

/** Verifications, their verdicts, and what follows from them. */
export const verificationResolvers: Resolvers = {
  Query: {
    verification: (_root, { id }, { load }) => load.verification.load(id),
    verifications: async (_root, { verdict, ...page }, { ask }) =>
      connectionOf(await ask.verifications({ verdict: verdict ?? null }, pageRequestOf(page))),
    explainVerification: (_root, ids, { ask }) => ask.plan(ids),
    discrepancies: async (_root, page, { ask }) =>
      connectionOf(await ask.discrepancies(pageRequestOf(page))),
    followUps: async (_root, page, { ask }) =>
      connectionOf(await ask.followUps(pageRequestOf(page))),
  },

  Mutation: {
    async verify(_root, { input }, { caller, services, forget }) {
      const verified = await services.verifications.verify(caller, {
        ...input,
        claims: input.claims ?? [],
      });
      forget();
      return verified.ok
        ? { verification: verified.value, userErrors: [] }
        : { verification: null, userErrors: verified.errors };
    },
  },

  Verification: {
    case: ({ caseId }, _args, { load }) => getLoaded(load.case, caseId),
    subject: ({ subjectId }, _args, { load }) => getLoaded(load.subject, subjectId),
    claims: async ({ subjectId, claims }, _args, { load }) => {
      const subject = await getLoaded(load.subject, subjectId);
      return claims.map((claim) => ({ claim, subject }));
    },
    verdict: currentVerdict,
    history: ({ id }, _args, { load }) => load.verdicts.load(id),
    assistanceRequests: ({ id }, _args, { load }) => load.assistanceOfVerification.load(id),
    discrepancies: ({ id }, _args, { load }) => load.discrepancies.load(id),
    followUps: ({ id }, _args, { load }) => load.followUps.load(id),
  },

  Claim: {
    requirement: ({ claim }) => claim.requirement,
    field: ({ claim }) => claim.field,
    value: (claimed, _args, context) => shownValue(claimed, context),
  },

  Verdict: { retryAt: ({ retryAt }) => instantOf(retryAt) },
  Reason: { label: ({ code }) => REASON_LABELS[code] },
  Observation: {
    asOf: ({ asOf }) => instantOf(asOf),
    observedAt: ({ observedAt }) => instantOf(observedAt),
  },
  Discrepancy: { verification: verificationOf },
  FollowUp: { verification: verificationOf },
};
