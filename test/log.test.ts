import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { createLog, scrubLine, type Log } from '../src/log.ts';

const ID = '370802199001011237';
const OLD_ID = '370802900101123';
const MOBILE = '13812345678';
const TOKEN = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl';

function linesOf(write: (log: Log) => void): readonly string[] {
  const lines: string[] = [];
  write(createLog({ level: 'debug', write: (line) => lines.push(line) }));
  return lines;
}

const SHAPES: readonly {
  readonly shape: string;
  readonly write: (log: Log, id: string) => void;
}[] = [
  { shape: 'the message', write: (log, id) => log.info({}, `subject ${id} not found`) },
  { shape: 'a Chinese sentence', write: (log, id) => log.info({}, `身份证号${id}未查到`) },
  { shape: 'an address', write: (log, id) => log.info({ url: `/person?zjhm=${id}&x=1` }, 'm') },
  { shape: 'an error', write: (log, id) => log.error({ err: new Error(`no ${id}`) }, 'm') },
  {
    shape: 'the cause of an error',
    write: (log, id) => log.error({ err: new Error('x', { cause: new Error(id) }) }, 'm'),
  },
  { shape: 'a nested object', write: (log, id) => log.info({ a: { b: { c: { d: id } } } }, 'm') },
  { shape: 'a list', write: (log, id) => log.info({ bindings: ['x', [id]] }, 'm') },
  {
    shape: 'JSON inside a text',
    write: (log, id) => log.info({ body: JSON.stringify({ id }) }, 'm'),
  },
  { shape: 'a Chinese key', write: (log, id) => log.info({ 证件号码: id }, 'm') },
  { shape: 'a key', write: (log, id) => log.info({ [id]: true }, 'm') },
  { shape: 'a line of its own', write: (log, id) => log.info({ text: `a\n${id}\tb` }, 'm') },
  { shape: 'a word before it', write: (log, id) => log.info({ text: `ID${id}` }, 'm') },
];

const SPELLINGS = [
  ID,
  '37080219900101123X',
  '37080219900101123x',
  '370802 19900101 1237',
  '370802-19900101-1237',
  '3708 0219 9001 0112 37',
];

describe('an identity number does not reach the log in', () => {
  test.each(SHAPES)('$shape', ({ write }) => {
    for (const spelling of SPELLINGS) {
      const lines = linesOf((log) => {
        write(log, spelling);
      });

      expect(lines).toHaveLength(1);
      expect(lines[0]).not.toMatch(/19900101|1990 ?01 ?01|9001 0112/u);
      expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: expect.any(String) });
    }
  });
});

test('identity numbers written as numbers become texts, and the line stays JSON', () => {
  const [line = ''] = linesOf((log) => {
    log.info({ id: 370802199001011200, old: Number(OLD_ID), mobile: Number(MOBILE) }, 'm');
  });

  expect(JSON.parse(line)).toMatchObject({ id: '[id]', old: '[id]', mobile: '[mobile]' });
});

test('old identity numbers, mobile numbers and tokens do not reach the log', () => {
  const [line = ''] = linesOf((log) => {
    log.info({ a: OLD_ID, b: `tel:${MOBILE}`, c: `Bearer ${TOKEN}`, d: TOKEN }, '138 1234 5678');
  });

  expect(JSON.parse(line)).toMatchObject({
    a: '[id]',
    b: 'tel:[mobile]',
    c: 'Bearer [token]',
    d: '[token]',
    msg: '[mobile]',
  });
});

test('names of agencies, digests, request ids and instants stay readable', () => {
  const facts = {
    agency: '11370800MB28559184',
    digest: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    requestId: '1b4e28ba-2fa1-41d2-883f-001380013800',
    at: '2026-11-23T02:00:00.000Z',
    ms: 1_699_999_999_999,
  };

  const [line = ''] = linesOf((log) => {
    log.info(facts, 'request');
  });

  expect(JSON.parse(line)).toMatchObject(facts);
});

test('whatever is logged stays one line of JSON', () => {
  fc.assert(
    fc.property(fc.json(), fc.string(), (json, text) => {
      const line = JSON.stringify({ a: JSON.parse(json) as unknown, text, id: `${text}${ID}` });

      const scrubbed = scrubLine(line);

      expect(() => JSON.parse(scrubbed) as unknown).not.toThrow();
      expect(scrubbed).not.toContain(ID);
    }),
    { numRuns: 300 },
  );
});

test('an error is told by name, message and place, and not by whatever hangs on it', () => {
  const error = Object.assign(new Error('it broke'), {
    code: '23505',
    detail: 'Key (name)=(张三)',
  });

  const [line = ''] = linesOf((log) => {
    log.error({ err: error }, 'bug');
  });

  expect(line).not.toContain('张三');
  expect(JSON.parse(line)).toMatchObject({
    err: {
      type: 'Error',
      message: 'it broke',
      code: '23505',
      stack: expect.stringContaining('at'),
    },
  });
});
