import { graphql } from '../../connectors/graphql/connector.ts';
import { rest } from '../../connectors/rest/connector.ts';
import { startGraphqlApi, startRestApi } from '../../sandbox/open-api.ts';
import type { SpokenSource } from '../../sandbox/spoken-source.ts';
import type { Connector } from '../../src/connector-kit/connector.ts';
import { OPEN_NETWORK } from '../../src/connector-kit/network.ts';
import { systemClock } from '../../src/model/clock.ts';
import { ENVELOPE, MAPPING, ROWS, SUBJECTS } from './exchange-platform-rig.ts';

export const API_SECRET = 'a-secret-of-the-open-api';
const PATH = '/v1/enterprises';

const AUTH = { style: 'HEADER', header: 'x-api-key' };
const ANSWER = {
  keyPointer: '/code',
  batchMax: 20,
  mapping: MAPPING,
  absence: 'COVERED',
  canary: SUBJECTS,
};

/** What each kind is told besides where the API is. */
const TOLD = {
  rest: {
    auth: AUTH,
    answers: {
      'enterprise.registration': {
        ...ANSWER,
        method: 'POST',
        path: PATH,
        body: { codes: { $list: '{code}' } },
        envelope: ENVELOPE,
      },
    },
  },
  graphql: {
    path: PATH,
    auth: AUTH,
    faults: {
      UNAUTHENTICATED: 'AUTH',
      INTERNAL_SERVER_ERROR: 'TRANSIENT',
      BAD_USER_INPUT: 'CONFIG',
      KEY_UNREADABLE: 'KEY',
    },
    answers: {
      'enterprise.registration': {
        ...ANSWER,
        query: 'query Find($codes: [ID!]!) { dataTime enterprises(codes: $codes) { code name } }',
        variables: { codes: { $list: '{code}' } },
        recordsPointer: '/data/enterprises',
        asOfPointer: '/data/dataTime',
      },
    },
  },
} as const;

/** An ordinary API and connectors to it. */
export interface OpenApiRig {
  readonly api: SpokenSource;
  settingsOf(changes?: object): unknown;
  connect(changes?: object): Connector;
  stop(): Promise<void>;
}

export async function startOpenApi(
  kind: 'rest' | 'graphql',
  poison: readonly string[] = [],
): Promise<OpenApiRig> {
  const service = { name: PATH, asks: 'codes', keyField: 'code', keysMax: 20, rows: ROWS, poison };
  const start = kind === 'rest' ? startRestApi : startGraphqlApi;
  const api = await start({ path: PATH, secret: API_SECRET, service });
  const connectors: Connector[] = [];
  const settingsOf = (changes: object = {}) => ({
    ...{ baseUrl: api.tlsBaseUrl, caPem: api.caPem },
    ...TOLD[kind],
    ...changes,
  });
  return {
    api,
    settingsOf,
    connect(changes) {
      const deps = {
        secrets: { secret: API_SECRET },
        clock: systemClock,
        network: OPEN_NETWORK,
      };
      const made =
        kind === 'rest'
          ? rest.create({ ...deps, settings: rest.settings.parse(settingsOf(changes)) })
          : graphql.create({ ...deps, settings: graphql.settings.parse(settingsOf(changes)) });
      connectors.push(made);
      return made;
    },
    async stop() {
      await Promise.all(connectors.map((each) => each.close()));
      await api.stop();
    },
  };
}
