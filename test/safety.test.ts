import { expect, test } from '@jest/globals';

import { readConfig } from '../src/config.ts';
import { findUnsafe, type Told } from '../src/safety.ts';

const SAFE = readConfig({
  NODE_ENV: 'production',
  HECHA_DIGEST_SECRET: 'a secret of more than thirty-two characters',
});
const KEY = { kty: 'EC', kid: 'city-1', crv: 'P-256', x: 'x', y: 'y' };
const SOURCE = {
  id: 'license-library',
  settings: { baseUrl: 'https://library.example' },
  secrets: { accessToken: 'a real one' },
};
const ZONE = {
  name: 'extranet',
  blocks: ['10.0.0.0/8'],
  ports: [443],
  protocols: ['https' as const],
};
const TOLD: Told = {
  keys: { keys: [KEY] },
  sources: [SOURCE],
  vaultKeys: [{ id: 'city-1' }],
  signingKeys: [{ id: 'city-1' }],
  egress: { zones: [ZONE], allowsLoopback: false },
};

test('a configuration with secrets of its own is safe', () => {
  expect(findUnsafe(SAFE, TOLD)).toEqual([]);
});

test.each<[string, Parameters<typeof findUnsafe>, RegExp]>([
  ['no digest secret', [{ ...SAFE, digestSecret: null }, TOLD], /HECHA_DIGEST_SECRET/],
  ['a short digest secret', [{ ...SAFE, digestSecret: 'short' }, TOLD], /32 characters/],
  [
    "a demo's digest secret",
    [{ ...SAFE, digestSecret: 'demo-0123456789abcdef0123456789abcdef' }, TOLD],
    /secret of a demo/,
  ],
  ['no key', [SAFE, { ...TOLD, keys: { keys: [] } }], /holds no key/],
  [
    "a demo's key",
    [SAFE, { ...TOLD, keys: { keys: [{ ...KEY, kid: 'demo-1' }] } }],
    /key of a demo/,
  ],
  [
    'a private key',
    [SAFE, { ...TOLD, keys: { keys: [{ ...KEY, d: 'secret' }] } }],
    /private or symmetric/,
  ],
  ['introspection in production', [{ ...SAFE, introspection: true }, TOLD], /INTROSPECTION/],
  ['debug logs in production', [{ ...SAFE, logLevel: 'debug' }, TOLD], /LOG_LEVEL/],
  [
    'a file of signing keys without any',
    [
      { ...SAFE, signingKeysFile: 'signing-keys' },
      { ...TOLD, signingKeys: [] },
    ],
    /SIGNING_KEYS_FILE holds no key/,
  ],
  [
    'a signing key of a demo',
    [SAFE, { ...TOLD, signingKeys: [{ id: 'demo-key' }] }],
    /SIGNING_KEYS_FILE holds a key of a demo/,
  ],
  ['no key for credentials', [SAFE, { ...TOLD, vaultKeys: [] }], /VAULT_KEYS_FILE holds no key/],
  [
    "a demo's key for credentials",
    [SAFE, { ...TOLD, vaultKeys: [{ id: 'demo-key' }] }],
    /VAULT_KEYS_FILE holds a key of a demo/,
  ],
  [
    'no egress zone',
    [SAFE, { ...TOLD, egress: { zones: [], allowsLoopback: false } }],
    /no egress zone/,
  ],
  [
    'sources on this machine',
    [SAFE, { ...TOLD, egress: { ...TOLD.egress, allowsLoopback: true } }],
    /this very machine/,
  ],
  [
    'a source over plain HTTP',
    [SAFE, { ...TOLD, sources: [{ ...SOURCE, settings: { baseUrl: 'http://library' } }] }],
    /license-library.*plain HTTP/,
  ],
  [
    "a source with a demo's secret",
    [SAFE, { ...TOLD, sources: [{ ...SOURCE, secrets: { accessToken: 'demo-1' } }] }],
    /license-library.*secret of a demo/,
  ],
])('%s is a reason not to start, in a sentence', (_what, args, reason) => {
  const [found, ...others] = findUnsafe(...args);

  expect(found).toMatch(reason);
  expect(others).toEqual([]);
});

test('plain HTTP inside a protected network is allowed where somebody said so', () => {
  const waived = { ...SOURCE, settings: { baseUrl: 'http://library', allowPlainHttp: true } };

  expect(findUnsafe(SAFE, { ...TOLD, sources: [waived] })).toEqual([]);
});
