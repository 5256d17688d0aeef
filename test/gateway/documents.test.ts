import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { HubError } from '../../src/errors.ts';
import type { Services } from '../../src/gateway/services.ts';
import { startWorld, type TokenFor, type World } from './world.ts';

const PATH = '/documents/format-texts/de300000-0000-4000-8000-000000000001.pdf';

let print: Services['renderer']['pdf'];
let world: World;
beforeAll(async () => {
  world = await startWorld({
    services: { renderer: { html: () => '<p>', pdf: (document) => print(document) } },
  });
});
afterAll(() => world.stop());

const read = async (method: 'GET' | 'HEAD' | 'POST', given: TokenFor = {}) =>
  fetch(world.url + PATH, {
    method,
    headers: { authorization: `Bearer ${await world.token(given)}` },
  });
const PRINTED = { bytes: new Uint8Array([1, 2]), pages: 1, unprinted: ['U+1F600', 'U+2A6D6'] };

describe('a document over HTTP', () => {
  test('is told of, and not sent, for HEAD; and cannot be posted to', async () => {
    print = async () => PRINTED;

    const head = await read('HEAD');
    const post = await read('POST');

    expect([head.status, (await head.arrayBuffer()).byteLength]).toEqual([200, 0]);
    expect(head.headers.get('x-hecha-unprinted')).toBe('U+1F600, U+2A6D6');
    expect(head.headers.get('x-content-type-options')).toBe('nosniff');
    expect(head.headers.get('content-disposition')).toMatch(/^inline; filename="[\w-]+\.pdf"$/u);
    expect(post.status).toBe(404);
  });

  test('is not printed when the words on record are not those that were signed', async () => {
    const response = await fetch(
      `${world.url}/documents/commitments/de300000-0000-4000-8000-000000000001.html`,
      { headers: { authorization: `Bearer ${await world.token({ roles: ['COUNTER'] })}` } },
    );

    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'CONFLICT' } }] });
  });

  test('that is too large is refused with the limit', async () => {
    print = async () => {
      throw new HubError('DOCUMENT_TOO_LARGE', { details: { limit: 'pages', max: 400 } });
    };

    const response = await read('GET');

    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({
      errors: [{ extensions: { code: 'DOCUMENT_TOO_LARGE', limit: 'pages', max: 400 } }],
    });
    expect(response.headers.get('etag')).toBeNull();
  });

  test('that fails says nothing of why', async () => {
    print = async () => {
      throw new Error('secret of the machine');
    };

    const response = await read('GET');

    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('secret');
  });

  test('waits in five places of an agency, and leaves those of others free', async () => {
    let finish = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      finish = resolve;
    });
    print = () => gate.then(() => PRINTED);
    const others = { agencyCode: '11370800MB3TE0E59X' };
    world.rooms.calls.clear();

    const waiting = Array.from({ length: 5 }, () => read('GET'));
    await until(() => world.rooms.calls.get('texts.find') === 5);
    const sixth = await read('GET');
    const other = read('GET', others);
    await until(() => world.rooms.calls.get('texts.find') === 6);
    finish();

    expect([sixth.status, sixth.headers.get('retry-after')]).toEqual([503, '1']);
    const answers = await Promise.all([...waiting, other]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200]);
    expect((await read('GET')).status).toBe(200);
  });

  test('leaves one line in the log, which names no document', async () => {
    print = async () => PRINTED;
    const before = world.logLines.length;

    await read('GET');
    await until(() => world.logLines.slice(before).some((line) => line.includes('"request"')));

    const line = world.logLines.slice(before).find((one) => one.includes('"request"'));
    expect(JSON.parse(line!)).toMatchObject({
      ...{ route: '/documents/format-texts/:file', status: 200, method: 'GET' },
    });
    expect(line).not.toContain('de300000');
  });
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
}
