import { HubError } from '../../errors.ts';
import type { CallContext } from '../connector.ts';
import type { Holdings, ScanPage, ScannedRow } from '../scan.ts';

/** What a pass gave, to its end or to its fault. */
export interface Pass {
  readonly pages: readonly ScanPage[];
  readonly rows: readonly ScannedRow[];
  readonly rejects: number;
  /** Whether the last page said that it was the real end. */
  readonly isComplete: boolean;
  /** Whether it was said where the pass was complete that it shows everything. */
  readonly isFull: boolean;
  /** Null when the pass ended by itself. */
  readonly fault: HubError | null;
}

/** How a pass is read. */
export interface PassOptions {
  readonly collection: string;
  readonly call: CallContext;
  readonly since?: string | null;
  readonly resume?: string | null;
  readonly isDone?: (pass: string) => Promise<boolean>;
  /** False to keep no pages at all but the last. */
  readonly keepsRows?: boolean;
  /** Called after each page, before the next is asked for. False to leave the rest unread. */
  readonly afterPage?: (page: ScanPage, pages: number) => Promise<boolean>;
}

/** Pages that a pass may have before it is taken for endless. */
const PAGES_MAX = 100_000;

/**
 * Reads a pass page by page and keeps all of it.
 *
 * @throws {Error} what is no fault.
 */
export async function readPass(holdings: Holdings, options: PassOptions): Promise<Pass> {
  const { afterPage = () => Promise.resolve(true), keepsRows = true } = options;
  const pages: ScanPage[] = [];
  let fault: HubError | null = null;
  let count = 0;
  try {
    for await (const page of holdings.scan(toRequest(options), options.call)) {
      if (!keepsRows) pages.length = 0;
      pages.push(page);
      count += 1;
      if (!(await afterPage(page, count))) break;
      if (count === PAGES_MAX) throw new RangeError('A pass without end.');
    }
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    fault = error;
  }
  return {
    pages,
    rows: pages.flatMap((page) => page.rows),
    rejects: pages.reduce((sum, page) => sum + page.rejects.length, 0),
    isComplete: pages.at(-1)?.complete === true,
    isFull: pages.filter(({ complete }) => complete).every(({ full }) => full),
    fault,
  };
}

/** The question that these options put. */
export function toRequest({
  collection,
  since = null,
  resume = null,
  isDone = () => Promise.resolve(false),
}: PassOptions): Parameters<Holdings['scan']>[0] {
  return { collection, since, resume, isDone };
}
