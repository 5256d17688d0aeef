import { expect, test } from '@jest/globals';

import { soap } from '../../connectors/soap/connector.ts';
import { findResult } from '../../connectors/soap/envelope.ts';
import { writeCdata } from '../../connectors/soap/markup.ts';
import { createKeyReader, readRows, type RowSettings } from '../../connectors/soap/rows.ts';
import { OPEN_NETWORK } from '../../src/connector-kit/network.ts';
import { parseXml } from '../../src/connector-kit/xml.ts';
import { systemClock } from '../../src/model/clock.ts';
import { rawReply, startRawServer } from '../connector-kit/raw-server.ts';
import { within } from './rig.ts';
import { E1, PASSWORD, startSoapRig } from './soap-rig.ts';

const SETTINGS: RowSettings = {
  envelope: {
    ...{ codePath: '/r/code', ok: ['0'], none: ['9'], faults: {}, resetPath: null },
    ...{ rowsPath: '/r/row', besideRows: ['total'], asOfPath: null },
  },
  columnAttribute: null,
  repeated: [],
};

function read(inside: string, changes: Partial<RowSettings> = {}): unknown {
  const root = parseXml(`<r><code>0</code>${inside}</r>`);
  try {
    return readRows(root, { ...SETTINGS, ...changes }, null).rows.map(({ value }) => value);
  } catch (error) {
    const { reason, pointer } = (error as { details: Record<string, string> }).details;
    return `${reason} ${pointer}`;
  }
}

test.each([
  ['<row><A>1</A><B/></row><row/>', {}, [{ A: '1', B: '' }, {}]],
  ['<row><A><B>1</B></A></row>', {}, [{ A: { B: '1' } }]],
  ['<row><A>1</A><A>2</A></row>', { repeated: ['A'] }, [{ A: ['1', '2'] }]],
  ['<row><A>1</A></row>', { repeated: ['A'] }, [{ A: ['1'] }]],
  ['<row><A>1</A><A>2</A></row>', {}, 'REPEATED /r/row/0/A'],
  ['<row><c n="A">1</c><c n="B">2</c></row>', { columnAttribute: 'n' }, [{ A: '1', B: '2' }]],
  ['<row><c n="A">1</c><c>2</c></row>', { columnAttribute: 'n' }, 'SCHEMA /r/row/0/c'],
  ['<row><c n="A">1</c><c n="A">2</c></row>', { columnAttribute: 'n' }, 'REPEATED /r/row/0/A'],
  ['<row><__proto__>1</__proto__></row>', {}, [JSON.parse('{"__proto__":"1"}')]],
  ['<total>0</total>', {}, []],
  ['<record/>', {}, 'UNKNOWN_ELEMENT /r'],
] as readonly (readonly [string, Partial<RowSettings>, unknown])[])(
  'rows %s with %j are read as columns, or not at all',
  (inside, changes, told) => {
    expect(read(inside, changes)).toEqual(told);
  },
);

test.each([{}, { TYSHXYDM: null }, { TYSHXYDM: ' ' }, { TYSHXYDM: { V: 'x' } }])(
  'a row %j does not say whom it is about',
  (value) => {
    const readKey = createKeyReader('TYSHXYDM');

    expect(() => readKey?.({ value, pointer: '/r/row/0' })).toThrow(
      expect.objectContaining({
        details: { hop: 'SOURCE', reason: 'SCHEMA', pointer: '/r/row/0/TYSHXYDM' },
      }),
    );
  },
);

test.each([']]>', 'a]]>b]]>', ']]', '<![CDATA[x]]>'])(
  'the text %j stays whole in CDATA',
  (text) => {
    expect(parseXml(`<a>${writeCdata(text)}</a>`).text).toBe(text);
  },
);

const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/';

test.each([
  [
    'an envelope of another namespace',
    `<Envelope><b:Body xmlns:b="${SOAP}"><r><o/></r></b:Body></Envelope>`,
  ],
  ['two responses', `<Envelope xmlns="${SOAP}"><Body><r><o/></r><r><o/></r></Body></Envelope>`],
  ['two bodies', `<Envelope xmlns="${SOAP}"><Body><r><o/></r></Body><Body/></Envelope>`],
])('%s gives no result', (_what, text) => {
  expect(() => findResult(parseXml(text), null)).toThrow(
    expect.objectContaining({ code: 'SOURCE_SCHEMA_DRIFT' }),
  );
});

test('bytes that declared nothing are read again whatever charset they were in', async () => {
  const rig = await startSoapRig();
  rig.service.behave({ declared: null });
  await rig.service.setFault({ kind: 'charset', how: 'gbk-undeclared' });
  const key = { kind: 'ENTERPRISE', code: E1, name: null } as const;
  const connector = rig.connect({ settings: { undeclaredCharset: 'GB18030' } });

  const [result] =
    (await connector.capabilities['enterprise.registration']?.lookup([key], within(5_000))) ?? [];
  const raw = result?.ok ? result.answer.raw : new Uint8Array();
  const again = rig.connect().reread?.('enterprise.registration', key, raw);
  await rig.stop();

  expect(result).toMatchObject({ ok: true, answer: { records: [{ code: E1 }] } });
  expect(again).toEqual(result);
});

test('a user of HTTP is sent with the secret, and nobody without one', async () => {
  const server = await startRawServer(() => rawReply('', { status: '401 Unauthorized' }));
  const rig = await startSoapRig();
  const lookUp = async (user: string | null): Promise<string> => {
    const settings = { baseUrl: server.baseUrl, allowPlainHttp: true, caPem: null, user };
    const connector = soap.create({
      settings: soap.settings.parse(rig.settingsOf({ settings })),
      ...{ secrets: { secret: PASSWORD }, clock: systemClock, network: OPEN_NETWORK },
    });
    await connector.check(AbortSignal.timeout(2_000));
    await connector.close();
    return server.requests.at(-1) ?? '';
  };

  const [named, nameless] = [await lookUp('核查'), await lookUp(null)];
  await server.stop();
  await rig.stop();

  const login = Buffer.from(`核查:${PASSWORD}`).toString('base64');
  expect(/authorization: (.*)\r/iu.exec(named)?.[1]).toBe(`Basic ${login}`);
  expect(nameless.toLowerCase()).not.toContain('authorization');
});
