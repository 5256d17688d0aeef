import { createHash } from 'node:crypto';

import type { FastifyInstance } from 'fastify';

import { HTML_POLICY } from '../documents/html.ts';
import { writeWorkbook, XLSX_TYPE } from '../documents/xlsx.ts';
import { HubError } from '../errors.ts';
import type { Audience } from '../generated/graphql.ts';
import { isUuid } from '../model/cursor.ts';
import { createAdmission } from './admission.ts';
import { authenticateAs } from './authenticate.ts';
import { createRequestContext, type RequestContext } from './context.ts';
import { startDeadline } from './deadline.ts';
import type { HttpDependencies } from './http-server.ts';
import {
  FORM_KINDS,
  getCommitmentForm,
  getReportForm,
  getTextForm,
  type PrintedForm,
} from './printed-forms.ts';
import { tellOfRoute } from './tell-of-route.ts';

/** Printing takes longer than looking up: it has few places of its own. */
const IN_FLIGHT = { inFlightMax: 20, inFlightPerAgencyMax: 5 } as const;
/** Changes with the layout, so that no cache keeps the old one. */
const LAYOUT = 'layout@1';
const UNPRINTED_NAMED_MAX = 50;

type Form = 'html' | 'pdf' | 'json' | 'xlsx';

interface Answer {
  readonly status: 200 | 304;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** GET /documents/…: texts as they are printed, for whom the same fields of the schema are. */
export function serveDocuments(app: FastifyInstance, deps: HttpDependencies): void {
  const admission = createAdmission({ ...IN_FLIGHT, onChange: () => undefined });
  const serve = (
    kind: keyof typeof FORM_KINDS,
    audience: Audience,
    find: (context: RequestContext, id: string) => Promise<PrintedForm>,
  ): void => {
    app.get(`/documents/${FORM_KINDS[kind]}/:file`, async (request, reply) => {
      const caller = await authenticateAs(audience, request, deps.verifyToken);
      const { id, form } = parseFile(request.params);
      const leave = admission.enter(caller.agencyCode);
      const deadline = startDeadline(deps.pace.requestMs);
      const context = createRequestContext({ ...deps, caller, deadline });
      const asked = { form, knownTags: request.headers['if-none-match'] };
      const work = find(context, id)
        .then((found) => answerOf(deps, found, asked))
        .finally(leave);
      try {
        const { status, headers, body } = await deadline.race(work, 'OVERLOADED');
        return await reply.code(status).headers(headers).send(body);
      } finally {
        deadline.end();
      }
    });
  };
  serve('text', 'SIGNED_IN', getTextForm);
  serve('commitment', 'CASE_READERS', getCommitmentForm);
  serve('report', 'AGENCY_STAFF', getReportForm);
  app.addHook('onResponse', async (request, reply) => {
    // Never an id: whose text was read is nobody's business.
    if (request.routeOptions.url?.startsWith('/documents/') === true)
      tellOfRoute(deps, { request, reply });
  });
}

/** @throws {HubError} NOT_FOUND for what names nothing. */
function parseFile(params: unknown): { readonly id: string; readonly form: Form } {
  const file =
    typeof params === 'object' && params !== null && 'file' in params ? String(params.file) : '';
  const [, id = '', form = ''] = /^([\da-f-]{36})\.(html|pdf|json|xlsx)$/u.exec(file) ?? [];
  if (!isUuid(id) || !isForm(form)) throw new HubError('NOT_FOUND');
  return { id, form };
}

function isForm(text: string): text is Form {
  return text === 'html' || text === 'pdf' || text === 'json' || text === 'xlsx';
}

async function answerOf(
  deps: HttpDependencies,
  found: PrintedForm,
  { form, knownTags }: { readonly form: Form; readonly knownTags: string | undefined },
): Promise<Answer> {
  const tag = tagOf(found, form);
  const headers = {
    etag: tag,
    'cache-control': found.mayBeKept ? 'private, no-cache' : 'private, no-store',
    'x-hecha-text-digest': found.textDigest,
  };
  if (namesTag(knownTags, tag)) return { status: 304, headers, body: '' };
  const printed = await PRINT[form](found, deps);
  return {
    status: 200,
    headers: {
      ...{ ...headers, ...printed.headers },
      'content-disposition': `inline; filename="${found.fileName}.${form}"`,
    },
    body: printed.body,
  };
}

type Print = (found: PrintedForm, deps: HttpDependencies) => Promise<Omit<Answer, 'status'>>;

const PRINT: Readonly<Record<Form, Print>> = {
  html: async ({ document }, { services }) => ({
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': HTML_POLICY,
    },
    body: services.renderer.html(document),
  }),
  json: async ({ record }) => ({
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(record),
  }),
  xlsx: async ({ sheets }) => {
    if (sheets === null) throw new HubError('NOT_FOUND');
    return { headers: { 'content-type': XLSX_TYPE }, body: await writeWorkbook(sheets) };
  },
  pdf: async ({ document }, { services }) => {
    const { bytes, unprinted } = await services.renderer.pdf(document);
    const names = unprinted.slice(0, UNPRINTED_NAMED_MAX).join(', ');
    return {
      headers: {
        'content-type': 'application/pdf',
        ...(names === '' ? {} : { 'x-hecha-unprinted': names }),
      },
      body: Buffer.from(bytes),
    };
  },
};

/** Follows from what is printed, so that it is known before anything is. */
function tagOf({ document, record }: PrintedForm, form: Form): string {
  const of = JSON.stringify([LAYOUT, form, form === 'json' ? record : document]);
  return `"${createHash('sha256').update(of).digest('hex').slice(0, 32)}"`;
}

function namesTag(header: string | undefined, tag: string): boolean {
  const tags = (header ?? '').split(',').map((one) => one.trim().replace(/^W\//u, ''));
  return tags.includes(tag) || tags.includes('*');
}
