import { expect, test } from '@jest/globals';

import { createVault, parseVaultKeys } from '../../src/vault/vault.ts';

const OLD = { id: 'old', key: Buffer.alloc(32, 1) };
const NEW = { id: 'new', key: Buffer.alloc(32, 2) };
const PLACE = 'source_secret library 1 https://10.1.2.3:443';

test('a secret opens where it was sealed, and nowhere else', () => {
  const vault = createVault([NEW]);
  const sealed = vault.seal('hush', PLACE);

  expect(vault.open(sealed, PLACE)).toBe('hush');
  for (const elsewhere of [`${PLACE} `, PLACE.replace('library', 'other'), PLACE.replace('3', '4')])
    expect(() => vault.open(sealed, elsewhere)).toThrow('does not open here');
});

test('what an earlier key sealed still opens, and new secrets are under the new key', () => {
  const sealed = createVault([OLD]).seal('hush', PLACE);
  const rotated = createVault([NEW, OLD]);

  expect(rotated.open(sealed, PLACE)).toBe('hush');
  expect(rotated.seal('hush', PLACE).keyId).toBe('new');
  expect(() => createVault([NEW]).open(sealed, PLACE)).toThrow('no key old');
});

test('every changed byte is found', () => {
  const vault = createVault([NEW]);
  const sealed = vault.seal('hush', PLACE);

  for (const part of ['wrappedKey', 'sealed'] as const)
    for (let at = 0; at < sealed[part].length; at += 1) {
      const bytes = Buffer.from(sealed[part]);
      bytes.writeUInt8((bytes.readUInt8(at) + 1) % 256, at);
      expect(() => vault.open({ ...sealed, [part]: bytes }, PLACE)).toThrow('does not open here');
    }
});

test('the same secret is sealed differently each time, and stands nowhere in it', () => {
  const vault = createVault([NEW]);
  const [one, other] = [vault.seal('hush', PLACE), vault.seal('hush', PLACE)];

  expect(Buffer.from(one.sealed).equals(Buffer.from(other.sealed))).toBe(false);
  expect(Buffer.from(one.sealed).includes('hush')).toBe(false);
});

test('keys come one a line, and a wrong line is named without its key', () => {
  const text = `# current\nnew:${NEW.key.toString('base64')}\n\nold:${OLD.key.toString('base64')}\n`;

  expect(parseVaultKeys(text).map(({ id }) => id)).toEqual(['new', 'old']);
  expect(() => parseVaultKeys('new:secret key')).toThrow('Line 1 of the key file');
});

test.each([
  ['no key', []],
  ['a short key', [{ id: 'a', key: Buffer.alloc(16) }]],
  ['two keys of one name', [OLD, { ...NEW, id: 'old' }]],
])('there is no vault with %s', (_what, keys) => {
  expect(() => createVault(keys)).toThrow();
});
