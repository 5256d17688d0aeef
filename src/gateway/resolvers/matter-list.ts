import { GraphQLError } from 'graphql';

import type { Resolvers } from '../../generated/graphql.ts';
import { listDifferences } from '../../model/json-difference.ts';
import { lacksInsurance, riskScoreOf } from '../../model/listed-matter.ts';
import { verifiabilityOf } from '../../model/verifiability.ts';
import { pageRequestOf } from '../page-arguments.ts';
import { connectionOf } from './connection.ts';

const FIELDS_SHOWN = 100;

/** Lists of matters (清单), by version and day. */
export const matterListResolvers: Resolvers = {
  Query: {
    matterList: (_root, { regionCode, asOf }, { services, today }) =>
      services.lists.findOn(regionCode, asOf ?? today),
    matterLists: async (_root, { regionCode, ...page }, { services }) =>
      connectionOf(await services.lists.pageOfVersions(regionCode, pageRequestOf(page))),
    matterShortfalls: async (_root, { regionCode, asOf, ...page }, { services, today }) =>
      connectionOf(
        await services.lists.pageOfShortfalls(
          { regionCode, on: asOf ?? today },
          pageRequestOf(page),
        ),
      ),
    async matterListDifference(_root, { regionCode, from, to, ...page }, { services }) {
      if (from < 0 || to < from)
        throw new GraphQLError('`to` must not be before `from`.', {
          // Of this field alone: others of the request have been answered by now.
          extensions: { code: 'BAD_USER_INPUT' },
        });
      const versions = { regionCode, from, to };
      return connectionOf(await services.lists.pageOfDifferences(versions, pageRequestOf(page)));
    },
  },

  MatterList: {
    matters: async (list, page, { services }) =>
      connectionOf(await services.lists.pageOfEntries(list, pageRequestOf(page))),
    changes: async ({ regionCode, version }, page, { services }) =>
      connectionOf(
        await services.lists.pageOfDifferences(
          { regionCode, from: version - 1, to: version },
          pageRequestOf(page),
        ),
      ),
    filings: ({ id }, _args, { services }) => services.filings.listOf(id),
  },

  MatterDifference: {
    kind: ({ before, after }) =>
      before === null ? 'ADDED' : after === null ? 'REMOVED' : 'CHANGED',
    fields: ({ before, after }) =>
      before === null || after === null
        ? []
        : listDifferences(before, after).slice(0, FIELDS_SHOWN),
  },

  ListedMatter: {
    verifiability: async (matter, _args, { services }) =>
      verifiabilityOf(matter, await services.lists.routed()),
  },

  MatterRisk: {
    score: (risk) => riskScoreOf({ risk }) ?? 0,
    lacksInsurance: (risk) => lacksInsurance({ risk }),
  },
};
