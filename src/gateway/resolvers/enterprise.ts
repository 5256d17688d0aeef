import type { Resolvers } from '../../generated/graphql.ts';
import type { Enterprise, RegistrationChange } from '../../model/enterprise.ts';
import type { Mask } from '../mask.ts';

/** 变更事项 whose values are names of persons. */
const PERSON_CHANGE = /经营者|负责人|姓名|代表人/u;

/** The operator of an individual business is a person who is the business. */
function isOnePerson({ kind }: Enterprise): boolean {
  return kind === 'INDIVIDUAL_BUSINESS';
}

function maskedChange(change: RegistrationChange, mask: Mask): RegistrationChange {
  if (!PERSON_CHANGE.test(change.item)) return change;
  const masked = (name: string | null) => (name === null ? null : mask.personName(name));
  return { ...change, before: masked(change.before), after: masked(change.after) };
}

/** What the publicity system holds, operators of individual businesses masked. */
export const enterpriseResolvers: Resolvers = {
  EnterpriseRegistration: {
    legalRepresentative: (enterprise, _args, { mask }) => {
      const { legalRepresentative } = enterprise;
      if (legalRepresentative === null || !isOnePerson(enterprise)) return legalRepresentative;
      return mask.personName(legalRepresentative);
    },
    changes: (enterprise, _args, { mask }) =>
      isOnePerson(enterprise)
        ? enterprise.changes.map((change) => maskedChange(change, mask))
        : enterprise.changes,
  },
};
