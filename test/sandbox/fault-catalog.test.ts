import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sm2 } from 'sm-crypto-v2';

import { FAULTS } from '../../sandbox/faults.ts';
import { startSandbox } from '../../sandbox/sandbox.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { askCanary, control, fetchSecret } from './sandbox-client.ts';
import type { Heard } from './sandbox-client.ts';

let sandbox: Sandbox;
let secret: string;

beforeAll(async () => {
  sandbox = await startSandbox();
  secret = await fetchSecret(sandbox);
});

afterAll(async () => {
  await sandbox.stop();
});

const CASES = FAULTS.flatMap((each) =>
  each.sources.map((id) => ({ name: each.name, id, fault: each.fault, answer: each.answer })),
);

test.each(CASES)(
  '$id under $name never gives its healthy answer',
  async ({ id, fault, answer }) => {
    const healthy = await askCanary(sandbox, id, secret);

    const set = await control(sandbox, id, 'PUT /fault', fault);
    const hit = await askCanary(sandbox, id, secret, { timeoutMs: 700 }).catch(
      (error: Error) => error,
    );
    await control(sandbox, id, 'DELETE /fault');
    const after = await askCanary(sandbox, id, secret);

    expect(set.status).toBe(200);
    expect({ status: after.status, essence: essenceOf(after) }).toEqual({
      status: 200,
      essence: essenceOf(healthy),
    });
    if (answer === 'USABLE') expect((hit as Heard).status).toBe(200);
    else expect(isHealthy(hit, healthy)).toBe(false);
  },
);

/** What the answer says, decrypted: the license library encrypts anew each time. */
function essenceOf(heard: Heard): string {
  const text = heard.body.toString('utf8');
  const sealed = /"certData":"04([0-9A-F]+)"/.exec(text)?.[1];
  if (sealed === undefined) return text;
  const key = sandbox.credentials.sm2PrivateKey;
  return text.replace(sealed, String(sm2.doDecrypt(sealed.toLowerCase(), key, 0)));
}

function isHealthy(hit: Heard | Error, healthy: Heard): boolean {
  if (hit instanceof Error || hit.status !== 200) return false;
  const sameType = hit.headers['content-type'] === healthy.headers['content-type'];
  return sameType && essenceOf(hit) === essenceOf(healthy);
}

test('every variant of a fault has a name of its own', () => {
  const names = FAULTS.map((each) => each.name);

  const unique = new Set(names);

  expect(unique.size).toBe(names.length);
});
