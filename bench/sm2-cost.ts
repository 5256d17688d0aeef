import { sm2 } from 'sm-crypto-v2';

import { BUSINESS_LICENSE, ENTERPRISES_PER_CASE, type SourcesReady } from './wiring.ts';

const ROUNDS = 5;
const MICROSECONDS_PER_MS = 1_000;

/**
 * CPU milliseconds that opening the licenses of one case takes, the least of five rounds: the part
 * of every query that no server can save.
 */
export async function measureSm2(ready: SourcesReady): Promise<number> {
  const { credentials, enterprises, upstreams } = ready;
  const { baseUrl } = upstreams.floor['license-library'];
  const address = `${baseUrl}/CertShare/queryCertInfoByHolderCode`;
  const ciphers: string[] = [];
  for (const { code } of enterprises.slice(0, ENTERPRISES_PER_CASE)) {
    const response = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        head: { accessId: credentials.accessId, accessToken: credentials.accessToken },
        data: {
          holderCode: code,
          holderTypeCode: '001',
          certTypeCode: BUSINESS_LICENSE,
          useCause: '核查',
        },
      }),
    });
    const { data } = (await response.json()) as { data: { certData?: string } };
    if (data.certData !== undefined) ciphers.push(data.certData.slice(2).toLowerCase());
  }
  const rounds = Array.from({ length: ROUNDS }, () => {
    const before = process.cpuUsage();
    for (const cipher of ciphers) sm2.doDecrypt(cipher, credentials.sm2PrivateKey, 0);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / MICROSECONDS_PER_MS;
  });
  return Math.min(...rounds);
}
