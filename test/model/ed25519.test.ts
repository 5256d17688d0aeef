import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';

import { expect, test } from '@jest/globals';

import {
  isSignedBy,
  keyDigestOf,
  parsePublicKey,
  parseSignature,
  parseSigningKeys,
  publicBytesOf,
  publicPemOf,
  signBytes,
} from '../../src/model/ed25519.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const LINE = `city-1:${privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64')}`;

test('signs as RFC 8032, section 7.1, test 2 has it', () => {
  const seed = '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb';
  const der = Buffer.from(`302e020100300506032b657004220420${seed}`, 'hex');
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });

  const signature = signBytes({ id: 'rfc', key }, Buffer.from('72', 'hex'));

  expect(signature.toString('hex')).toBe(
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da' +
      '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  );
  expect(isSignedBy(createPublicKey(key), Buffer.from('72', 'hex'), signature)).toBe(true);
  expect(isSignedBy(createPublicKey(key), Buffer.from('73', 'hex'), signature)).toBe(false);
  expect(isSignedBy(publicKey, Buffer.from('72', 'hex'), signature)).toBe(false);
});

test('keys come from a file, the current one first', () => {
  const keys = parseSigningKeys(`# keys of the city\n\n${LINE}\n`);

  expect(keys.map(({ id }) => id)).toEqual(['city-1']);
  expect(keyDigestOf(keys[0]!.key)).toBe(keyDigestOf(publicKey));
});

test.each([
  ['no name', LINE.slice('city-1:'.length)],
  ['no base64', 'city-1:***'],
  ['a secret of another kind', `city-1:${Buffer.alloc(32, 7).toString('base64')}`],
  ['a public key', `city-1:${publicBytesOf(publicKey).toString('base64')}`],
])('%s is refused by its line, and never repeated', (_what, line) => {
  const reading = () => parseSigningKeys(`# keys\n${line}`);

  expect(reading).toThrow(/^Line 2 of the signing keys/u);
  expect(reading).not.toThrow(line.slice(-12));
});

test('two keys have two names', () => {
  expect(() => parseSigningKeys(`${LINE}\n${LINE}`)).toThrow('Two signing keys have one name.');
});

test('a public key is one in PEM and in DER, and nothing else is one', () => {
  const der = publicBytesOf(privateKey);
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;

  for (const text of [publicPemOf(der), der.toString('base64'), ` ${publicPemOf(der)}\n`])
    expect(keyDigestOf(parsePublicKey(text)!)).toBe(keyDigestOf(publicKey));
  for (const text of [
    ...['', 'no key', der.subarray(1).toString('base64')],
    rsa.export({ format: 'pem', type: 'spki' }).toString(),
    // A private key would be taken as the public part of it.
    privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  ])
    expect(parsePublicKey(text)).toBeNull();
});

test('a signature is 64 bytes in base64, written in the one way', () => {
  const signature = signBytes({ id: 'a', key: privateKey }, Buffer.from('x'));

  expect(parseSignature(signature.toString('base64'))).toEqual(signature);
  for (const text of ['', 'AAAA', signature.toString('hex'), signature.toString('base64url')])
    expect(parseSignature(text)).toBeNull();
});
