import type { Resolvers } from '../../generated/graphql.ts';
import { filePathOf } from '../file-route.ts';

/** Tickets for license files; the files themselves are served beside GraphQL. */
export const licenseFileResolvers: Resolvers = {
  Mutation: {
    async downloadLicenseFile(_root, { input }, { caller, services }) {
      const issued = await services.downloads.request(caller, input);
      if (!issued.ok) return { ticket: null, userErrors: issued.errors };
      const { token, expiresAt } = issued.value;
      return { ticket: { path: filePathOf(token), expiresAt }, userErrors: [] };
    },
  },
};
