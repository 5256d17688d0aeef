import { Readable } from 'node:stream';

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { FILE_BYTES_MAX, type Uploaded } from '../bulk/upload.ts';
import { HubError } from '../errors.ts';
import type { Audience } from '../generated/graphql.ts';
import type { Bulk } from '../model/bulk.ts';
import type { Caller } from '../model/caller.ts';
import type { UserError } from '../model/user-error.ts';
import { toStoreFault } from '../store/faults.ts';
import { createAdmission } from './admission.ts';
import { authenticateAs } from './authenticate.ts';
import { BULK_CSV_HEADING, bulkCsv } from './bulk-csv.ts';
import { exportPathOf, uploadPathOf } from './bulk-paths.ts';
import { EVIDENCE_SCOPE } from './context.ts';
import type { HttpDependencies } from './http-server.ts';
import { createMask } from './mask.ts';
import { complaint } from './refused-request.ts';
import { tellOfRoute } from './tell-of-route.ts';

/** Files on their way in or out at a time: each takes some megabytes. */
const PLACES = { inFlightMax: 6, inFlightPerAgencyMax: 2 };
const UPLOAD_MS_MAX = 60_000;
const EXPORT_MS_MAX = 600_000;
/** Mistakes that are told of one file; how many there are is told besides. */
const REJECTS_TOLD = 1_000;
const JSON_TYPE = 'application/json; charset=utf-8';

/**
 * The rows of lists (批量核查) as files: `PUT` takes them in, `GET` gives all lines out. Both need
 * the token of a caller who may do the same by GraphQL.
 */
export function serveBulks(app: FastifyInstance, deps: HttpDependencies): void {
  const { services, log } = deps;
  const callers = new WeakMap<FastifyRequest, Caller>();
  const admission = createAdmission({ ...PLACES, onChange: () => undefined });

  const identifyAs = (audience: Audience) => async (request: FastifyRequest) => {
    callers.set(request, await authenticateAs(audience, request, deps.verifyToken));
  };
  const callerOf = (request: FastifyRequest): Caller => {
    const caller = callers.get(request);
    if (caller === undefined) throw new HubError('UNAUTHENTICATED');
    return caller;
  };
  const tell = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const agency = callers.get(request)?.agencyCode ?? null;
    tellOfRoute(deps, { request, reply, facts: { agency } });
  };

  async function upload(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const caller = callerOf(request);
    const leave = admission.enter(caller.agencyCode);
    try {
      const signal = AbortSignal.timeout(UPLOAD_MS_MAX);
      const bytes = await readWhole(request.body);
      void reply.header('content-type', JSON_TYPE);
      if (bytes === null)
        return await reply.code(413).send(complaint(`Send at most ${FILE_BYTES_MAX} bytes.`));
      const { id: bulkId } = request.params as { readonly id: string };
      const skipRejects = (request.query as Record<string, unknown>)['rejects'] === 'skip';
      const taken = await services.bulks.upload(caller, { bulkId, bytes, skipRejects, signal });
      if (taken.ok)
        return await reply.code(taken.value.isStored ? 200 : 422).send(toldOf(taken.value));
      return await reply.code(statusOfMistakes(taken.errors)).send({ userErrors: taken.errors });
    } finally {
      leave();
    }
  }

  async function give(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const caller = callerOf(request);
    const { id } = request.params as { readonly id: string };
    const bulk = await services.bulks.find(caller.agencyCode, id);
    if (bulk === null)
      return reply.code(404).header('content-type', JSON_TYPE).send(complaint('No such list.'));
    const leave = admission.enter(caller.agencyCode);
    const file = Readable.from(textOf(bulk, caller), { objectMode: false });
    const late = setTimeout(() => file.destroy(), EXPORT_MS_MAX);
    file.once('close', () => {
      clearTimeout(late);
      leave();
    });
    return reply
      .header('content-type', 'text/csv; charset=utf-8')
      .header('content-disposition', `attachment; filename="bulk-${bulk.id}.csv"`)
      .send(file);
  }

  async function* textOf(bulk: Bulk, { scopes }: Caller): AsyncGenerator<string> {
    const mask = createMask({ seesPersons: scopes.includes(EVIDENCE_SCOPE) });
    yield BULK_CSV_HEADING;
    try {
      for await (const lines of services.bulks.exportLines(bulk)) yield bulkCsv(lines, mask);
    } catch (error) {
      log.warn({ bulk: bulk.id, err: toStoreFault(error) ?? error }, 'an export broke off');
      throw error;
    }
  }

  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    // The body stays a stream: how long it is shows only while it is read.
    scope.addContentTypeParser('text/csv', (_request, body, done) => done(null, body));
    const identify = { onRequest: identifyAs('CASE_HANDLERS'), onResponse: tell };
    scope.put(uploadPathOf(':id'), identify, upload);
    const read = {
      onRequest: identifyAs('CASE_READERS'),
      onResponse: tell,
      exposeHeadRoute: false,
    };
    scope.get(exportPathOf(':id'), read, give);
  });
}

/** The bytes of a body. Null where there are more than one file may have. */
async function readWhole(body: unknown): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > FILE_BYTES_MAX) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function toldOf({ bulk, isStored, rows, rejected, rejects }: Uploaded) {
  const { id, state, version, file } = bulk;
  const told = rejects.slice(0, REJECTS_TOLD);
  const fileDigest = file?.digest ?? null;
  return { id, state, version, fileDigest, stored: isStored, rows, rejected, rejects: told };
}

function statusOfMistakes(errors: readonly UserError[]): number {
  if (errors.some(({ code }) => code === 'UNKNOWN_BULK')) return 404;
  return errors.some(({ code }) => code === 'STEP_NOT_ALLOWED') ? 409 : 422;
}
