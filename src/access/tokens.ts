import {
  createLocalJWKSet,
  exportJWK,
  generateKeyPair,
  importJWK,
  jwtVerify,
  SignJWT,
  type JSONWebKeySet,
  type JWK,
  type JWTPayload,
} from 'jose';

import { HubError } from '../errors.ts';
import { ROLES, type Caller, type Role } from '../model/caller.ts';
import type { Clock } from '../model/clock.ts';

/** Asymmetric ones only: a public key can never serve as a shared secret. */
const ALGORITHMS = ['ES256', 'EdDSA', 'RS256', 'PS256'];
const SIGNING_ALGORITHM = 'ES256';
const TOLERANCE_SECONDS = 60;
const TOKEN_BYTES_MAX = 8_192;
const ACCOUNT_LENGTH_MAX = 128;
const AGENCY_CODE = /^[0-9A-Z]{18}$/u;
const SCOPE = /^[\w.:/-]{1,64}$/u;

/** What a token says of whoever presents it. */
export type TokenClaims = Pick<Caller, 'account' | 'agencyCode' | 'roles' | 'scopes'>;

/**
 * Checks a bearer token and reads its claims; roles the hub does not know are left out.
 *
 * @throws {HubError} UNAUTHENTICATED, whatever is wrong: a caller learns nothing from the reason.
 */
export type TokenVerifier = (token: string) => Promise<TokenClaims>;

/** Accepts tokens (JWT, RFC 7519) of one issuer for one audience, signed with one of `keys`. */
export function createTokenVerifier(deps: {
  keys: JSONWebKeySet;
  issuer: string;
  audience: string;
  clock: Clock;
}): TokenVerifier {
  const keyOf = createLocalJWKSet(deps.keys);

  return async (token) => {
    if (Buffer.byteLength(token) > TOKEN_BYTES_MAX) throw new HubError('UNAUTHENTICATED');
    const payload = await readPayload(token);
    const claims = claimsOf(payload);
    if (claims === null) throw new HubError('UNAUTHENTICATED');
    return claims;
  };

  async function readPayload(token: string): Promise<JWTPayload> {
    try {
      const { payload } = await jwtVerify(token, keyOf, {
        algorithms: ALGORITHMS,
        issuer: deps.issuer,
        audience: deps.audience,
        clockTolerance: TOLERANCE_SECONDS,
        currentDate: deps.clock.now(),
        requiredClaims: ['sub', 'exp', 'agency'],
      });
      return payload;
    } catch (cause) {
      throw new HubError('UNAUTHENTICATED', { cause });
    }
  }
}

function claimsOf(payload: JWTPayload): TokenClaims | null {
  const { sub } = payload;
  const agencyCode = payload['agency'];
  const roles = payload['roles'] ?? [];
  const scope = payload['scope'] ?? '';
  if (sub === undefined || sub === '' || sub.length > ACCOUNT_LENGTH_MAX) return null;
  if (typeof agencyCode !== 'string' || !AGENCY_CODE.test(agencyCode)) return null;
  if (!Array.isArray(roles) || typeof scope !== 'string') return null;
  return {
    account: sub,
    agencyCode,
    roles: ROLES.filter((role) => roles.includes(role)),
    scopes: scope.split(' ').filter((one) => SCOPE.test(one)),
  };
}

/** Whom a token names, for whom it is meant, and how long it is valid. */
export interface MintToken {
  readonly privateJwk: JWK;
  readonly issuer: string;
  readonly audience: string;
  readonly account: string;
  /** Unified social credit code of the account's agency. */
  readonly agencyCode: string;
  readonly roles: readonly Role[];
  readonly scopes: readonly string[];
  readonly lifetimeSeconds: number;
  readonly clock: Clock;
}

/** A bearer token as an identity provider would issue it; for demos, tests and machine accounts. */
export async function mintToken(wanted: MintToken): Promise<string> {
  const { privateJwk, clock } = wanted;
  const algorithm = privateJwk.alg ?? SIGNING_ALGORITHM;
  const issuedAt = Math.floor(clock.now().getTime() / 1_000);
  const key = await importJWK(privateJwk, algorithm);
  return new SignJWT({
    agency: wanted.agencyCode,
    roles: [...wanted.roles],
    scope: wanted.scopes.join(' '),
  })
    .setProtectedHeader({
      alg: algorithm,
      typ: 'JWT',
      ...(privateJwk.kid === undefined ? {} : { kid: privateJwk.kid }),
    })
    .setSubject(wanted.account)
    .setIssuer(wanted.issuer)
    .setAudience(wanted.audience)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + wanted.lifetimeSeconds)
    .sign(key);
}

/** A new pair of keys for ES256. The private one is a secret; the public one goes into a JWKS. */
export async function createSigningKey(
  kid: string,
): Promise<{ readonly privateJwk: JWK; readonly publicJwk: JWK }> {
  const pair = await generateKeyPair(SIGNING_ALGORITHM, { extractable: true });
  const about = { kid, alg: SIGNING_ALGORITHM, use: 'sig' };
  return {
    privateJwk: { ...(await exportJWK(pair.privateKey)), ...about },
    publicJwk: { ...(await exportJWK(pair.publicKey)), ...about },
  };
}
