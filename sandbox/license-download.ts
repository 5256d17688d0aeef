import { randomBytes } from 'node:crypto';

import type { RecordStore } from './records.ts';
import { htmlReply, textAt, type WireReply, type WireRequest } from './wire.ts';

/** Where files are fetched, by GET. */
export const DOWNLOAD_PATH = '/zzgxpt/download';

/** An address serves one GET within ten minutes. */
const LIFE_MS = 600_000;

/** What the library seals into the reply to `downloadUrl`. */
interface Address {
  readonly contentType: 'url';
  readonly certIdentifier: string;
  readonly content: string;
}

/**
 * Files by addresses that serve once. Settings of the control port: `file-host` (another host in
 * the address), `file-location` (a redirect instead of the file), `file-bytes` (its size),
 * `file-type` and `file-body` (something else in its place).
 */
export function createFileRegister(records: RecordStore) {
  const waiting = new Map<string, { readonly identifier: string; readonly endsAt: number }>();
  const settingOf = (name: string): string => textAt(records.find('settings', name), 'value');

  function issue(identifier: string, request: WireRequest): Address {
    const id = randomBytes(16).toString('hex');
    waiting.set(id, { identifier, endsAt: request.now + LIFE_MS });
    const content = `${settingOf('file-host')}${DOWNLOAD_PATH}?id=${id}`;
    return { contentType: 'url', certIdentifier: identifier, content };
  }

  function give(request: WireRequest): WireReply {
    const id = new URLSearchParams(request.search).get('id') ?? '';
    const held = waiting.get(id);
    waiting.delete(id);
    if (held === undefined || held.endsAt <= request.now) return htmlReply(404, '404 Not Found');
    const location = settingOf('file-location');
    if (location !== '') return { ...htmlReply(302, 'Found'), headers: { location } };
    const text = settingOf('file-body');
    const body = text === '' ? pdfOf(held.identifier, id, Number(settingOf('file-bytes'))) : text;
    const contentType = settingOf('file-type') || 'application/pdf';
    return { status: 200, contentType, headers: {}, body };
  }

  return { issue, give };
}

/** A one-page PDF marked with the address it was made for (加注件), filled up to a size. */
function pdfOf(identifier: string, id: string, bytes: number): string {
  const head = `%PDF-1.4\n% ${identifier}\n% ${id}\n`;
  const objects =
    '1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n' +
    '2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n' +
    '3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n';
  const end = 'trailer<</Root 1 0 R>>\n%%EOF\n';
  const fill = Math.max(0, bytes - head.length - objects.length - end.length - 2);
  return `${head}${objects}${fill === 0 ? '' : `%${'.'.repeat(fill)}\n`}${end}`;
}
