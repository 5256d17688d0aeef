import { createHmac } from 'node:crypto';

import { beforeAll, describe, expect, test } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT, type JWK } from 'jose';

import { createSigningKey, createTokenVerifier, mintToken } from '../../src/access/tokens.ts';
import { HubError } from '../../src/errors.ts';

const NOW = new Date('2026-11-23T02:00:00Z');
const clock = { now: () => NOW };
const issuer = 'https://id.example';
const audience = 'hecha';
const agencyCode = '11370800MB28559184';
const seconds = NOW.getTime() / 1_000;

interface Keys {
  readonly own: JWK;
  readonly publicJwk: JWK;
  readonly stranger: JWK;
}

let keys: Keys;
beforeAll(async () => {
  const own = await createSigningKey('key-1');
  const stranger = await createSigningKey('key-1');
  keys = { own: own.privateJwk, publicJwk: own.publicJwk, stranger: stranger.privateJwk };
});

const verifier = (...more: readonly JWK[]) =>
  createTokenVerifier({ keys: { keys: [keys.publicJwk, ...more] }, issuer, audience, clock });

const mint = (given: Partial<Parameters<typeof mintToken>[0]> = {}) =>
  mintToken({
    privateJwk: keys.own,
    issuer,
    audience,
    account: 'officer-1',
    agencyCode,
    roles: ['COUNTER'],
    scopes: ['evidence:read'],
    lifetimeSeconds: 600,
    clock,
    ...given,
  });

/** A token with any header and claims, signed with the hub's own key. */
const sign = async (
  claims: object,
  header: object = {},
  sub: string | null = 'officer-1',
): Promise<string> => {
  const { importJWK } = await import('jose');
  const jwt = new SignJWT({ iss: issuer, aud: audience, ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: 'key-1', ...header })
    .setExpirationTime(seconds + 600);
  return (sub === null ? jwt : jwt.setSubject(sub)).sign(await importJWK(keys.own, 'ES256'));
};

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const body = () =>
  encode({ iss: issuer, aud: audience, sub: 'x', agency: agencyCode, exp: seconds + 600 });

/** HMAC with the public key as secret: works where the algorithm is taken from the token. */
function confused(): string {
  const head = encode({ alg: 'HS256', kid: 'key-1' });
  const signature = createHmac('sha256', JSON.stringify(keys.publicJwk))
    .update(`${head}.${body()}`)
    .digest('base64url');
  return `${head}.${body()}.${signature}`;
}

async function withOwnKeyInHeader(): Promise<string> {
  const { importJWK } = await import('jose');
  const { d: _, ...jwk } = keys.stranger;
  return new SignJWT({ iss: issuer, aud: audience, sub: 'x', agency: agencyCode })
    .setProtectedHeader({ alg: 'ES256', jwk })
    .setExpirationTime(seconds + 600)
    .sign(await importJWK(keys.stranger, 'ES256'));
}

const spoiled = async (change: (parts: string[]) => void) => {
  const parts = (await mint()).split('.');
  change(parts);
  return parts.join('.');
};

const BAD: readonly { readonly what: string; readonly make: () => Promise<string> | string }[] = [
  { what: 'nothing', make: () => '' },
  { what: 'three words', make: () => 'a.b.c' },
  { what: 'no signature', make: () => `${encode({ alg: 'none' })}.${body()}.` },
  {
    what: 'the algorithm none, spelled otherwise',
    make: () => `${encode({ alg: 'nOnE' })}.${body()}.`,
  },
  { what: 'the public key used as a shared secret', make: confused },
  {
    what: 'the key of a stranger under our key id',
    make: () => mint({ privateJwk: keys.stranger }),
  },
  { what: 'its own key in the header', make: withOwnKeyInHeader },
  {
    what: 'a key id that is a path',
    make: () => sign({ agency: agencyCode }, { kid: '../../etc/passwd' }),
  },
  {
    what: 'a critical header that nobody knows',
    make: () => sign({ agency: agencyCode }, { crit: ['x'], x: 1 }).catch(() => 'a.b.c'),
  },
  { what: 'another issuer', make: () => mint({ issuer: 'https://evil.example' }) },
  { what: 'another audience', make: () => mint({ audience: 'other' }) },
  { what: 'an end that is past', make: () => mint({ lifetimeSeconds: -61 }) },
  { what: 'a beginning to come', make: () => sign({ agency: agencyCode, nbf: seconds + 61 }) },
  { what: 'no account', make: () => sign({ agency: agencyCode }, {}, null) },
  { what: 'an empty account', make: () => sign({ agency: agencyCode }, {}, '') },
  { what: 'no agency', make: () => sign({}) },
  { what: 'an agency of another length', make: () => sign({ agency: '1137080000431234' }) },
  { what: 'an agency that is a list', make: () => sign({ agency: [agencyCode] }) },
  { what: 'roles that are no list', make: () => sign({ agency: agencyCode, roles: 'OPERATOR' }) },
  { what: 'a scope that is no text', make: () => sign({ agency: agencyCode, scope: { a: 1 } }) },
  { what: 'more than 8 KB', make: () => sign({ agency: agencyCode, pad: 'x'.repeat(8_192) }) },
  {
    what: 'a changed claim',
    make: () =>
      spoiled((parts) => {
        parts[1] = encode({ iss: issuer, aud: audience, sub: 'x', agency: agencyCode, exp: 9e9 });
      }),
  },
  {
    what: 'a signature cut short',
    make: () =>
      spoiled((parts) => {
        parts[2] = parts[2]?.slice(0, -2) ?? '';
      }),
  },
  {
    what: 'a fifth part',
    make: async () => `${await mint()}.x.y`,
  },
];

describe('a token is refused with one constant fault when it has', () => {
  test.each(BAD)('$what', async ({ make }) => {
    const token = await make();

    const fault = await verifier()(token).catch((error: unknown) => error);

    expect(fault).toBeInstanceOf(HubError);
    expect((fault as HubError).code).toBe('UNAUTHENTICATED');
    expect((fault as HubError).details).toEqual({});
  });
});

test('a token says who the caller is; roles and scopes that nobody knows are left out', async () => {
  const token = await sign({
    agency: agencyCode,
    roles: ['COUNTER', 'EMPEROR', 7, 'AUDITOR'],
    scope: 'evidence:read  <script>',
  });

  const claims = await verifier()(token);

  expect(claims).toEqual({
    account: 'officer-1',
    agencyCode,
    roles: ['COUNTER', 'AUDITOR'],
    scopes: ['evidence:read'],
  });
});

test('what the hub mints the hub accepts, up to a minute after its end', async () => {
  const token = await mint({ lifetimeSeconds: -59 });

  const claims = await verifier()(token);

  expect(claims).toEqual({
    account: 'officer-1',
    agencyCode,
    roles: ['COUNTER'],
    scopes: ['evidence:read'],
  });
});

test.each(['EdDSA', 'RS256', 'PS256'])('a token signed with %s is accepted', async (algorithm) => {
  const pair = await generateKeyPair(algorithm, { extractable: true });
  const about = { kid: 'key-2', alg: algorithm, use: 'sig' };
  const privateJwk = { ...(await exportJWK(pair.privateKey)), ...about };
  const publicJwk = { ...(await exportJWK(pair.publicKey)), ...about };

  const claims = await verifier(publicJwk)(await mint({ privateJwk }));

  expect(claims.account).toBe('officer-1');
});

test('a symmetric key among the public ones signs nothing', async () => {
  const secret = { kty: 'oct', k: 'c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0', kid: 'key-3', alg: 'HS256' };
  const token = await mint({ privateJwk: secret });

  await expect(verifier(secret)(token)).rejects.toThrow('did not identify itself');
});

test('a new key is a pair: the public half lacks the secret', async () => {
  const pair = await createSigningKey('mine');

  expect(pair.privateJwk).toMatchObject({ kid: 'mine', alg: 'ES256', kty: 'EC' });
  expect(pair.privateJwk.d).toEqual(expect.any(String));
  expect(pair.publicJwk).not.toHaveProperty('d');
});
