import { parentPort } from 'node:worker_threads';

import type { PrintedDocument } from '../model/printed-document.ts';
import { TooManyPages } from './pdf-page.ts';
import { renderPdf } from './pdf.ts';
import type { Rendered } from './renderer.ts';
import { createTypefaces } from './typefaces.ts';

// The thread in which PDFs are made, so that no verdict waits for a page to be set. It keeps the
// fonts, and makes one document after the other.
const faces = createTypefaces();

parentPort?.on('message', (document: PrintedDocument) => {
  void answer(document);
});

async function answer(document: PrintedDocument): Promise<void> {
  const rendered = await render(document);
  const bytes = rendered.ok ? [rendered.pdf.bytes.buffer as ArrayBuffer] : [];
  parentPort?.postMessage(rendered, bytes);
}

async function render(document: PrintedDocument): Promise<Rendered> {
  try {
    return { ok: true, pdf: await renderPdf(faces, document) };
  } catch (error) {
    if (error instanceof TooManyPages) return { ok: false, why: 'TOO_LONG' };
    throw error;
  }
}
