import { createDecipheriv, createHash, createHmac } from 'node:crypto';

import { sm2 } from 'sm-crypto-v2';
import { Pool } from 'undici';

import type { SandboxCredentials } from '../sandbox/sandbox.ts';
import { BUSINESS_LICENSE, CONNECTIONS_PER_SOURCE, instant, type Upstreams } from './wiring.ts';

const PUBLICITY_MAX = 20;
const REFRESH = '/sysapi/auth/refreshappsecret';

type Json = Readonly<Record<string, unknown>>;

/** The three online sources, called by hand. Anything but success is an error. */
export interface FloorSources {
  /** The decrypted face of the business license. Null when the library shows none. */
  askLicense(code: string): Promise<Json | null>;
  /** Base rows by code. */
  askRegistrations(codes: readonly string[]): Promise<ReadonlyMap<string, Json>>;
  /** Profiles by code. */
  askProfiles(codes: readonly string[]): Promise<ReadonlyMap<string, Json>>;
}

export function openFloorSources(deps: {
  readonly upstreams: Upstreams;
  readonly credentials: SandboxCredentials;
}): FloorSources {
  const { upstreams, credentials } = deps;
  const poolOf = (id: keyof Upstreams) =>
    new Pool(upstreams[id].baseUrl, { connections: CONNECTIONS_PER_SOURCE });
  const library = poolOf('license-library');
  const platform = poolOf('publicity-system');
  const credit = poolOf('credit-platform');
  let secret: Promise<string> | null = null;

  async function askLicense(code: string): Promise<Json | null> {
    const reply = await post(library, '/CertShare/queryCertInfoByHolderCode', {
      head: { accessId: credentials.accessId, accessToken: credentials.accessToken },
      data: {
        holderCode: code,
        holderTypeCode: '001',
        certTypeCode: BUSINESS_LICENSE,
        useCause: '核查证明事项告知承诺',
      },
    });
    const { head, data } = reply as { head: { status: number }; data: { certData: string } };
    if (head.status === 10) return null;
    if (head.status !== 0) throw new Error(`license library: ${head.status}`);
    const cipher = data.certData.slice(2).toLowerCase();
    return JSON.parse(
      sm2.doDecrypt(cipher, credentials.sm2PrivateKey, 0, { output: 'string' }),
    ) as Json;
  }

  async function askRegistrations(codes: readonly string[]): Promise<ReadonlyMap<string, Json>> {
    const chunks = Array.from({ length: Math.ceil(codes.length / PUBLICITY_MAX) }, (_, index) =>
      codes.slice(index * PUBLICITY_MAX, (index + 1) * PUBLICITY_MAX),
    );
    const rows = await Promise.all(chunks.map(askChunk));
    return new Map(rows.flat().map((row) => [String(row['uniscid']), row]));
  }

  async function askChunk(uniscIds: readonly string[]): Promise<readonly Json[]> {
    const headers = sign(await (secret ??= fetchSecret()));
    const reply = await post(platform, '/httpproxy', { uniscIds }, headers);
    const { code, data } = reply as { code: string; data: { subjects: { E_BASEINFO: Json[] }[] } };
    if (code !== '0') throw new Error(`publicity system: ${code}`);
    return data.subjects.flatMap(({ E_BASEINFO }) => E_BASEINFO.map(withLowerCaseKeys));
  }

  async function fetchSecret(): Promise<string> {
    const reply = await post(platform, REFRESH, {}, sign(credentials.exchangeAppKey));
    const { data } = reply as { data: { secret: string } };
    const sha1 = (given: string | Buffer) => createHash('sha1').update(given).digest();
    const key = sha1(sha1(credentials.exchangeAppKey)).subarray(0, 16);
    const decipher = createDecipheriv('aes-128-ecb', key, null);
    return decipher.update(data.secret, 'base64', 'utf8') + decipher.final('utf8');
  }

  function sign(secretText: string): Readonly<Record<string, string>> {
    const { rid, sid } = credentials;
    const rtime = String(instant().getTime());
    const signed = createHmac('sha256', secretText).update(sid + rid + rtime);
    return {
      gjgxjhpt_rid: rid,
      gjgxjhpt_sid: sid,
      gjgxjhpt_rtime: rtime,
      gjgxjhpt_sign: signed.digest('base64'),
    };
  }

  async function askProfiles(codes: readonly string[]): Promise<ReadonlyMap<string, Json>> {
    const subjects = codes.map((identify) => ({ category: '法人及非法人组织', identify }));
    const key = { 'x-app-key': credentials.creditAppKey };
    const reply = await post(credit, '/api/v1/profiles/query', { subjects }, key);
    const { code, data } = reply as {
      code: number;
      data: { results: { identify: string; profile: Json | null }[] };
    };
    if (code !== 0) throw new Error(`credit platform: ${code}`);
    return new Map(
      data.results.flatMap(({ identify, profile }) =>
        profile === null ? [] : [[identify, profile]],
      ),
    );
  }

  return { askLicense, askRegistrations, askProfiles };
}

async function post(
  pool: Pool,
  path: string,
  json: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  const { body } = await pool.request({
    method: 'POST',
    path,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(json),
  });
  return body.json();
}

/** Tables of the register spell one key in several cases. */
function withLowerCaseKeys(row: Json): Json {
  return Object.fromEntries(Object.entries(row).map(([key, value]) => [key.toLowerCase(), value]));
}
