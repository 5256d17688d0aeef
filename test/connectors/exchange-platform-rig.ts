import { exchangePlatform } from '../../connectors/exchange-platform/connector.ts';
import { startSignedGateway, type GatewayStyle } from '../../sandbox/signed-gateway.ts';
import type { SignedGateway, SignedGatewayOptions } from '../../sandbox/signed-gateway.ts';
import type { Connector } from '../../src/connector-kit/connector.ts';
import { OPEN_NETWORK } from '../../src/connector-kit/network.ts';
import { systemClock } from '../../src/model/clock.ts';

export const E1 = '91370811MA3TE0T0XE';
export const H1 = '92370811MA3TE0T266';
export const PERSON = '370800199001010015';
export const SECRET = '0123456789abcdef0123456789abcdef';
const CALLER = 'hecha-demo';

function row(code: string, name: string, state: string): Readonly<Record<string, string>> {
  return {
    code,
    name,
    state,
    person: '张三',
    from: '2019-03-01',
    to: '',
    since: '2019-03-01 08:00:00',
  };
}

/** A subject whose row holds a day that is none. */
export const UNREADABLE = 'UNREADABLE-1';

/** What the service of enterprises holds, by codes. */
export const ROWS = [
  row(E1, '济宁市任城区（高新）示例商贸有限公司', '1'),
  row('91370812MA3TE0T18W', '兖州示例建筑有限公司', '2'),
  row(H1, '任城区示例小吃店', '1'),
  { ...row(UNREADABLE, '示例', '1'), from: 'soon' },
];

/** A sound code that the service does not hold. */
export const ABSENT = '91370800MB28559184';

export const ENVELOPE = {
  codePointer: '/code',
  ok: ['200'],
  faults: { '4010': 'AUTH', '4290': 'QUOTA', '5000': 'TRANSIENT', '4000': 'CONFIG', '5001': 'KEY' },
  resetPointer: '/data/until',
  recordsPointer: '/data/list',
  asOfPointer: '/data/dataTime',
};

export const MAPPING = {
  fields: {
    code: { from: '/code' },
    name: { from: '/name' },
    legalRepresentative: { from: '/person' },
    establishedOn: { from: '/since' },
    validFrom: { from: '/from' },
    validUntil: { from: '/to' },
    status: { from: '/state', pairs: { '1': 'ACTIVE', '2': 'LICENSE_WITHDRAWN' } },
  },
};

export const SUBJECTS = {
  present: { kind: 'ENTERPRISE', code: E1, name: null },
  absent: { kind: 'ENTERPRISE', code: ABSENT, name: null },
} as const;

/** Asked for up to 20 codes at once. */
export const BATCH_ANSWER = {
  path: '/api/enterprise',
  body: { codes: { $list: '{code}' } },
  kinds: { ENTERPRISE: '企业', INDIVIDUAL_BUSINESS: '个体' },
  keyPointer: '/code',
  batchMax: 20,
  envelope: ENVELOPE,
  mapping: MAPPING,
  absence: 'COVERED',
  canary: SUBJECTS,
};

const SCHEMES: Readonly<Record<GatewayStyle, object>> = {
  GJGXJHPT: { style: 'GJGXJHPT', rid: CALLER, refreshWaitMs: 300 },
  TIF: { style: 'TIF', paasid: CALLER, refusals: { clock: ['4011'] } },
  REQUEST_SECRET: { style: 'REQUEST_SECRET', appKey: CALLER, refusals: { stale: ['4013'] } },
  HMAC_SHA256: { style: 'SORTED_HMAC', appKey: CALLER },
  HMAC_SM3: { style: 'SORTED_HMAC', appKey: CALLER, digest: 'SM3' },
};

export const SID = 's_370800_demo_0001';

/** A gateway of one style with the service of enterprises behind it, and connectors to it. */
export interface GatewayRig {
  readonly gateway: SignedGateway;
  /** Settings over those that fit the gateway; `answer` over the one for registrations. */
  connect(changes?: { readonly answer?: object; readonly settings?: object }): Connector;
  settingsOf(changes?: { readonly answer?: object; readonly settings?: object }): unknown;
  stop(): Promise<void>;
}

export async function startGatewayRig(
  style: GatewayStyle,
  options: Partial<SignedGatewayOptions> & { readonly poison?: readonly string[] } = {},
): Promise<GatewayRig> {
  const { poison = [], ...rest } = options;
  const name = style === 'GJGXJHPT' ? SID : '/api/enterprise';
  const service = { name, asks: 'codes', keyField: 'code', keysMax: 20, rows: ROWS, poison };
  const gateway = await startSignedGateway({
    ...{ style, caller: CALLER, secret: SECRET, services: [service] },
    ...rest,
  });
  const target = style === 'GJGXJHPT' ? { path: null, sid: SID } : {};
  const connectors: Connector[] = [];
  const settingsOf: GatewayRig['settingsOf'] = ({ answer, settings } = {}) => ({
    baseUrl: gateway.tlsBaseUrl,
    caPem: gateway.caPem,
    scheme: SCHEMES[style],
    answers: { 'enterprise.registration': { ...BATCH_ANSWER, ...target, ...answer } },
    ...settings,
  });
  return {
    gateway,
    settingsOf,
    connect(changes) {
      const made = exchangePlatform.create({
        settings: exchangePlatform.settings.parse(settingsOf(changes)),
        secrets: { secret: SECRET },
        clock: systemClock,
        network: OPEN_NETWORK,
      });
      connectors.push(made);
      return made;
    },
    async stop() {
      await Promise.all(connectors.map((each) => each.close()));
      await gateway.stop();
    },
  };
}
