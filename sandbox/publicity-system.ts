import { createExchangePlatform, platformReply } from './exchange-platform.ts';
import type { ExchangePlatformOptions } from './exchange-platform.ts';
import type { Fault } from './faults.ts';
import { writeTables } from './publicity-tables.ts';
import type { EnterpriseRecord, Tables } from './publicity-tables.ts';
import { createSupply, SUPPLY_COLLECTIONS } from './publicity-supply.ts';
import { createRecordStore } from './records.ts';
import { findShapeProblem } from './shape.ts';
import type { Shape } from './shape.ts';
import { textInShanghai } from './shanghai-time.ts';
import { htmlReply, isObject, jsonReply } from './wire.ts';
import type { ControlRoute, SourceLogic, Trouble, WireReply, WireRequest } from './wire.ts';

export interface PublicitySystemOptions extends ExchangePlatformOptions {
  readonly enterprises: readonly EnterpriseRecord[];
}

/** Codes the service takes in one call. */
export const CODES_MAX = 20;
const HOUR_MS = 3_600_000;

const OPERATIONS = ['refreshappsecret', 'httpproxy', 'supply'] as const;

const ENTERPRISE_SHAPE: Shape = {
  code: { type: 'text' },
  kind: { type: 'choice', of: ['ENTERPRISE', 'INDIVIDUAL_BUSINESS'] },
  entityId: { type: 'text' },
  registrationNumber: { type: 'text' },
  name: { type: 'text' },
  person: { type: 'text' },
  type: { type: 'text' },
  capital: { type: 'text', nullable: true },
  establishedOn: { type: 'text' },
  approvedOn: { type: 'text' },
  validFrom: { type: 'text' },
  validUntil: { type: 'text', nullable: true },
  address: { type: 'text' },
  scope: { type: 'text' },
  authority: { type: 'text' },
  authorityCode: { type: 'text' },
  stateCode: { type: 'text' },
  stateText: { type: 'text' },
  revokedOn: { type: 'text', nullable: true },
  canceledOn: { type: 'text', nullable: true },
  changes: { type: 'list' },
  anomalies: { type: 'list' },
  violations: { type: 'list' },
  cases: { type: 'list' },
  licenses: { type: 'list' },
};

/** The publicity system behind the exchange platform, as docs/sources/publicity-system.md says. */
export function createPublicitySystem(options: PublicitySystemOptions): SourceLogic {
  const records = createRecordStore({
    enterprises: { shape: ENTERPRISE_SHAPE, idOf: (record) => String(record['code']) },
    ...SUPPLY_COLLECTIONS,
  });
  options.enterprises.forEach((each) => records.put('enterprises', each.code, each));
  const platform = createExchangePlatform(options);
  const supply = createSupply(records);
  const forced: ForcedCode = { code: '0', operation: 'httpproxy', times: 0 };
  const dataTime = (now: number): string =>
    records.find<{ value: string }>('settings', 'as-of')?.value ??
    textInShanghai(Math.floor(now / HOUR_MS) * HOUR_MS);
  const query = (request: WireRequest, fault: Fault | null): WireReply => {
    const codes = readCodes(request.json);
    if (codes === null) return platformReply('1');
    const held = [...new Set(codes)]
      .map((code) => records.find<EnterpriseRecord>('enterprises', code))
      .filter((each) => each !== null)
      .sort((left, right) => (left.entityId < right.entityId ? -1 : 1));
    const subjects = held.map((each) => spoilTables(writeTables(misplace(each, fault)), fault));
    const isList = fault?.kind === 'drift' && fault.how === 'list-instead-of-object';
    return platformReply('0', isList ? subjects : { dataTime: dataTime(request.now), subjects });
  };
  return {
    id: 'publicity-system',
    operations: OPERATIONS,
    records,
    describe,
    answer(request, fault) {
      const { operation } = describe(request);
      if (operation === 'unknown') return htmlReply(404, '404 Not Found');
      if (request.method !== 'POST') return htmlReply(405, '405 Method Not Allowed');
      if (forced.times > 0 && forced.operation === operation) {
        forced.times -= 1;
        return platformReply(forced.code);
      }
      if (operation === 'refreshappsecret') return driftSecret(platform.refresh(request), fault);
      return platform.judge(request) ?? supply(request, fault) ?? query(request, fault);
    },
    trouble: reportTrouble,
    controls: [createCodeControl(forced)],
    stop() {
      // Nothing runs by itself.
    },
  };
}

/** A code of the platform that calls of one operation get next, whatever they ask. */
interface ForcedCode {
  code: string;
  operation: string;
  times: number;
}

/** For the codes no fault stands for: -50 while a secret is refreshed, -48, -6, 10000 and so on. */
function createCodeControl(forced: ForcedCode): ControlRoute {
  return {
    method: 'PUT',
    path: /^\/code$/,
    summary: 'PUT /code {code, operation, times}: answer with this code so many times',
    run(_match, body) {
      const problem = findShapeProblem(body, {
        code: { type: 'text' },
        operation: { type: 'choice', of: OPERATIONS },
        times: { type: 'number', min: 0, max: 1_000_000 },
      });
      if (problem !== null) return { status: 400, json: { error: 'wrong field', ...problem } };
      Object.assign(forced, body);
      return { status: 200, json: forced };
    },
  };
}

function describe(request: WireRequest): { operation: string; keys: readonly string[] } {
  if (request.path === '/sysapi/auth/refreshappsecret') {
    return { operation: 'refreshappsecret', keys: [] };
  }
  if (request.path !== '/httpproxy') return { operation: 'unknown', keys: [] };
  const isSupply = isObject(request.json) && 'supply' in request.json;
  if (isSupply) return { operation: 'supply', keys: [] };
  return { operation: 'httpproxy', keys: readCodes(request.json) ?? [] };
}

/** Null unless the body asks for 1 to CODES_MAX codes. */
function readCodes(json: unknown): readonly string[] | null {
  const codes = isObject(json) ? json['uniscIds'] : undefined;
  if (!Array.isArray(codes) || codes.length < 1 || codes.length > CODES_MAX) return null;
  const texts = codes.filter((code): code is string => typeof code === 'string' && code !== '');
  return texts.length === codes.length ? texts : null;
}

/** A drifted fetch of the secret; only the form changes that a client cannot do without. */
function driftSecret(reply: WireReply, fault: Fault | null): WireReply {
  if (fault?.kind !== 'drift' || fault.how !== 'new-status-code') return reply;
  return jsonReply(200, { code: '77', message: '密钥审批中', data: null });
}

/** The row of somebody else under a code that was not asked for: an answer mixed up on the way. */
function misplace(record: EnterpriseRecord, fault: Fault | null): EnterpriseRecord {
  if (fault?.kind !== 'integrity') return record;
  return { ...record, code: '91350100M000100Y43', name: '另一家示例有限公司', stateCode: '4' };
}

function spoilTables(tables: Tables, fault: Fault | null): unknown {
  if (fault?.kind !== 'drift') return tables;
  const table = 'E_BASEINFO' in tables ? 'E_BASEINFO' : 'E_PB_BASEINFO';
  const row = tables[table]?.[0] ?? {};
  const key = Object.keys(row).find((each) => each.toUpperCase() === 'UNISCID') ?? '';
  const { [key]: code, ...rest } = row;
  switch (fault.how) {
    case 'field-missing':
      return { ...tables, [table]: [rest] };
    case 'field-renamed':
      return { ...tables, [table]: [{ ...rest, SUBJECTCODE: code }] };
    case 'type-changed':
      return { ...tables, [table]: [{ ...row, [key]: { value: code } }] };
    case 'new-status-code':
      return { ...tables, [table]: [newState(row)] };
    default:
      return tables;
  }
}

/** A registration state nobody has heard of, whatever the case of its keys. */
function newState(row: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const pairs = Object.entries(row).map(([key, value]) => {
    if (key.toUpperCase() === 'REGSTATE') return [key, '77'];
    return [key, key.toUpperCase() === 'REGSTATE_CN' ? '待核验' : value];
  });
  return Object.fromEntries(pairs) as Record<string, unknown>;
}

function reportTrouble(trouble: Trouble): WireReply {
  switch (trouble.kind) {
    case 'error':
      return platformReply('2010');
    case 'unauthorized':
      return platformReply('-5');
    case 'quota':
      return platformReply('12103', { resetTime: trouble.resetAt });
    case 'outage':
      return jsonReply(
        503,
        { code: '10000', message: '系统维护', data: null },
        { 'retry-after': new Date(trouble.until).toUTCString() },
      );
  }
}
