import { z } from 'zod';

import type { CallContext } from '../../src/connector-kit/connector.ts';
import { decodeText, parseJson, parseShape } from '../../src/connector-kit/decode.ts';
import { integrityFault, sourceFault } from '../../src/connector-kit/fault.ts';
import {
  FILE_MEDIA_TYPES,
  requireFileForm,
  type FileDesk,
  type OpenedFile,
} from '../../src/connector-kit/file.ts';
import type { HttpClient } from '../../src/connector-kit/http.ts';
import { originOf } from '../../src/connector-kit/transport.ts';
import type { Origin } from '../../src/connector-kit/network.ts';
import { canonical } from './license.ts';
import type { LicenseLibrarySettings } from './settings.ts';
import { readDownloadReply } from './wire.ts';

/** Bytes looked at to tell the form of a file. */
const BEGINNING_BYTES = 8;

/** What the library seals: certIdentifier 证照标识, content 一次性下载地址. */
const addressShape = z.object({
  certIdentifier: z.string().min(1),
  content: z.string().min(1).max(2_048),
});

type FilePlace = Pick<LicenseLibrarySettings, 'baseUrl' | 'fileBaseUrl'>;

/** Scheme, host and port of the only place files are fetched from, as a base URL. */
export function fileOriginOf({ baseUrl, fileBaseUrl }: FilePlace): string {
  return new URL(fileBaseUrl ?? baseUrl).origin;
}

/** Every place these settings lead to. */
export function placesOf(settings: FilePlace): readonly Origin[] {
  const { baseUrl, fileBaseUrl } = settings;
  const places = fileBaseUrl === null ? [baseUrl] : [baseUrl, fileBaseUrl];
  return places.map((place) => originOf(new URL(place)));
}

/** Files by addresses that serve once (加注件): the file is gone from the library after one GET. */
export function createFileDesk(deps: {
  readonly settings: Pick<LicenseLibrarySettings, 'baseUrl' | 'fileBaseUrl' | 'fileBytesMax'>;
  /** A client for the place of files, with their media types and their limit. */
  readonly http: HttpClient;
  ask(certIdentifier: string, call: CallContext): Promise<unknown>;
  open(hex: string): Uint8Array;
}): FileDesk {
  const { settings, http } = deps;

  async function addressOf(identifier: string, call: CallContext): Promise<string | null> {
    const hex = readDownloadReply(await deps.ask(identifier, call));
    if (hex === null) return null;
    const pointer = '/data/certData';
    const plain = parseJson(decodeText(deps.open(hex), 'utf-8'));
    const { certIdentifier, content } = parseShape(addressShape, plain, pointer);
    if (canonical(certIdentifier) !== identifier) throw integrityFault('OTHER_LICENSE', pointer);
    return requirePath(content, fileOriginOf(settings));
  }

  return {
    bytesMax: settings.fileBytesMax,
    async open(identifier, call) {
      const path = await addressOf(identifier, call);
      if (path === null) return null;
      // The call ends when the file is open; the file ends when it is read or closed.
      const ending = new AbortController();
      const end = (): void => ending.abort();
      call.signal.addEventListener('abort', end, { once: true });
      try {
        // The address is all the library wants to see; no credential goes with it.
        const headers = { accept: FILE_MEDIA_TYPES.join(', '), 'accept-encoding': 'identity' };
        const request = { method: 'GET', path, headers, body: null } as const;
        const reply = await http.open(request, ending.signal);
        return await begin(reply.bytes, reply.headers['content-type'] ?? '', end);
      } catch (error) {
        end();
        throw error;
      } finally {
        call.signal.removeEventListener('abort', end);
      }
    },
  };
}

/** Path and query of an address. @throws {HubError} for one that leads to another place. */
function requirePath(content: string, origin: string): string {
  const url = URL.canParse(content, origin) ? new URL(content, origin) : null;
  if (url === null || url.origin !== origin || url.username !== '' || url.password !== '')
    throw sourceFault('SOURCE_MALFORMED', { hop: 'SOURCE', reason: 'OTHER_ORIGIN' });
  return `${url.pathname}${url.search}`;
}

/** Looks at the beginning before anybody is told that there is a file. */
async function begin(
  bytes: AsyncIterable<Uint8Array>,
  contentType: string,
  close: () => void,
): Promise<OpenedFile> {
  const rest = bytes[Symbol.asyncIterator]();
  const chunks: Uint8Array[] = [];
  let isOver = false;
  while (!isOver && Buffer.concat(chunks).length < BEGINNING_BYTES) {
    const next = await rest.next();
    isOver = next.done === true;
    if (next.done !== true) chunks.push(next.value);
  }
  const mediaType = requireFileForm(contentType, Buffer.concat(chunks));
  async function* whole(): AsyncGenerator<Uint8Array, void, undefined> {
    yield* chunks;
    yield* { [Symbol.asyncIterator]: () => rest };
  }
  return { mediaType, bytes: whole(), close };
}
