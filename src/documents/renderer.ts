import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';

import { HubError } from '../errors.ts';
import type { PrintedDocument, PrintedPdf } from '../model/printed-document.ts';
import { renderHtml } from './html.ts';
import { PAGES_MAX } from './pdf-page.ts';

/** Prints documents (src/model/printed-document.ts). */
export interface Renderer {
  /** A page that needs nothing else, to be served with `HTML_POLICY`. */
  html(document: PrintedDocument): string;
  /**
   * Made in a thread of its own, one at a time. The same document gives the same bytes.
   *
   * @throws {HubError} DOCUMENT_TOO_LARGE beyond its limits; OVERLOADED when too many wait or one
   *   takes too long.
   */
  pdf(document: PrintedDocument): Promise<PrintedPdf>;
  /** Ends the thread. What waits is answered OVERLOADED. Idempotent. */
  stop(): Promise<void>;
}

/** What the thread answers. */
export type Rendered =
  | { readonly ok: true; readonly pdf: PrintedPdf }
  | { readonly ok: false; readonly why: 'TOO_LONG' };

/** How much is printed at once, and how long. */
export interface RenderLimits {
  /** All texts of one document together. */
  readonly charactersMax: number;
  /** Of one PDF. */
  readonly bytesMax: number;
  readonly waitingMax: number;
  /** Of one document, from its turn on. */
  readonly renderMs: number;
}

const DEFAULT_LIMITS: RenderLimits = {
  charactersMax: 400_000,
  bytesMax: 16 * 1_024 * 1_024,
  waitingMax: 16,
  renderMs: 8_000,
};
const HEAP_MB_MAX = 512;

interface Job {
  readonly document: PrintedDocument;
  readonly settle: (pdf: PrintedPdf) => void;
  readonly fail: (error: Error) => void;
}

/** The thread is started with the first PDF, and kept: fonts are read once. */
export function createRenderer(limits: Partial<RenderLimits> = {}): Renderer {
  const { charactersMax, bytesMax, waitingMax, renderMs } = { ...DEFAULT_LIMITS, ...limits };
  const waiting: Job[] = [];
  let worker: Worker | null = null;
  let current: Job | null = null;
  let late: NodeJS.Timeout | undefined;
  let isStopped = false;

  /** Ends the turn of the current document, and begins the next. */
  function end(settle: (job: Job) => void): void {
    clearTimeout(late);
    const ended = current;
    current = null;
    if (ended !== null) settle(ended);
    next();
  }

  /** A thread that failed or hangs is given up; the next document starts another. */
  function giveUp(error: Error): void {
    void worker?.removeAllListeners().terminate();
    worker = null;
    end((job) => {
      job.fail(error);
    });
  }

  function start(): Worker {
    const started = openThread();
    started.on('message', (rendered: Rendered) => {
      end(({ settle, fail }) => {
        if (!rendered.ok) fail(tooLarge('pages', PAGES_MAX));
        else if (rendered.pdf.bytes.length > bytesMax) fail(tooLarge('bytes', bytesMax));
        else settle(rendered.pdf);
      });
    });
    started.on('error', giveUp);
    // An idle thread keeps no process alive.
    started.unref();
    return started;
  }

  function next(): void {
    if (current !== null || isStopped) return;
    current = waiting.shift() ?? null;
    if (current === null) return;
    late = setTimeout(() => {
      giveUp(new HubError('OVERLOADED'));
    }, renderMs);
    worker ??= start();
    worker.postMessage(current.document);
  }

  return {
    html: renderHtml,
    pdf: async (document) => {
      if (charactersOf(document) > charactersMax) throw tooLarge('characters', charactersMax);
      if (isStopped || waiting.length >= waitingMax) throw new HubError('OVERLOADED');
      return new Promise<PrintedPdf>((settle, fail) => {
        waiting.push({ document, settle, fail });
        next();
      });
    },
    async stop() {
      isStopped = true;
      const ended = worker;
      for (const { fail } of waiting.splice(0)) fail(new HubError('OVERLOADED'));
      giveUp(new HubError('OVERLOADED'));
      await ended?.terminate();
    },
  };
}

function tooLarge(limit: 'characters' | 'pages' | 'bytes', max: number): HubError {
  return new HubError('DOCUMENT_TOO_LARGE', { details: { limit, max } });
}

/** Beside this file. Sources that are not compiled are read through tsx, as in the main thread. */
function openThread(): Worker {
  const extension = extname(import.meta.url);
  const entry = new URL(`./pdf-thread${extension}`, import.meta.url);
  const resourceLimits = { maxOldGenerationSizeMb: HEAP_MB_MAX };
  if (extension !== '.ts') return new Worker(entry, { resourceLimits });
  const through = `
    import('tsx/esm/api').then(({ register }) => {
      register();
      return import(${JSON.stringify(entry.href)});
    });
  `;
  return new Worker(through, { eval: true, resourceLimits });
}

/** UTF-16 units of all strings of a document. */
function charactersOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce((sum: number, one) => sum + charactersOf(one), 0);
}
