import { mkdtempSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { startWorld, type World } from './world.ts';

const consoleFolder = mkdtempSync(join(tmpdir(), 'console-'));
writeFileSync(join(consoleFolder, 'index.html'), '<p>console</p>');
writeFileSync(join(consoleFolder, '.secret'), 'secret');

let world: World;
beforeAll(async () => {
  world = await startWorld({ options: { graphiql: true, consoleFolder } });
});
afterAll(() => world.stop());

test('GraphiQL loads from this host alone, under a policy that allows nothing else', async () => {
  const page = await fetch(`${world.url}/graphiql`);

  const html = await page.text();
  const places = [...html.matchAll(/(?:src|href)="([^"]+)"/gu)].map(([, place = '']) => place);
  expect(places).toHaveLength(6);
  expect(html).not.toMatch(/https?:|<script>|<style|on\w+=/u);
  expect(page.headers.get('content-security-policy')).toMatch(
    /default-src 'none'; script-src 'self'; style-src 'self'/u,
  );
  expect(page.headers.get('content-security-policy')).not.toMatch(/unsafe|https?:/u);
  for (const place of places) {
    const file = await fetch(`${world.url}${place}`);
    expect([place, file.status]).toEqual([place, 200]);
    expect(file.headers.get('content-type')).toMatch(
      place.endsWith('.css') ? /^text\/css/u : /^text\/javascript/u,
    );
    expect(file.headers.get('x-content-type-options')).toBe('nosniff');
    const text = await file.text();
    if (place.endsWith('.css')) expect(text).not.toMatch(/url\(\s*["']?(?:https?:)?\/\//u);
  }
});

test.each(['/graphiql/package.json', '/graphiql/../package.json', '/graphiql/%2e%2e/package.json'])(
  'nothing else of the packages is served: %s',
  async (place) => {
    const answer = await rawGet(place);

    expect(answer).toMatch(/^HTTP\/1\.1 404/u);
  },
);

test('the console is served from its folder, without hidden files', async () => {
  const page = await fetch(`${world.url}/console/`);
  const start = await fetch(`${world.url}/`, { redirect: 'manual' });
  const hidden = await fetch(`${world.url}/console/.secret`);
  const outside = await rawGet('/console/../../../../etc/passwd');

  expect(await page.text()).toBe('<p>console</p>');
  expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'self'/u);
  expect(start.headers.get('location')).toBe('/console/');
  expect(hidden.status).toBeGreaterThanOrEqual(403);
  expect(outside).toMatch(/^HTTP\/1\.1 (?:400|403|404)/u);
});

test('neither page is served unless wanted', async () => {
  const bare = await startWorld();

  const statuses = await Promise.all(
    ['/graphiql', '/graphiql/graphiql.js', '/console/', '/'].map(
      async (place) => (await fetch(`${bare.url}${place}`)).status,
    ),
  );

  await bare.stop();
  expect(statuses).toEqual([404, 404, 404, 404]);
});

/** A request line as it is, without a client that tidies it. */
async function rawGet(place: string): Promise<string> {
  const { hostname, port } = new URL(world.url);
  const socket = connect(Number(port), hostname);
  socket.end(`GET ${place} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  return text;
}
