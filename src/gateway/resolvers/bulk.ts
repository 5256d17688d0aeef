import type { Resolvers } from '../../generated/graphql.ts';
import { BULK_LIFE, type Bulk, type BulkStep } from '../../model/bulk.ts';
import type { Accepted } from '../../model/user-error.ts';
import { exportPathOf, uploadPathOf } from '../bulk-paths.ts';
import type { RequestContext } from '../context.ts';
import { getLoaded } from '../loaders.ts';
import { pageRequestOf } from '../page-arguments.ts';
import { connectionOf } from './connection.ts';

/** The other steps are the hub's own. */
const OF_OFFICERS: readonly BulkStep[] = ['START', 'PAUSE', 'RESUME', 'CANCEL'];

type OfficerStep = 'START' | 'PAUSE' | 'RESUME' | 'CANCEL';

const stepTo =
  (step: OfficerStep) =>
  async (
    _root: unknown,
    { input }: { readonly input: { readonly id: string; readonly version: number } },
    { caller, services }: RequestContext,
  ) =>
    payloadOf(await services.bulks.step(caller, { id: input.id, version: input.version, step }));

/** Lists of subjects that are verified row by row (批量核查). */
export const bulkResolvers: Resolvers = {
  Query: {
    bulkVerification: (_root, { id }, { caller, services }) =>
      services.bulks.find(caller.agencyCode, id),
    bulkVerifications: async (_root, page, { caller, services }) =>
      connectionOf(await services.bulks.pageOf(caller.agencyCode, pageRequestOf(page))),
  },

  Mutation: {
    openBulkVerification: async (_root, { input }, { caller, services }) =>
      payloadOf(
        await services.bulks.open(caller, { ...input, acceptedOn: input.acceptedOn ?? null }),
      ),
    startBulkVerification: stepTo('START'),
    pauseBulkVerification: stepTo('PAUSE'),
    resumeBulkVerification: stepTo('RESUME'),
    cancelBulkVerification: stepTo('CANCEL'),
  },

  BulkVerification: {
    matter: ({ matterCode, matterVersion }, _args, { load }) =>
      getLoaded(load.matter, { code: matterCode, version: matterVersion }),
    startedBy: ({ askedBy }) => askedBy,
    allowedSteps: ({ state }) =>
      BULK_LIFE.stepsFrom(state).filter((step) => OF_OFFICERS.includes(step)),
    fileDigest: ({ file }) => file?.digest ?? null,
    progress: (bulk, _args, { services }) => services.bulks.progress(bulk),
    rows: async (bulk, { state, verdict, ...page }, { services }) =>
      connectionOf(
        await services.bulks.pageOfRows(
          bulk,
          { state: state ?? null, verdict: verdict ?? null },
          pageRequestOf(page),
        ),
      ),
    rejects: async (bulk, page, { services }) =>
      connectionOf(await services.bulks.pageOfRejects(bulk, pageRequestOf(page))),
    events: ({ id }, _args, { services }) => services.bulks.listEvents(id),
    uploadPath: ({ id }) => uploadPathOf(id),
    exportPath: ({ id }) => exportPathOf(id),
  },

  BulkRow: {
    subject: ({ subjectId }, _args, { load }) => getLoaded(load.subject, subjectId),
    verification: ({ verificationId }, _args, { load }) =>
      verificationId === null ? null : getLoaded(load.verification, verificationId),
  },
};

function payloadOf(taken: Accepted<Bulk>) {
  return taken.ok
    ? { bulkVerification: taken.value, userErrors: [] }
    : { bulkVerification: null, userErrors: taken.errors };
}
