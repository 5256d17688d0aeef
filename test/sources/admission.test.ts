import { expect, test } from '@jest/globals';

import type { Answer } from '../../src/connector-kit/connector.ts';
import type { License } from '../../src/model/license.ts';
import { createAdmission } from '../../src/sources/admission.ts';
import { answerOf, licenseOf } from './world.ts';

const admission = createAdmission({
  source: 'library',
  name: 'license.byIdentifier',
  log: { warn: () => undefined },
});

function admitNamed(holderName: string) {
  const license = { ...licenseOf('L-1'), holderName };
  return admission.admit({ ok: true, answer: answerOf([license]) });
}

test.each([
  ['NUL', 'a\u0000b'],
  ['half of a surrogate pair', 'a\ud842b'],
  ['NUL after a backslash', '\\\u0000'],
])('text with %s cannot be kept as evidence, so it is no answer', (_, name) => {
  const admitted = admitNamed(name);

  expect(admitted).toMatchObject({
    ok: false,
    fault: { code: 'SOURCE_MALFORMED', details: { reason: 'UNSTORABLE_TEXT' } },
  });
});

test.each(['阿不都·艾买提', '𠮷野', 'C:\\u0000', '\\\\ud800', '（高新）'])(
  'the name %s can be kept',
  (name) => {
    expect(admitNamed(name).ok).toBe(true);
  },
);

test('a reply of more than a mebibyte is no answer', () => {
  const within: Answer<License> = { ...answerOf([]), raw: new Uint8Array(1_048_576) };
  const beyond: Answer<License> = { ...answerOf([]), raw: new Uint8Array(1_048_577) };

  expect(admission.admit({ ok: true, answer: within }).ok).toBe(true);
  expect(admission.admit({ ok: true, answer: beyond })).toMatchObject({
    ok: false,
    fault: { details: { reason: 'REPLY_TOO_LARGE' } },
  });
});
