import type { Resolvers } from '../../generated/graphql.ts';
import { usableUntil } from '../../model/consent.ts';
import { getLoaded } from '../loaders.ts';

/** The consent of holders (持证人授权), and what is read under it. */
export const consentResolvers: Resolvers = {
  Query: {
    holderConsent: (_root, { id }, { caller, services }) => services.consents.read(caller, id),
  },

  Mutation: {
    async beginHolderConsent(_root, { input }, { caller, services }) {
      const begun = await services.consents.begin(caller, input);
      return begun.ok
        ? { consent: begun.value, userErrors: [] }
        : { consent: null, userErrors: begun.errors };
    },
  },

  HolderConsent: {
    case: ({ caseId }, _args, { load }) => getLoaded(load.case, caseId),
    subject: ({ subjectId }, _args, { load }) => getLoaded(load.subject, subjectId),
    state: (consent, _args, { services }) => services.consents.stateOf(consent),
    usableUntil: (consent) => usableUntil(consent),
    async licenses(consent, { typeCode }, { load, ask, services }) {
      const usable = await services.consents.requireUsable(consent, typeCode);
      const subject = await getLoaded(load.subject, consent.subjectId);
      const { records, provenance } = await ask.consentedLicenses(subject, {
        ...{ typeCode, maxAgeSeconds: 0 },
        ...usable,
      });
      return { licenses: records.map((record) => ({ ...record, subject })), provenance };
    },
  },
};
