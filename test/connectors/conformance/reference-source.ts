import { setTimeout as delay } from 'node:timers/promises';

import { sourceFault } from '../../../src/connector-kit/fault.ts';
import { timeoutFault } from '../../../src/connector-kit/network-fault.ts';
import type { Twin, TwinFault } from '../../../src/connector-kit/conformance/twin.ts';
import type { CommitmentRecord } from '../../../src/model/commitment-record.ts';

/** A row of the reference source. */
export interface ReferenceRow {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly status: string;
  /** Counts every change of the source. */
  readonly version: number;
}

/** A source in this process: what rules of scans and pushes are tried on. */
export interface ReferenceSource {
  /** Rows with a greater id, changed after this version, in the order of their ids. */
  list(
    asked: { readonly after: string; readonly since: number; readonly count: number },
    signal: AbortSignal,
  ): Promise<readonly ReferenceRow[]>;
  version(signal: AbortSignal): Promise<number>;
  /** The reference under which a record is kept; the same for the same code. */
  keep(record: CommitmentRecord, signal: AbortSignal): Promise<string>;
  has(reference: string, signal: AbortSignal): Promise<boolean>;
  readonly twin: Twin;
}

/** What the questions are about: found, and not touched by rules that rewrite rows. */
export const KNOWN = {
  id: 'k-known',
  code: '91370811MA3TE0T0XE',
  name: '济宁示例商贸有限公司',
  status: '存续',
} as const;

const PAGE_ROWS = 5;
const LONG_ROWS = 50_000;

/** Opens a source that holds the known row and nothing else. */
export function createReferenceSource(): ReferenceSource {
  const rows = new Map<string, ReferenceRow>();
  let index: readonly string[] | null = null;
  const kept = new Map<string, number>();
  let fault: TwinFault | null = null;
  let version = 0;
  let calls = 0;
  const put = (row: Omit<ReferenceRow, 'version'>): void => {
    version += 1;
    rows.set(row.id, { ...row, version });
    index = null;
  };
  const idOf = (row: number): string => `r-${String(row).padStart(9, '0')}`;
  const putNumber = (row: number): void => {
    put({ id: idOf(row), code: idOf(row), name: `示例${row}`, status: '存续' });
  };
  const restore = (): void => {
    rows.clear();
    put(KNOWN);
  };
  restore();
  const serve = async (signal: AbortSignal): Promise<void> => {
    if (signal.aborted) throw timeoutFault();
    calls += 1;
    await suffer(fault, signal);
  };
  return {
    async list({ after, since, count }, signal) {
      await serve(signal);
      index ??= [...rows.keys()].toSorted();
      const page: ReferenceRow[] = [];
      for (let at = firstAfter(index, after); at < index.length && page.length < count; at += 1) {
        const row = rows.get(index[at] ?? '');
        if (row !== undefined && row.version > since) page.push(row);
      }
      return fault === 'UNKNOWN_STATUS' ? page.map((row) => ({ ...row, status: '其他' })) : page;
    },
    async version(signal) {
      await serve(signal);
      return version;
    },
    async keep({ code }, signal) {
      await serve(signal);
      kept.set(code, 1);
      return `kept-${code}`;
    },
    async has(reference, signal) {
      await serve(signal);
      return kept.has(reference.replace('kept-', ''));
    },
    twin: createTwin(),
  };

  function createTwin(): Twin {
    return {
      faults: ['REFUSED', 'HANG', 'UNAUTHORIZED', 'QUOTA', 'FAILING', 'UNKNOWN_STATUS'],
      evil: [],
      part: null,
      async setFault(name) {
        fault = name as TwinFault;
      },
      async clearFault() {
        fault = null;
      },
      callCount: () => Promise.resolve(calls),
      openSockets: () => Promise.resolve(0),
      pendingCalls: () => Promise.resolve(0),
      scan: {
        collection: 'enterprises',
        pageRows: PAGE_ROWS,
        longRows: LONG_ROWS,
        async reset(count) {
          rows.clear();
          index = null;
          for (let row = 1; row <= count; row += 1) putNumber(row);
        },
        async write(row) {
          putNumber(row);
        },
        ids: () => Promise.resolve([...rows.keys()]),
        idOf,
        async restore() {
          restore();
        },
      },
      push: { effects: (code) => Promise.resolve(kept.get(code) ?? 0) },
    };
  }
}

async function suffer(fault: TwinFault | null, signal: AbortSignal): Promise<void> {
  switch (fault) {
    case 'REFUSED':
      throw sourceFault('SOURCE_UNREACHABLE', { hop: 'NETWORK', reason: 'REFUSED' });
    case 'FAILING':
      throw sourceFault('SOURCE_UNREACHABLE', { hop: 'SOURCE', reason: 'FAILING' });
    case 'UNAUTHORIZED':
      throw sourceFault('SOURCE_UNAUTHORIZED', { hop: 'SOURCE', reason: 'PASSWORD' });
    case 'QUOTA':
      throw sourceFault('SOURCE_QUOTA_EXHAUSTED', {
        hop: 'SOURCE',
        reason: 'QUOTA',
        retryAfterMs: 60_000,
      });
    case 'HANG':
      await delay(60_000, undefined, { signal }).catch(() => undefined);
      throw timeoutFault();
    default:
      return;
  }
}

/** Where the first id stands that is greater than this one. */
function firstAfter(index: readonly string[], id: string): number {
  let [low, high] = [0, index.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((index[middle] ?? '') <= id) low = middle + 1;
    else high = middle;
  }
  return low;
}
