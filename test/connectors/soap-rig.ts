import { soap } from '../../connectors/soap/connector.ts';
import { startSoapService, type SoapRow, type SoapService } from '../../sandbox/soap.ts';
import type { Connector } from '../../src/connector-kit/connector.ts';
import { OPEN_NETWORK } from '../../src/connector-kit/network.ts';
import { systemClock } from '../../src/model/clock.ts';

export const E1 = '91370811MA3TE0T0XE';
export const E2 = '91370812MA3TE0T18W';
export const H1 = '92370811MA3TE0T266';
/** A sound code that the service does not hold. */
export const ABSENT = '91370800MB28559184';
/** A subject whose row holds a day that is none. */
export const UNREADABLE = 'UNREADABLE-1';
export const PASSWORD = 'pass<&>word';
const PATH = '/services/dspSdGovSjxxWs.IDspSdGovSjxxInterfHttpSoap11Endpoint/';

function row(code: string, name: string, state: string): SoapRow {
  return { TYSHXYDM: code, JGMC: name, FDDBR: '张三', CLRQ: '2019-03-01', JYQXZ: null, ZT: state };
}

/** What the service holds, by codes. */
export const ROWS: readonly SoapRow[] = [
  row(E1, '济宁市任城区（高新）示例商贸有限公司', '1'),
  row(E2, '兖州<示例>建筑]]>有限公司', '2'),
  row(H1, '任城区示例小吃店', '1'),
  { ...row(UNREADABLE, '示例', '1'), JYQXZ: 'soon' },
];

export const ENVELOPE = {
  codePath: '/response/head/code',
  ok: ['0'],
  faults: { '4290': 'QUOTA', '4000': 'CONFIG', '5001': 'KEY' },
  resetPath: '/response/body/until',
  rowsPath: '/response/body/rows/row',
  asOfPath: '/response/body/dataTime',
};

export const SUBJECTS = {
  present: { kind: 'ENTERPRISE', code: E1, name: null },
  absent: { kind: 'ENTERPRISE', code: ABSENT, name: null },
} as const;

/** The question of the service: who asks, and a list of codes. */
export const QUESTION = {
  name: 'request',
  children: [
    {
      name: 'head',
      children: [
        { name: 'user', text: 'hecha' },
        { name: 'password', secret: true },
      ],
    },
    { name: 'codes', children: [{ $list: { name: 'code', text: '{code}' } }] },
  ],
};

/** Asked for up to 10 codes at once. */
export const ANSWER = {
  operation: 'queryByCode',
  action: 'urn:queryByCode',
  question: QUESTION,
  keyColumn: 'TYSHXYDM',
  batchMax: 10,
  envelope: ENVELOPE,
  mapping: {
    fields: {
      code: { from: '/TYSHXYDM' },
      name: { from: '/JGMC' },
      legalRepresentative: { from: '/FDDBR' },
      establishedOn: { from: '/CLRQ' },
      validFrom: { from: '/CLRQ' },
      validUntil: { from: '/JYQXZ' },
      status: { from: '/ZT', pairs: { '1': 'ACTIVE', '2': 'LICENSE_WITHDRAWN' } },
    },
  },
  absence: 'COVERED',
  canary: SUBJECTS,
};

/** A SOAP service, and connectors to it. */
export interface SoapRig {
  readonly service: SoapService;
  settingsOf(changes?: { readonly answer?: object; readonly settings?: object }): unknown;
  connect(changes?: { readonly answer?: object; readonly settings?: object }): Connector;
  stop(): Promise<void>;
}

export async function startSoapRig(poison: readonly string[] = []): Promise<SoapRig> {
  const namespace = 'http://ws.example.gov.cn/';
  const { operation, action } = ANSWER;
  const service = await startSoapService({
    ...{ path: PATH, namespace, operation, action, user: 'hecha', password: PASSWORD },
    ...{ keyColumn: 'TYSHXYDM', keysMax: 10, rows: ROWS, poison },
  });
  const connectors: Connector[] = [];
  const settingsOf: SoapRig['settingsOf'] = ({ answer, settings } = {}) => ({
    ...{ baseUrl: service.tlsBaseUrl, caPem: service.caPem, path: PATH, namespace },
    returned: 'out',
    faultCodes: { 'Client.Authentication': 'AUTH' },
    faultTexts: { 'quota exceeded': 'QUOTA' },
    answers: { 'enterprise.registration': { ...ANSWER, ...answer } },
    ...settings,
  });
  return {
    service,
    settingsOf,
    connect(changes) {
      const made = soap.create({
        settings: soap.settings.parse(settingsOf(changes)),
        secrets: { secret: PASSWORD },
        clock: systemClock,
        network: OPEN_NETWORK,
      });
      connectors.push(made);
      return made;
    },
    async stop() {
      await Promise.all(connectors.map((each) => each.close()));
      await service.stop();
    },
  };
}
