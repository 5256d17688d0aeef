import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { soap } from '../../connectors/soap/connector.ts';
import { OPEN_NETWORK } from '../../src/connector-kit/network.ts';
import { systemClock } from '../../src/model/clock.ts';
import { ENVELOPE, startSoapRig, type SoapRig } from './soap-rig.ts';

let rig: SoapRig;
beforeAll(async () => {
  rig = await startSoapRig();
});
afterAll(() => rig.stop());

describe('settings', () => {
  const create = (answer: object, settings: object = {}, secret: string | null = 'x'): unknown => {
    const parsed = soap.settings.safeParse(rig.settingsOf({ answer, settings }));
    if (!parsed.success) return parsed.error.issues[0]?.path.join('/');
    const deps = { settings: parsed.data, clock: systemClock, network: OPEN_NETWORK };
    try {
      return soap.create({ ...deps, secrets: { secret } });
    } catch (error) {
      const { code, details } = error as { code: string; details: Record<string, string> };
      return `${code} ${details['field']} ${details['reason']}`;
    }
  };
  const at = 'UNSAFE_CONFIGURATION /answers/enterprise.registration';
  const asking = (question: unknown): object => ({ batchMax: 1, question });

  test.each([
    [asking('<a/>'), `${at}/question ELEMENT`],
    [asking({ name: 'x:a', text: '{code}' }), `${at}/question ELEMENT`],
    [asking({ name: '{code}' }), `${at}/question ELEMENT`],
    [asking({ name: 'a', text: '{code}', tail: 'b' }), `${at}/question ELEMENT`],
    [asking({ name: 'a', text: '{code}', children: [] }), `${at}/question ELEMENT_CONTENT`],
    [asking({ name: 'a', text: 1 }), `${at}/question ELEMENT_TEXT`],
    [asking({ name: 'a', attributes: { 'x y': '1' } }), `${at}/question ELEMENT_ATTRIBUTE`],
    [asking({ name: 'a', text: '{codes}' }), `${at}/question UNKNOWN_PLACEHOLDER`],
    [asking({ name: 'a', text: 'all' }), `${at} KEY_NOT_ASKED`],
    [{ question: { name: 'a', text: '{code}' } }, `${at}/batchMax NO_LIST`],
    [{ keyColumn: null }, `${at}/batchMax NO_ROW_KEY`],
    [{ operation: 'a:b' }, 'answers/enterprise.registration/operation'],
    [{ action: 'a"b' }, 'answers/enterprise.registration/action'],
    [
      { envelope: { ...ENVELOPE, rowsPath: 'row' } },
      'answers/enterprise.registration/envelope/rowsPath',
    ],
  ])('of an answer with %j are refused by name', (answer, problem) => {
    expect(create(answer)).toBe(problem);
  });

  test('that need a secret are refused without one', () => {
    expect(create({}, {}, null)).toBe(`${at}/question NO_SECRET`);
    expect(create({}, { user: 'hecha' }, null)).toBe('UNSAFE_CONFIGURATION /user NO_SECRET');
  });

  test.each(['/a?b', '/a/../b', 'a'])('with the path %j are refused by name', (path) => {
    expect(create({}, { path })).toBe('path');
  });
});
