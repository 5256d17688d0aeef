import { platformReply } from './exchange-platform.ts';
import type { Fault } from './faults.ts';
import type { RecordStore } from './records.ts';
import type { Shape } from './shape.ts';
import { isObject, type WireReply, type WireRequest } from './wire.ts';

/** Commitments the service takes in one call. */
export const SUPPLIED_MAX = 50;
const SUPPLY = 'ENT_COMMITMENT';

/** A commitment as it was supplied, and what has become of it. */
export interface SuppliedCommitment {
  /** 流水号. */
  readonly serial: string;
  /** 分流状态: 1 passed on, 2 failed, 3 sent back and waiting, 4 ended. */
  readonly state: string;
  readonly field: string | null;
  readonly reason: string | null;
  /** How often its content was taken in: a repetition does not count. */
  readonly effects: number;
  readonly content: Readonly<Record<string, unknown>>;
}

/** Collections of the supply. A commitment's id is its code. */
export const SUPPLY_COLLECTIONS: Readonly<
  Record<string, { readonly shape: Shape; readonly idOf: null }>
> = {
  supplied: {
    shape: {
      serial: { type: 'text' },
      state: { type: 'choice', of: ['1', '2', '3', '4'] },
      field: { type: 'text', nullable: true },
      reason: { type: 'text', nullable: true },
      effects: { type: 'number', min: 1, max: 1_000_000 },
      content: { type: 'object' },
    },
    idOf: null,
  },
};

const MANDATORY = ['CNBM', 'UNISCID', 'CNSY', 'CNNR', 'WNZR', 'CNRQ', 'SLJG_CN', 'SLJGDM'];

/** The supply of commitments (部门协同, 数据接口), over its records. */
export function createSupply(records: RecordStore) {
  let serials = 0;

  function take(row: Readonly<Record<string, unknown>>) {
    const code = String(row['CNBM']);
    const empty = MANDATORY.find((field) => !row[field]);
    if (empty !== undefined)
      return { CNBM: code, LSH: null, ERRFIELD: empty, ERRMSG: `${empty}为必填项` };
    const held = records.find<SuppliedCommitment>('supplied', code);
    const isSame = held !== null && JSON.stringify(held.content) === JSON.stringify(row);
    if (isSame && held.state !== '2') return takenAs(code, held.serial);
    serials += 1;
    const serial = `LS${String(serials).padStart(12, '0')}`;
    const effects = (held?.effects ?? 0) + 1;
    const state = records.find<{ value: string }>('settings', 'supply-state')?.value ?? '1';
    const kept = { serial, state, field: null, reason: null, effects, content: row };
    records.put('supplied', code, kept);
    return takenAs(code, serial);
  }

  function supply(rows: readonly unknown[], fault: Fault | null): WireReply {
    if (rows.length < 1 || rows.length > SUPPLIED_MAX) return platformReply('1');
    const results = rows.map((row) => take(isObject(row) ? row : {}));
    return reply(results, fault);
  }

  function tell(asked: readonly unknown[], fault: Fault | null): WireReply {
    if (asked.length < 1 || asked.length > SUPPLIED_MAX) return platformReply('1');
    const all = records.list<SuppliedCommitment>('supplied');
    const results = asked.map((LSH) => {
      const held = all.find(({ serial }) => serial === LSH);
      return held === undefined
        ? { LSH, FLZT: '9', ERRFIELD: null, ERRMSG: null }
        : { LSH, FLZT: held.state, ERRFIELD: held.field, ERRMSG: held.reason };
    });
    return reply(results, fault);
  }

  /** Null for a body that supplies nothing and asks nothing about what was. */
  return ({ json }: WireRequest, fault: Fault | null): WireReply | null => {
    if (!isObject(json) || json['supply'] !== SUPPLY) return null;
    const { rows, serials: asked } = json;
    if (Array.isArray(rows)) return supply(rows, fault);
    return Array.isArray(asked) ? tell(asked, fault) : platformReply('1');
  };
}

function takenAs(code: string, serial: string) {
  return { CNBM: code, LSH: serial, ERRFIELD: null, ERRMSG: null };
}

function reply(rows: readonly unknown[], fault: Fault | null): WireReply {
  return platformReply('0', {
    rows: fault?.kind === 'integrity' ? rows.toReversed() : rows,
  });
}
