import { tableExchange } from '../../../connectors/table-exchange/connector.ts';
import { LICENSE_IDS } from '../../../sandbox/fixtures.ts';
import { FOOD_LICENSE, ROAD_LICENSE, WATERWAY_LICENSE } from '../../../sandbox/license-faces.ts';
import { SUBJECTS } from '../../../sandbox/fixtures-subjects.ts';
import { startTableTwin } from '../../../sandbox/table-exchange.ts';
import type { TableServer } from '../../../sandbox/table-link.ts';
import type { ConformanceSubject } from '../../../src/connector-kit/conformance/subject.ts';
import { OPEN_NETWORK } from '../../../src/connector-kit/network.ts';
import { systemClock } from '../../../src/model/clock.ts';
import { E1 } from '../questions.ts';
import { CANARY_SUBJECTS } from '../rig.ts';
import { startRelay } from './relay.ts';
import { NO_KEYS, type SubjectPlan } from './started-subject.ts';
import { createTableTwin, OTHER, PAGE_ROWS, TABLE } from './table-exchange-twin.ts';

/** Tables of an agency in PostgreSQL: asked each time, or scanned and kept. */
export const TABLE_EXCHANGE = planTables('TABLE', () => postgresServer());
export const TABLE_HOLDINGS = planTables('HOLDINGS', () => postgresServer());

const E4 = { kind: 'ENTERPRISE', code: SUBJECTS.e4.code, name: null } as const;

const MAPPING = {
  fields: {
    identifier: { from: '/ZZBS' },
    typeCode: { from: '/ZZLXDM' },
    typeName: { from: '/ZZMC' },
    number: { from: '/ZZBH' },
    holderName: { from: '/CZZT' },
    holderCode: { from: '/CZZTDM' },
    validUntil: { from: '/ZZYXQJZRQ' },
    status: { from: '/ZZZT', pairs: { 有效: 'VALID', 注销: 'CANCELED', 暂扣: 'SUSPENDED' } },
  },
};

const ANSWER = { collection: TABLE, mapping: MAPPING, absence: 'COVERED' } as const;

const HIT = { identifier: LICENSE_IDS.endsOn17 };
const MISS = { identifier: LICENSE_IDS.absent };
const HELD_BY = {
  present: { holder: E1, typeCode: FOOD_LICENSE },
  absent: { holder: CANARY_SUBJECTS.absent, typeCode: FOOD_LICENSE },
};

/** The same in whatever server `serverOf` tells of when the examination begins. */
export function planTables(
  answerFrom: 'TABLE' | 'HOLDINGS',
  serverOf: () => TableServer,
): SubjectPlan {
  return {
    kind: 'table-exchange',
    async start() {
      const tables = await startTableTwin(serverOf());
      const relay = await startRelay(tables.host, tables.port);
      const isAsked = answerFrom === 'TABLE';
      return {
        async stop() {
          await relay.stop();
          await tables.stop();
        },
        subject: {
          kind: tableExchange,
          settings: {
            dialect: tables.dialect,
            host: relay.host,
            port: relay.port,
            database: tables.database,
            user: tables.reader.user,
            encryption: 'NONE',
            pageRows: PAGE_ROWS,
            answerFrom,
            collections: [
              { table: TABLE, id: ['ZZBS'] },
              { table: OTHER, id: ['PRIPID'] },
            ],
            answers: {
              'license.byIdentifier': {
                ...ANSWER,
                keys: { identifier: 'ZZBS' },
                canary: isAsked ? { present: HIT, absent: MISS } : null,
              },
              'license.byHolder': {
                ...ANSWER,
                keys: { code: 'CZZTDM', typeCode: 'ZZLXDM' },
                canary: isAsked ? HELD_BY : null,
              },
            },
          },
          secrets: { password: tables.reader.password },
          network: OPEN_NETWORK,
          clock: systemClock,
          questions: questionsOf(isAsked),
          push: {},
          twin: await createTableTwin(tables, relay),
          logged: null,
        },
      };
    },
  };
}

/** What is asked; only what is asked each time can be asked with a blank. */
function questionsOf(isAsked: boolean): ConformanceSubject['questions'] {
  return {
    'license.byIdentifier': {
      ...NO_KEYS,
      hit: HIT,
      miss: MISS,
      poison: { identifier: LICENSE_IDS.endsOn18 },
      blank: isAsked ? { identifier: '' } : null,
    },
    'license.byHolder': {
      ...NO_KEYS,
      hit: HELD_BY.present,
      miss: HELD_BY.absent,
      poison: { holder: E1, typeCode: ROAD_LICENSE },
      many: { holder: E4, typeCode: WATERWAY_LICENSE },
      blank: isAsked ? { holder: { ...E1, code: '' }, typeCode: FOOD_LICENSE } : null,
    },
  };
}

function postgresServer(): TableServer {
  const url = new URL(process.env['TEST_SERVER_URL'] ?? '');
  return {
    dialect: 'postgresql',
    host: url.hostname,
    port: Number(url.port),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
  };
}
