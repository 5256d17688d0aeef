import { Readable } from 'node:stream';

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import type { FileMediaType } from '../connector-kit/file.ts';
import { HubError, type FaultCode } from '../errors.ts';
import { isSourceFault } from '../sources/transport.ts';
import { createAdmission } from './admission.ts';
import { authenticateAs } from './authenticate.ts';
import type { HttpDependencies } from './http-server.ts';
import { bodyOf, RETRY_AFTER_SECONDS } from './refusal.ts';

const PATH = '/files/';
/** 32 bytes in base64url. */
const TOKEN = /^[\w-]{43}$/u;
/** Files take long: they must not take the places of questions. */
const DOWNLOADS_MAX = 20;
const DOWNLOADS_PER_AGENCY_MAX = 5;

const ENDINGS: Readonly<Record<FileMediaType, string>> = {
  'application/pdf': 'pdf',
  'application/ofd': 'ofd',
  'image/png': 'png',
  'image/jpeg': 'jpg',
};

/** A source that is not to be asked now, and one that did not answer; any other fault is a 502. */
const STATUSES: Partial<Record<FaultCode, number>> = {
  SOURCE_TIMEOUT: 504,
  SOURCE_RESTING: 503,
  SOURCE_BUSY: 503,
  SOURCE_QUOTA_EXHAUSTED: 503,
  SOURCE_SCHEDULED_OUTAGE: 503,
};

/** Path at which the holder of this token gets the file. */
export function filePathOf(token: string): string {
  return `${PATH}${token}`;
}

/**
 * GET /files/<token>: the file of a ticket, for the account it was issued to. Nothing of it may be
 * kept on the way, and nothing in it may run in a browser at the hub's own address.
 */
export function serveFiles(app: FastifyInstance, deps: HttpDependencies): void {
  const admission = createAdmission({
    ...{ inFlightMax: DOWNLOADS_MAX, inFlightPerAgencyMax: DOWNLOADS_PER_AGENCY_MAX },
    onChange: () => undefined,
  });

  async function serve(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const caller = await authenticateAs('CASE_HANDLERS', request, deps.verifyToken);
    const { token } = request.params as { readonly token: string };
    if (!TOKEN.test(token)) throw new HubError('NOT_FOUND');
    const leave = admission.enter(caller.agencyCode);
    // Raised when the answer was sent whole, and when the caller has gone.
    reply.raw.once('close', leave);
    const { mediaType, bytes } = await deps.services.downloads.fetch(caller, token);
    const body = Readable.from(bytes, { objectMode: false });
    // Whoever leaves before the first byte would leave the file open.
    if (reply.raw.destroyed) body.destroy();
    return reply
      .headers({
        'content-type': mediaType,
        'content-disposition': `attachment; filename="license.${ENDINGS[mediaType]}"`,
        'content-security-policy': "default-src 'none'; sandbox",
        'cross-origin-resource-policy': 'same-origin',
      })
      .send(body);
  }

  app.route({
    method: 'GET',
    url: `${PATH}:token`,
    // A HEAD would use the ticket up and throw the file away.
    exposeHeadRoute: false,
    handler: (request, reply) =>
      serve(request, reply).catch((error: unknown) => refuse(error, reply)),
  });
}

/** What a source did is told as what it is; everything else as everywhere. */
function refuse(error: unknown, reply: FastifyReply): FastifyReply {
  if (!isSourceFault(error)) throw error;
  const status = STATUSES[error.code] ?? 502;
  if (status === 503) void reply.header('retry-after', RETRY_AFTER_SECONDS);
  return reply
    .code(status)
    .header('content-type', 'application/json; charset=utf-8')
    .send(bodyOf(error));
}
