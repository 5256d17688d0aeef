import { sm2 } from 'sm-crypto-v2';

import { startSandbox } from '../../sandbox/sandbox.ts';
import type { Asked } from './asked-kind.ts';
import { build, listIn, PLAIN, POPULATION, ROUNDS_OF_A_SLICE, SUBJECTS } from './measured-kind.ts';

/** Opening one SM2 ciphertext takes milliseconds, so that kind is read less. */
const LICENSES = 200;

/** The sources of record, each in a sandbox of its own. */
export const KINDS_OF_RECORD = [startProfiles, startEnterprises, startLicenses] as const;

async function startProfiles(): Promise<Asked<'credit.profile'>> {
  const sandbox = await startSandbox({ population: POPULATION });
  const appKey = sandbox.credentials.creditAppKey;
  return {
    ...{ kind: 'credit-platform', bare: 'JSON.parse', capability: 'credit.profile' },
    ...{ keys: SUBJECTS, rounds: ROUNDS_OF_A_SLICE, path: '/api/v1/profiles/query' },
    upstream: sandbox.sources['credit-platform'].baseUrl,
    connect: (baseUrl) => build('credit-platform', { baseUrl, ...PLAIN }, { appKey }),
    decode: (body) => listIn(body, (json: { data: { results: [] } }) => json.data.results),
    stop: () => sandbox.stop(),
  };
}

async function startEnterprises(): Promise<Asked<'enterprise.registration'>> {
  const sandbox = await startSandbox({ population: POPULATION });
  const { rid, sid, exchangeAppKey: appKey } = sandbox.credentials;
  return {
    ...{ kind: 'publicity-system', bare: 'JSON.parse', capability: 'enterprise.registration' },
    ...{ keys: SUBJECTS, rounds: ROUNDS_OF_A_SLICE, path: '/httpproxy' },
    upstream: sandbox.sources['publicity-system'].baseUrl,
    connect: (baseUrl) => build('publicity-system', { baseUrl, ...PLAIN, rid, sid }, { appKey }),
    decode: (body) => listIn(body, (json: { data: { subjects: [] } }) => json.data.subjects),
    stop: () => sandbox.stop(),
  };
}

async function startLicenses(): Promise<Asked<'license.byIdentifier'>> {
  const sandbox = await startSandbox({ population: POPULATION });
  const { accessId, accessToken, sm2PrivateKey } = sandbox.credentials;
  return {
    ...{
      kind: 'license-library',
      bare: 'JSON.parse and SM2',
      capability: 'license.byIdentifier',
    },
    ...{ rounds: 1, path: '/CertShare/queryCertInfo' },
    keys: POPULATION.licenses
      .filter(({ state }) => state === 5)
      .slice(0, LICENSES)
      .map(({ identifier }) => ({ identifier })),
    upstream: sandbox.sources['license-library'].baseUrl,
    connect: (baseUrl) =>
      build('license-library', { baseUrl, ...PLAIN, accessId }, { accessToken, sm2PrivateKey }),
    decode(body) {
      const { data } = JSON.parse(body.toString()) as { data: { certData: string } };
      const cipher = data.certData.slice(2).toLowerCase();
      const text = String(sm2.doDecrypt(cipher, sm2PrivateKey, 0));
      return JSON.parse(text) === null ? 0 : 1;
    },
    stop: () => sandbox.stop(),
  };
}
