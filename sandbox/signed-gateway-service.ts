import type { Fault } from './faults.ts';
import { textInShanghai } from './shanghai-time.ts';
import { readFields } from './signed-gateway-guards.ts';
import { isObject } from './wire.ts';
import type { WireRequest } from './wire.ts';

/** A row as a service behind a gateway holds it. */
export type ServiceRow = Readonly<Record<string, unknown>>;

/** One service: what it is asked by, and what it holds. */
export interface GatewayService {
  /** 服务编码 (sid) on the national platform, else a path. */
  readonly name: string;
  /** Field of the question that holds the key, or a list of keys. */
  readonly asks: string;
  /** Field of a row that says whom it is about. */
  readonly keyField: string;
  readonly keysMax: number;
  readonly rows: readonly ServiceRow[];
  /** Keys on which the service chokes: any call that asks for one of them gets code 5001. */
  readonly poison: readonly string[];
}

/** What a service says: its own code, and its data where there is any. */
export interface ServiceAnswer {
  readonly code: string;
  readonly message: string;
  readonly data: unknown;
}

/** The keys of a question, from body or query. */
export function readKeys(request: WireRequest, service: GatewayService): readonly string[] {
  const asked = isObject(request.json) ? request.json[service.asks] : undefined;
  if (Array.isArray(asked)) return asked.map(String);
  const text = new Map(readFields(request)).get(service.asks);
  return text === undefined || text === '' ? [] : text.split(',');
}

/** Rows in the service's own order, which is not that of the question. */
export function answerFrom(
  service: GatewayService,
  request: WireRequest,
  fault: Fault | null,
): ServiceAnswer {
  const keys = readKeys(request, service);
  if (keys.length < 1 || keys.length > service.keysMax) {
    return { code: '4000', message: '参数错误', data: null };
  }
  if (keys.some((key) => service.poison.includes(key))) {
    return { code: '5001', message: '数据处理异常', data: null };
  }
  const found = service.rows
    .filter((row) => keys.includes(String(row[service.keyField])))
    .map((row) => spoilRow(row, service, fault))
    .reverse();
  const list = [...found, ...addStrangers(service, keys, fault)];
  const dataTime = textInShanghai(Math.floor(request.now / 3_600_000) * 3_600_000);
  const isBare = fault?.kind === 'drift' && fault.how === 'list-instead-of-object';
  return { code: '200', message: '成功', data: isBare ? list : { dataTime, list } };
}

function spoilRow(row: ServiceRow, { keyField }: GatewayService, fault: Fault | null): ServiceRow {
  if (fault?.kind === 'integrity') return { ...row, [keyField]: '91350100M000100Y43' };
  if (fault?.kind !== 'drift') return row;
  const { [keyField]: key, ...rest } = row;
  switch (fault.how) {
    case 'field-missing':
      return rest;
    case 'field-renamed':
      return { ...rest, subjectCode: key };
    case 'type-changed':
      return { ...row, [keyField]: { value: key } };
    case 'new-status-code':
      return 'state' in row ? { ...row, state: '77' } : row;
    default:
      return row;
  }
}

/** A row nobody asked for, beside the right ones. */
function addStrangers(
  { rows, keyField }: GatewayService,
  keys: readonly string[],
  fault: Fault | null,
): readonly ServiceRow[] {
  if (fault?.kind !== 'integrity' || fault.how !== 'extra') return [];
  return rows.filter((row) => !keys.includes(String(row[keyField]))).slice(0, 1);
}
