import { classFault, type CodeClass } from '../../src/connector-kit/business-code.ts';
import { driftFault } from '../../src/connector-kit/fault.ts';
import type { XmlElement } from '../../src/connector-kit/xml.ts';
import type { HubError } from '../../src/errors.ts';
import { writeCdata } from './markup.ts';
import type { SoapSettings } from './settings.ts';

/** SOAP 1.1, clause 4. */
const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/';

/** A call with one text argument, which carries XML (SOAP 1.1, clause 7). */
export function writeCall(
  { namespace, argument, isArgumentQualified }: SoapSettings,
  operation: string,
  inner: string,
): string {
  const name = isArgumentQualified ? `op:${argument}` : argument;
  const uri = namespace.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
  return (
    `<?xml version="1.0" encoding="UTF-8"?>` +
    `<soapenv:Envelope xmlns:soapenv="${SOAP}" xmlns:op="${uri}"><soapenv:Header/><soapenv:Body>` +
    `<op:${operation}><${name}>${writeCdata(inner)}</${name}></op:${operation}>` +
    `</soapenv:Body></soapenv:Envelope>`
  );
}

/**
 * The text result of a reply, by local names: prefixes are the sender's affair.
 *
 * @throws {HubError} SOURCE_SCHEMA_DRIFT where it is no SOAP 1.1, or has not exactly one result.
 */
export function findResult(envelope: XmlElement, returned: string | null): string {
  const [response, ...others] = bodyOf(envelope).children;
  if (response === undefined || others.length > 0) throw driftFault('/Envelope/Body');
  const results = response.children.filter(({ name }) => returned === null || name === returned);
  const [result] = results;
  const pointer = `/Envelope/Body/${returned ?? 'return'}`;
  if (result === undefined || results.length > 1) throw driftFault(pointer);
  if (result.children.length > 0) throw driftFault(pointer);
  return result.text;
}

/** The fault that a Fault (SOAP 1.1, clause 4.4) amounts to. Null for any other reply. */
export function findFault(
  envelope: XmlElement,
  { faultCodes, faultTexts }: Pick<SoapSettings, 'faultCodes' | 'faultTexts'>,
): HubError | null {
  const fault = bodyOf(envelope).children.find(
    ({ name, namespace }) => name === 'Fault' && namespace === SOAP,
  );
  if (fault === undefined) return null;
  const read = (wanted: string): string =>
    fault.children.find(({ name }) => name === wanted)?.text.trim() ?? '';
  const byText = classAt(faultTexts, read('faultstring'));
  if (byText !== null) return classFault(byText, { reason: 'FAULT_TEXT' });
  const code = read('faultcode').replace(/^[^:]*:/u, '');
  const own = classAt(faultCodes, code);
  if (own !== null) return classFault(own, { reason: 'FAULT_CODE' });
  // `Client.Authentication` is a kind of `Client` (clause 4.4.1).
  const [generic = ''] = code.split('.');
  const usual = classAt({ ...USUAL, ...faultCodes }, generic);
  return usual === null
    ? driftFault('/Envelope/Body/Fault/faultcode', 'UNKNOWN_FAULT')
    : classFault(usual, { reason: `FAULT_${generic.toUpperCase()}` });
}

const USUAL: Readonly<Record<string, CodeClass>> = {
  Client: 'CONFIG',
  Server: 'TRANSIENT',
  VersionMismatch: 'CONFIG',
  MustUnderstand: 'CONFIG',
};

function classAt(classes: Readonly<Record<string, CodeClass>>, key: string): CodeClass | null {
  return Object.hasOwn(classes, key) ? (classes[key] ?? null) : null;
}

function bodyOf(envelope: XmlElement): XmlElement {
  if (envelope.name !== 'Envelope' || envelope.namespace !== SOAP) throw driftFault('/Envelope');
  const [body, ...others] = envelope.children.filter(
    ({ name, namespace }) => name === 'Body' && namespace === SOAP,
  );
  if (body === undefined || others.length > 0) throw driftFault('/Envelope/Body');
  return body;
}
