import type { Resolvers } from '../../generated/graphql.ts';

/** What the credit platform holds, persons masked. */
export const creditResolvers: Resolvers = {
  CreditProfile: {
    codeAsHeld: ({ profile }, _args, { mask }) => mask.code(profile.codeAsHeld),
    name: ({ profile, subject }, _args, { mask }) => {
      const isPerson = subject.kind === 'PERSON' || profile.category === 'PERSON';
      return profile.name === null || !isPerson ? profile.name : mask.personName(profile.name);
    },
    category: ({ profile }) => profile.category,
    grade: ({ profile }) => profile.grade,
    listings: ({ profile }) => profile.listings,
    penalties: ({ profile }) => profile.penalties,
    commitments: ({ profile }) => profile.commitments,
    notTold: ({ profile }) => profile.notTold,
    findings: ({ profile }) => profile.findings,
  },
};
