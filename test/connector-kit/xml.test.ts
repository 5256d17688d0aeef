import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { encodeGbk } from '../../sandbox/charsets.ts';
import { createXmlReader, parseXml, requireChild } from '../../src/connector-kit/xml.ts';
import { readXml } from '../../src/connector-kit/xml-text.ts';
import { HubError } from '../../src/errors.ts';

const UTF_8 = 'text/xml; charset=utf-8';
const DECLARED_GBK = '<?xml version="1.0" encoding="GBK"?>';

function nested(depth: number): string {
  return `${'<a>'.repeat(depth)}${'</a>'.repeat(depth)}`;
}

function attributes(count: number): string {
  return Array.from({ length: count }, (_, index) => ` a${index}="1"`).join('');
}

function entities(count: number, of: string): string {
  const names = Array.from({ length: count }, (_, index) => `l${index}`);
  return names
    .map((name, index) => `<!ENTITY ${name} "${index === 0 ? of : `&l${index - 1};`.repeat(10)}">`)
    .join('');
}

/** What no careful reader takes for a document: name, bytes and why it is refused. */
const PAYLOADS: readonly (readonly [string, string | Uint8Array, string])[] = [
  ['a document type', '<!DOCTYPE a><a/>', 'XML_DOCTYPE'],
  [
    'an external entity',
    '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    'XML_DOCTYPE',
  ],
  [
    'an entity of the network',
    '<!DOCTYPE a [<!ENTITY x SYSTEM "http://127.0.0.1/x">]><a>&x;</a>',
    'XML_DOCTYPE',
  ],
  [
    'a parameter entity',
    '<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1/p"> %p;]><a/>',
    'XML_DOCTYPE',
  ],
  ['an external subset', '<!DOCTYPE a SYSTEM "http://127.0.0.1/a.dtd"><a/>', 'XML_DOCTYPE'],
  [
    'a public identifier',
    '<!DOCTYPE a PUBLIC "-//A//B" "http://127.0.0.1/a.dtd"><a/>',
    'XML_DOCTYPE',
  ],
  ['a billion laughs', `<!DOCTYPE a [${entities(10, 'ha')}]><a>&l9;</a>`, 'XML_DOCTYPE'],
  [
    'a quadratic blow-up',
    `<!DOCTYPE a [<!ENTITY x "${'y'.repeat(50_000)}">]><a>${'&x;'.repeat(1_000)}</a>`,
    'XML_DOCTYPE',
  ],
  ['an unknown entity', '<a>&nbsp;</a>', 'XML_NOT_WELL_FORMED'],
  ['an entity without an end', '<a>&lt</a>', 'XML_NOT_WELL_FORMED'],
  ['an element that is not closed', '<a><b></b>', 'XML_NOT_WELL_FORMED'],
  ['elements that cross', '<a><b></a></b>', 'XML_NOT_WELL_FORMED'],
  ['an end without a start', '<a></a></b>', 'XML_NOT_WELL_FORMED'],
  ['an attribute twice', '<a b="1" b="2"/>', 'XML_NOT_WELL_FORMED'],
  [
    'an attribute twice by namespace',
    '<a xmlns:x="u" xmlns:y="u" x:b="1" y:b="2"/>',
    'XML_NOT_WELL_FORMED',
  ],
  ['an attribute without quotes', '<a b=1/>', 'XML_NOT_WELL_FORMED'],
  ['a sign of less in an attribute', '<a b="<"/>', 'XML_NOT_WELL_FORMED'],
  ['a prefix nobody declared', '<x:a/>', 'XML_NOT_WELL_FORMED'],
  ['an attribute with a prefix nobody declared', '<a x:b="1"/>', 'XML_NOT_WELL_FORMED'],
  ['a control character', '<a>\u0001</a>', 'XML_NOT_WELL_FORMED'],
  ['a NUL', '<a>\u0000</a>', 'XML_NOT_WELL_FORMED'],
  ['a reference to NUL', '<a>&#0;</a>', 'XML_NOT_WELL_FORMED'],
  ['a reference to half a character', '<a>&#xD800;</a>', 'XML_NOT_WELL_FORMED'],
  ['a character that is none', '<a>\uffff</a>', 'XML_NOT_WELL_FORMED'],
  ['the end of a CDATA section in text', '<a>]]></a>', 'XML_NOT_WELL_FORMED'],
  ['a CDATA section without an end', '<a><![CDATA[b</a>', 'XML_NOT_WELL_FORMED'],
  ['a comment without an end', '<a><!-- b</a>', 'XML_NOT_WELL_FORMED'],
  ['a comment with two dashes', '<a><!-- b -- c --></a>', 'XML_NOT_WELL_FORMED'],
  ['two roots', '<a/><b/>', 'XML_NOT_WELL_FORMED'],
  ['text after the root', '<a/>b', 'XML_NOT_WELL_FORMED'],
  ['text before the root', 'b<a/>', 'XML_NOT_WELL_FORMED'],
  ['a declaration that comes late', ' <?xml version="1.0"?><a/>', 'XML_NOT_WELL_FORMED'],
  ['a version of its own', '<?xml version="2.0"?><a/>', 'XML_NOT_WELL_FORMED'],
  ['nothing', '', 'XML_NOT_WELL_FORMED'],
  ['a page of HTML', '<html><br><p>x</html>', 'XML_NOT_WELL_FORMED'],
  [
    'two prefixed attributes of one name',
    '<a xmlns:x="u" xmlns:y="v" x:b="1" y:b="2"/>',
    'XML_AMBIGUOUS_ATTRIBUTE',
  ],
  ['65 levels', nested(65), 'XML_TOO_DEEP'],
  ['100,000 levels', nested(100_000), 'XML_TOO_DEEP'],
  ['1,001 attributes', `<a${attributes(1_001)}/>`, 'XML_TOO_MANY_ATTRIBUTES'],
  ['GBK that says it is UTF-8', encodeGbk('<a>济宁</a>'), 'CHARSET'],
  ['UTF-8 that says it is GBK', Buffer.from(`${DECLARED_GBK}<a>济宁</a>`), 'CHARSET_CONFLICT'],
  ['a charset nobody knows', '<?xml version="1.0" encoding="UTF-7"?><a/>', 'CHARSET'],
  ['UTF-16', Buffer.from('\ufeff<a/>', 'utf16le'), 'CHARSET'],
  ['an overlong form', Uint8Array.of(0x3c, 0x61, 0x2f, 0xc0, 0xbe), 'CHARSET'],
  ['half a character', Buffer.from('<a>济</a>').subarray(0, 5), 'CHARSET'],
];

describe('a payload', () => {
  test('of every kind is in the list, and of at least 25 kinds', () => {
    expect(PAYLOADS).toHaveLength(45);
    expect(new Set(PAYLOADS.map(([name]) => name)).size).toBe(45);
  });

  test.each(PAYLOADS)('with %s is refused and not quoted', (_name, payload, reason) => {
    const bytes = typeof payload === 'string' ? Buffer.from(payload, 'utf8') : payload;
    const startedAt = performance.now();

    const read = (): unknown => readXml(bytes, UTF_8);

    expect(read).toThrow(
      expect.objectContaining({
        code: 'SOURCE_MALFORMED',
        details: { hop: 'SOURCE', reason },
        cause: undefined,
      }),
    );
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});

describe('a document', () => {
  test('has local names, namespaces, attributes and text with CDATA, as written', () => {
    const text =
      '<x:a xmlns:x="urn:x" xmlns="urn:y" x:k="1" x:m="4" k="3" l="&quot;2&#x4E00;"> <b>1<![CDATA[<c>&amp;]]>&lt;2</b> </x:a>';

    const root = parseXml(text);

    expect(root).toEqual({
      name: 'a',
      namespace: 'urn:x',
      attributes: { k: '3', l: '"2一', m: '4' },
      text: '  ',
      line: 1,
      children: [
        {
          name: 'b',
          namespace: 'urn:y',
          attributes: {},
          text: '1<c>&amp;<2',
          line: 1,
          children: [],
        },
      ],
    });
  });

  test.each([
    ['64 levels', nested(64)],
    ['1,000 attributes', `<a${attributes(1_000)}/>`],
    ['a byte order mark', '\ufeff<a/>'],
    ['a comment and an instruction', '<?xml version="1.0" standalone="yes"?><!-- b --><?c d?><a/>'],
  ])('with %s is read', (_name, text) => {
    expect(readXml(Buffer.from(text), UTF_8)).toMatchObject({ name: 'a' });
  });

  test.each([
    ['its own declaration', encodeGbk(`${DECLARED_GBK}<a>济宁</a>`), undefined],
    ['the content type', encodeGbk('<a>济宁</a>'), 'text/xml;charset=gb18030'],
    ['both', encodeGbk(`${DECLARED_GBK}<a>济宁</a>`), 'text/xml; charset="GB2312"'],
    ['neither', Buffer.from('<a>济宁</a>'), 'text/xml'],
    ['a mark', Buffer.from('\ufeff<a>济宁</a>'), undefined],
  ])('is in the charset of %s', (_name, bytes, contentType) => {
    expect(readXml(bytes, contentType).text).toBe('济宁');
  });

  test.each([
    ['content type and declaration', `${DECLARED_GBK}<a/>`, UTF_8],
    ['mark and declaration', `\ufeff${DECLARED_GBK}<a/>`, undefined],
    ['mark and content type', '\ufeff<a/>', 'text/xml; charset=gbk'],
  ])('whose %s disagree is malformed', (_name, text, contentType) => {
    const read = (): unknown => readXml(Buffer.from(text), contentType);

    expect(read).toThrow(
      expect.objectContaining({ details: { hop: 'SOURCE', reason: 'CHARSET_CONFLICT' } }),
    );
  });

  test('that arrives in pieces is read as it is in one', () => {
    const text = '<?xml version="1.0"?><r><a k="济"><![CDATA[1]]>宁</a>\r\n<a>&lt;</a></r>';
    const whole = parseXml(text).children;
    const property = fc.property(fc.nat(text.length), fc.nat(text.length), (one, other) => {
      const [from, to] = [Math.min(one, other), Math.max(one, other)];
      const read: unknown[] = [];
      const reader = createXmlReader({ depth: 2, onElement: (element) => read.push(element) });

      [text.slice(0, from), text.slice(from, to), text.slice(to)].forEach((part) => {
        reader.write(part);
      });
      reader.close();

      expect(read).toEqual(whole);
    });

    fc.assert(property, { numRuns: 200 });
  });

  test('of any characters gives an element or a fault of the source, and nothing else', () => {
    const letters = fc.string({
      unit: fc.constantFrom(
        '<',
        '>',
        '/',
        'a',
        '"',
        '=',
        '&',
        ';',
        '!',
        '[',
        ']',
        '-',
        '?',
        ' ',
        'x:',
      ),
      maxLength: 60,
    });
    const property = fc.property(letters, (text) => {
      try {
        return typeof parseXml(text).name === 'string';
      } catch (error) {
        return error instanceof HubError && error.code === 'SOURCE_MALFORMED';
      }
    });

    fc.assert(property, { numRuns: 2_000 });
  });
});

test.each([['<r/>'], ['<r><a/><a/></r>']])('%s has not exactly one child of the name', (text) => {
  const require = (): unknown => requireChild(parseXml(text), 'a', '/r');

  expect(require).toThrow(
    expect.objectContaining({
      code: 'SOURCE_SCHEMA_DRIFT',
      details: { hop: 'SOURCE', reason: 'SCHEMA', pointer: '/r/a' },
    }),
  );
});
