import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import { findResult, writeCall } from '../../connectors/soap/envelope.ts';
import { soap } from '../../connectors/soap/connector.ts';
import { writeMarkup } from '../../connectors/soap/markup.ts';
import type { SoapManner } from '../../sandbox/soap.ts';
import type { Connector, SubjectKey } from '../../src/connector-kit/connector.ts';
import { OPEN_NETWORK } from '../../src/connector-kit/network.ts';
import { parseXml } from '../../src/connector-kit/xml.ts';
import { systemClock } from '../../src/model/clock.ts';
import { within } from './rig.ts';
import { ABSENT, E1, E2, H1, startSoapRig, UNREADABLE, type SoapRig } from './soap-rig.ts';

const NAME = '济宁市任城区（高新）示例商贸有限公司';

let rig: SoapRig;
beforeAll(async () => {
  rig = await startSoapRig();
});
beforeEach(async () => {
  await rig.service.setFault(null);
  rig.service.behave({ prefix: 'soap', wrap: 'CDATA', declared: 'UTF-8', inner: '' });
  rig.service.forgetCalls();
});
afterAll(() => rig.stop());

function subject(code: string, kind: SubjectKey['kind'] = 'ENTERPRISE'): SubjectKey {
  return { kind, code, name: null };
}

function need<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error('missing');
  return value;
}

async function ask(connector: Connector, ...keys: readonly SubjectKey[]) {
  return need(connector.capabilities['enterprise.registration']).lookup(keys, within(5_000));
}

/** `name` of each record, `none`, or the code and reason of the fault. */
async function tell(connector: Connector, ...keys: readonly SubjectKey[]) {
  try {
    return (await ask(connector, ...keys)).map((result) => {
      if (!result.ok) return `${result.fault.code} ${String(result.fault.details['reason'])}`;
      return result.answer.records.map(({ name }) => name).join() || 'none';
    });
  } catch (error) {
    const { code, details } = error as { code: string; details: Record<string, string> };
    return `${code} ${details['reason']}`;
  }
}

describe('a lookup', () => {
  test('finds what is held and says none of what is not, each under its own key', async () => {
    const told = await tell(rig.connect(), subject(ABSENT), subject(E2), subject(E1), subject(E2));

    expect(told).toEqual(['none', '兖州<示例>建筑]]>有限公司', NAME, '兖州<示例>建筑]]>有限公司']);
    expect(rig.service.listCalls().map(({ keys }) => keys)).toEqual([[ABSENT, E2, E1]]);
  });

  test('reads nil as nothing, and the date of the holdings', async () => {
    const [result] = await ask(rig.connect(), subject(E1));

    const answer = result?.ok ? result.answer : null;
    expect(need(answer).records).toMatchObject([
      { code: E1, legalRepresentative: '张三', validUntil: null, longTerm: true, status: 'ACTIVE' },
    ]);
    expect(Date.now() - need(need(answer).asOf).getTime()).toBeLessThan(3_600_000);
  });

  test('loses only the answer of the row that cannot be read', async () => {
    const told = await tell(rig.connect(), subject(UNREADABLE), subject(H1));

    expect(told).toEqual(['SOURCE_SCHEMA_DRIFT BAD_DATE', '任城区示例小吃店']);
  });

  test('is halved until the key is found on which the source chokes', async () => {
    const other = await startSoapRig([E2]);

    const told = await tell(other.connect(), ...[E1, E2, H1].map((code) => subject(code)));
    await other.stop();

    expect(told).toEqual([NAME, 'SOURCE_UNSUPPORTED CODE_5001', '任城区示例小吃店']);
  });

  test.each([
    ']]>',
    ']]><code>91370812MA3TE0T18W</code><![CDATA[',
    '</code><code>91370812MA3TE0T18W',
    '&lt;',
    '<!DOCTYPE a>',
    '$&{name}',
    '一𠮷',
  ])('of the key %j asks about that text and no other', async (code) => {
    const told = await tell(rig.connect(), subject(code));

    expect(told).toEqual(['none']);
    expect(rig.service.listCalls().map(({ keys }) => keys)).toEqual([[code]]);
  });

  test.each(['a\u0001b', 'a\ud800b', 'a\uffffb'])(
    'of the key %j, which XML cannot hold, is refused without a call',
    async (code) => {
      const told = await tell(rig.connect(), subject(code));

      expect(told).toEqual(['SOURCE_UNSUPPORTED KEY_HOLDS_CONTROL']);
      expect(rig.service.listCalls()).toEqual([]);
    },
  );
});

describe('a reply', () => {
  test.each([
    { prefix: 'S' },
    { prefix: '' },
    { prefix: 'soapenv', wrap: 'ESCAPED' },
    { declared: null },
    { inner: '\n  <?xml version="1.0" encoding="GBK"?>\r\n' },
  ] as readonly Partial<SoapManner>[])('written with %j says the same', async (manner) => {
    rig.service.behave(manner);

    expect(await tell(rig.connect(), subject(E1))).toEqual([NAME]);
  });

  test('in GBK is read by the declaration it makes, and its bytes likewise', async () => {
    rig.service.behave({ declared: 'GBK' });
    await rig.service.setFault({ kind: 'charset', how: 'gbk-undeclared' });
    const connector = rig.connect();

    const [result] = await ask(connector, subject(E1));
    const raw = result?.ok ? result.answer.raw : new Uint8Array();
    const again = need(connector.reread)('enterprise.registration', subject(E1), raw);

    expect(result).toMatchObject({ ok: true, answer: { records: [{ code: E1 }] } });
    expect(again).toEqual(result);
  });

  test.each([
    ['GBK', null, 'SOURCE_MALFORMED CHARSET_CONFLICT'],
    ['GBK', 'gbk-declared-as-utf8', 'SOURCE_MALFORMED CHARSET_CONFLICT'],
    ['UTF-8', 'gbk-declared-as-utf8', 'SOURCE_MALFORMED CHARSET'],
    [null, 'gbk-undeclared', 'SOURCE_MALFORMED CHARSET'],
    ['ISO-8859-1', 'latin1', 'SOURCE_MALFORMED CHARSET'],
  ] as const)('that says %s and is sent as %s is malformed', async (declared, how, problem) => {
    rig.service.behave({ declared });
    await rig.service.setFault(how === null ? null : { kind: 'charset', how });

    expect(await tell(rig.connect(), subject(E1))).toBe(problem);
  });

  test.each([
    [{ kind: 'down' }, 'SOURCE_UNREACHABLE HTTP_503'],
    [{ kind: 'unauthorized' }, 'SOURCE_UNAUTHORIZED FAULT_CODE'],
    [{ kind: 'quota', resetAt: null }, 'SOURCE_QUOTA_EXHAUSTED CODE_4290'],
    [{ kind: 'outage', until: null }, 'SOURCE_SCHEDULED_OUTAGE HTTP_503'],
    [{ kind: 'integrity', how: 'extra' }, 'SOURCE_INTEGRITY_FAILED OTHER_SUBJECT'],
    [{ kind: 'integrity', how: 'wrong-row' }, 'SOURCE_INTEGRITY_FAILED OTHER_SUBJECT'],
    [{ kind: 'drift', how: 'field-missing' }, 'SOURCE_SCHEMA_DRIFT SCHEMA'],
    [{ kind: 'drift', how: 'field-renamed' }, 'SOURCE_SCHEMA_DRIFT SCHEMA'],
    [{ kind: 'drift', how: 'type-changed' }, 'SOURCE_SCHEMA_DRIFT SCHEMA'],
    [{ kind: 'drift', how: 'list-instead-of-object' }, 'SOURCE_SCHEMA_DRIFT SCHEMA'],
    [{ kind: 'malformed', body: 'html-200' }, 'SOURCE_MALFORMED CONTENT_TYPE'],
    [{ kind: 'malformed', body: 'empty' }, 'SOURCE_MALFORMED XML_NOT_WELL_FORMED'],
    [{ kind: 'malformed', body: 'truncated' }, 'SOURCE_MALFORMED XML_NOT_WELL_FORMED'],
    [{ kind: 'malformed', body: 'deep-100k' }, 'SOURCE_MALFORMED XML_NOT_WELL_FORMED'],
    [{ kind: 'malformed', body: 'gzip-bomb' }, 'SOURCE_MALFORMED TOO_LARGE'],
    [{ kind: 'malformed', body: 'infinite' }, 'SOURCE_MALFORMED CONTENT_TYPE'],
    [{ kind: 'malformed', body: 'redirect' }, 'SOURCE_MALFORMED HTTP_302'],
    [{ kind: 'reset' }, 'SOURCE_UNREACHABLE RESET'],
  ] as const)('under %j is a fault and never an answer', async (fault, problem) => {
    const connector = rig.connect();
    await rig.service.setFault(fault);

    expect(await tell(connector, subject(E1))).toBe(problem);
  });

  const inner = (text: string): string => {
    const result = `<r><out><![CDATA[${text}]]></out></r>`;
    return `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>${result}</e:Body></e:Envelope>`;
  };
  const whole = '<response><head><code>0</code></head><body><rows></rows></body></response>';

  test.each([
    ['no code', '<response><body><rows/></body></response>', 'SOURCE_SCHEMA_DRIFT SCHEMA'],
    [
      'a code twice',
      whole.replace('</head>', '<code>0</code></head>'),
      'SOURCE_SCHEMA_DRIFT SCHEMA',
    ],
    ['an unknown code', whole.replace('>0<', '>9<'), 'SOURCE_SCHEMA_DRIFT UNKNOWN_CODE'],
    ['nothing around the rows', whole.replace('<rows></rows>', ''), 'SOURCE_SCHEMA_DRIFT SCHEMA'],
    [
      'rows of another name',
      whole.replace('<rows>', '<rows><record/>'),
      'SOURCE_SCHEMA_DRIFT UNKNOWN_ELEMENT',
    ],
    [
      'a column twice',
      whole.replace('<rows>', `<rows><row><TYSHXYDM>${E1}</TYSHXYDM><A/><A/></row>`),
      'SOURCE_SCHEMA_DRIFT REPEATED',
    ],
    ['another root', '<answer/>', 'SOURCE_SCHEMA_DRIFT SCHEMA'],
    ['a document type', `<!DOCTYPE a>${whole}`, 'SOURCE_MALFORMED XML_DOCTYPE'],
    ['half of it', whole.slice(0, 40), 'SOURCE_MALFORMED XML_NOT_WELL_FORMED'],
    ['nothing', '', 'SOURCE_MALFORMED XML_NOT_WELL_FORMED'],
  ])('whose inner document has %s is a fault', async (_what, text, problem) => {
    rig.service.sayNext(inner(text));

    expect(await tell(rig.connect(), subject(E1))).toBe(problem);
  });

  test.each([
    ['SOAP 1.2', inner(whole).replaceAll('schemas.xmlsoap.org/soap', 'www.w3.org/2003/05/soap')],
    ['no body', '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"/>'],
    ['two results', inner(whole).replace('</r>', '<out/></r>')],
    ['another result', inner(whole).replaceAll('out>', 'other>')],
    ['XML that is no text', inner(whole).replace(/<!\[CDATA\[|\]\]>/gu, '')],
    ['no envelope', '<html></html>'],
  ])('with %s is drift', async (_what, body) => {
    rig.service.sayNext(body);

    expect(await tell(rig.connect(), subject(E1))).toBe('SOURCE_SCHEMA_DRIFT SCHEMA');
  });

  test('that says nothing is held is believed where it is whole', async () => {
    rig.service.sayNext(inner(whole));

    expect(await tell(rig.connect(), subject(E1))).toEqual(['none']);
  });
});

describe('a Fault', () => {
  test.each([
    ['Client', 'bad request', 'SOURCE_UNSUPPORTED FAULT_CLIENT'],
    ['Client.Other', 'bad request', 'SOURCE_UNSUPPORTED FAULT_CLIENT'],
    ['Client.Authentication', 'login', 'SOURCE_UNAUTHORIZED FAULT_CODE'],
    ['Server', 'oops', 'SOURCE_UNREACHABLE FAULT_SERVER'],
    ['Server.Busy', 'oops', 'SOURCE_UNREACHABLE FAULT_SERVER'],
    ['Server', 'quota exceeded', 'SOURCE_QUOTA_EXHAUSTED FAULT_TEXT'],
    ['VersionMismatch', '', 'SOURCE_UNSUPPORTED FAULT_VERSIONMISMATCH'],
    ['MustUnderstand', '', 'SOURCE_UNSUPPORTED FAULT_MUSTUNDERSTAND'],
  ])('of code %s and text %j has its class with either status', async (code, text, problem) => {
    const connector = rig.connect();
    rig.service.failNext(code, text, 500);
    rig.service.failNext(code, text, 200);

    const told = [await tell(connector, subject(E1)), await tell(connector, subject(E1))];

    expect(told).toEqual([problem, problem]);
  });

  test('of an unknown code is drift, or the status it came with', async () => {
    const connector = rig.connect();
    rig.service.failNext('Mystery', '', 200);
    rig.service.failNext('Mystery', '', 500);

    const told = [await tell(connector, subject(E1)), await tell(connector, subject(E1))];

    expect(told).toEqual(['SOURCE_SCHEMA_DRIFT UNKNOWN_FAULT', 'SOURCE_UNREACHABLE HTTP_500']);
  });

  test.each([
    ['<html><body>500</body></html>', 'text/html'],
    ['<html><br></html>', 'text/xml'],
    ['<Envelope/>', 'text/xml'],
  ])('that is only the page %j is the status it came with', async (body, contentType) => {
    rig.service.sayNext(body, { status: 500, contentType });

    expect(await tell(rig.connect(), subject(E1))).toBe('SOURCE_UNREACHABLE HTTP_500');
  });
});

test('network, credentials, clock and each capability are checked', async () => {
  const lines = await rig.connect().check(AbortSignal.timeout(5_000));

  expect(lines.map(({ probe, result }) => `${probe} ${result}`)).toEqual([
    'network PASS',
    'TLS PASS',
    'credentials PASS',
    'clock PASS',
    'read enterprise.registration PASS',
  ]);
});

test('a wrong password fails the credentials and nothing before them', async () => {
  const settings = soap.settings.parse(rig.settingsOf());
  const deps = { settings, clock: systemClock, network: OPEN_NETWORK };
  const stranger = soap.create({ ...deps, secrets: { secret: 'wrong' } });

  const lines = await stranger.check(AbortSignal.timeout(5_000));
  await stranger.close();

  const failed = lines.filter(({ result }) => result === 'FAIL');
  expect(failed.map(({ probe, code }) => `${probe} ${code}`)).toEqual([
    'credentials SOURCE_UNAUTHORIZED',
  ]);
});

test('a draft of a mapping names the columns of a canary and none of its values', async () => {
  const drafted = await need(rig.connect().discover)(AbortSignal.timeout(5_000));

  const [collection] = drafted;
  const fields = need(collection).fields.map(({ pointer, type }) => `${pointer} ${type}`);
  expect(need(collection).name).toBe('enterprise.registration');
  expect(fields).toEqual([
    '/TYSHXYDM TEXT',
    '/JGMC TEXT',
    '/FDDBR TEXT',
    '/CLRQ DAY',
    '/JYQXZ OTHER',
    '/ZT TEXT',
  ]);
});

test('recorded bytes are read again without a call, for each key of the batch they answered', async () => {
  const connector = rig.connect();
  const results = await ask(connector, subject(E1), subject(ABSENT));
  const raw = results[0]?.ok ? results[0].answer.raw : new Uint8Array();
  rig.service.forgetCalls();

  const again = [E1, ABSENT].map((code) =>
    need(connector.reread)('enterprise.registration', subject(code), raw),
  );

  expect(again).toEqual(results);
  expect(rig.service.listCalls()).toEqual([]);
});

test('an argument carries its document whole, whatever its texts hold', () => {
  const settings = soap.settings.parse(rig.settingsOf({ settings: { namespace: 'a"<&b' } }));
  const text = ']]>\r\n\t<&>"\'';
  const attributes = { a: text };
  const inner = writeMarkup({ name: 'q', attributes, text, children: [] });

  const call = parseXml(writeCall(settings, 'op', inner));
  const [operation] = need(call.children[1]).children;
  const read = parseXml(need(need(operation).children[0]).text);

  expect(need(operation).namespace).toBe('a"<&b');
  expect(read).toMatchObject({ name: 'q', attributes, text });
  expect(() => findResult(call, null)).not.toThrow();
});
