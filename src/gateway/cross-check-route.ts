import { Readable } from 'node:stream';

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { writeWorkbook, XLSX_TYPE } from '../documents/xlsx.ts';
import { HubError } from '../errors.ts';
import type { Caller } from '../model/caller.ts';
import type { CrossCheckRun } from '../model/cross-check-run.ts';
import { toStoreFault } from '../store/faults.ts';
import { createAdmission } from './admission.ts';
import { isIn } from './audience.ts';
import { authenticate } from './authenticate.ts';
import {
  crossCheckCsvPathOf,
  crossCheckLinesPathOf,
  crossCheckXlsxPathOf,
} from './cross-check-paths.ts';
import { outcomeOf } from './graphql-route.ts';
import type { HttpDependencies } from './http-server.ts';
import { complaint } from './refused-request.ts';

/** Reports on their way out at a time. */
const PLACES = { inFlightMax: 4, inFlightPerAgencyMax: 2 };
const REPORT_MS_MAX = 600_000;
const JSON_TYPE = 'application/json; charset=utf-8';

type Format = 'LINES' | 'CSV' | 'XLSX';

const TYPES: Readonly<Record<Format, string>> = {
  LINES: 'application/x-ndjson; charset=utf-8',
  CSV: 'text/csv; charset=utf-8',
  XLSX: XLSX_TYPE,
};
const EXTENSIONS: Readonly<Record<Format, string>> = { LINES: 'jsonl', CSV: 'csv', XLSX: 'xlsx' };

/**
 * Reports of cross-checks (夜间核对) as files, for the data center: they hold codes of commitments
 * of all agencies, and nothing of a person.
 */
export function serveCrossChecks(app: FastifyInstance, deps: HttpDependencies): void {
  const { services, log, metrics } = deps;
  const callers = new WeakMap<FastifyRequest, Caller>();
  const admission = createAdmission({ ...PLACES, onChange: () => undefined });

  const identify = async (request: FastifyRequest): Promise<void> => {
    const { authorization } = request.headers;
    const caller = await authenticate(deps.verifyToken, { authorization, requestId: request.id });
    if (!isIn('OPERATORS', caller.roles)) throw new HubError('FORBIDDEN');
    callers.set(request, caller);
  };
  const tell = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const { statusCode: status, elapsedTime: tookMs } = reply;
    metrics.countRequest({ outcome: outcomeOf(status, []), tookMs });
    const agency = callers.get(request)?.agencyCode ?? null;
    const { method, id: requestId } = request;
    const route = request.routeOptions.url;
    log.info({ requestId, method, route, status, ms: Math.round(tookMs), agency }, 'request');
  };

  const give = (format: Format) => async (request: FastifyRequest, reply: FastifyReply) => {
    const caller = callers.get(request);
    if (caller === undefined) throw new HubError('UNAUTHENTICATED');
    const { id } = request.params as { readonly id: string };
    const run = await services.crossChecks.findRun(id);
    if (run === null)
      return reply.code(404).header('content-type', JSON_TYPE).send(complaint('No such run.'));
    const leave = admission.enter(caller.agencyCode);
    const file = Readable.from(guarded(run, format), { objectMode: false });
    const late = setTimeout(() => file.destroy(), REPORT_MS_MAX);
    file.once('close', () => {
      clearTimeout(late);
      leave();
    });
    const name = `cross-check-${run.id}.${EXTENSIONS[format]}`;
    return reply
      .header('content-type', TYPES[format])
      .header('content-disposition', `attachment; filename="${name}"`)
      .send(file);
  };

  async function* guarded(run: CrossCheckRun, format: Format): AsyncGenerator<string | Uint8Array> {
    const { reports } = services.crossChecks;
    try {
      if (format === 'XLSX') yield await writeWorkbook(await reports.sheets(run));
      else yield* format === 'CSV' ? reports.csv(run) : reports.lines(run);
    } catch (error) {
      log.warn({ run: run.id, err: toStoreFault(error) ?? error }, 'a report broke off');
      throw error;
    }
  }

  const options = { onRequest: identify, onResponse: tell, exposeHeadRoute: false };
  app.get(crossCheckLinesPathOf(':id'), options, give('LINES'));
  app.get(crossCheckCsvPathOf(':id'), options, give('CSV'));
  app.get(crossCheckXlsxPathOf(':id'), options, give('XLSX'));
}
