import type { HttpRequest } from '../http.ts';
import { unsupported } from '../lookup.ts';
import { isJsonObject, type CallBody, type Parameter, type Signature } from './scheme.ts';
import type { UnsignedCall } from './scheme.ts';

/**
 * The request of a signed call. Parameters of the signature go into the body of a POST that can
 * take them, and into the query otherwise. Every value is encoded.
 *
 * @throws {HubError} SOURCE_UNSUPPORTED where the call has a parameter of that name already, or
 * its body is a JSON value that takes none.
 */
export function writeRequest(call: UnsignedCall, signature: Signature): HttpRequest {
  const { headers, parameters } = signature;
  const isInBody = call.method === 'POST' && call.body?.form !== 'TEXT';
  const query = [...call.query, ...(isInBody ? [] : parameters)];
  const body = addParameters(call.body, isInBody ? parameters : []);
  requireUnique(query);
  return {
    method: call.method,
    path: query.length === 0 ? call.path : `${call.path}?${encodeParameters(query)}`,
    headers: { ...(body === null ? {} : { 'content-type': contentTypeOf(body) }), ...headers },
    body: body === null ? null : writeBody(body),
  };
}

/** `a=1&b=2`, every name and value percent-encoded. */
export function encodeParameters(parameters: readonly Parameter[]): string {
  return parameters
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&');
}

function addParameters(body: CallBody | null, added: readonly Parameter[]): CallBody | null {
  if (added.length === 0) return body;
  if (body === null) return { form: 'JSON', value: Object.fromEntries(added) };
  if (body.form === 'TEXT') throw unsupported('BODY_TAKES_NO_PARAMETERS');
  if (body.form === 'FORM') {
    requireUnique([...body.fields, ...added]);
    return { form: 'FORM', fields: [...body.fields, ...added] };
  }
  if (!isJsonObject(body.value)) throw unsupported('BODY_TAKES_NO_PARAMETERS');
  requireUnique([...Object.keys(body.value).map((name) => [name, ''] as const), ...added]);
  return { form: 'JSON', value: { ...body.value, ...Object.fromEntries(added) } };
}

// A parameter that stands twice is read as the first by one server and as the last by another.
function requireUnique(parameters: readonly Parameter[]): void {
  const names = new Set(parameters.map(([name]) => name));
  if (names.size !== parameters.length) throw unsupported('PARAMETER_TWICE');
}

function contentTypeOf(body: CallBody): string {
  if (body.form === 'TEXT') return body.contentType;
  return body.form === 'JSON'
    ? 'application/json; charset=utf-8'
    : 'application/x-www-form-urlencoded; charset=utf-8';
}

function writeBody(body: CallBody): string {
  if (body.form === 'TEXT') return body.text;
  return body.form === 'JSON' ? JSON.stringify(body.value) : encodeParameters(body.fields);
}
