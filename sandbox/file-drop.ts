import { createHash } from 'node:crypto';
import { mkdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { encodeText, type FileCharset } from './file-charset.ts';
import { escapeXml, writeXlsx } from './file-xlsx.ts';

/** How a drop is written. */
export type DropFormat =
  | {
      readonly type: 'TEXT';
      readonly separator: string;
      readonly charset: FileCharset;
      /** Whether values stand in quotes (RFC 4180). */
      readonly quoted?: boolean;
      readonly lineEnd?: '\n' | '\r\n';
      readonly byteOrderMark?: boolean;
    }
  | { readonly type: 'XLSX' }
  | { readonly type: 'XML'; readonly charset: FileCharset; readonly record: string };

/** What a source hands over: a heading and rows of text. */
export interface DropTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** How a drop says that it is whole. */
export type DropProof =
  | { readonly type: 'NONE' }
  | { readonly type: 'MARKER'; readonly suffix?: string }
  | {
      readonly type: 'MANIFEST';
      readonly algorithm?: 'md5' | 'sha256' | 'sm3';
      readonly suffix?: string;
      /** Records the manifest tells of; left out where it does not tell. */
      readonly rows?: number;
      /** In place of the true digest. */
      readonly digest?: string;
    };

/** A directory in which a simulated source drops its files, well and badly. */
export interface FileDrop {
  readonly directory: string;
  /** Writes the file, then its proof, as a careful source does. */
  drop(path: string, bytes: Uint8Array, proof?: DropProof): Promise<void>;
  /** Writes the first part of a file and nothing that says it is whole. */
  dropHalf(path: string, bytes: Uint8Array): Promise<void>;
  remove(path: string): Promise<void>;
  move(from: string, to: string): Promise<void>;
  /** Sets the time at which a file says it was written. */
  setTime(path: string, at: Date): Promise<void>;
}

/** A source that drops its files in that directory. */
export function createFileDrop(directory: string): FileDrop {
  const put = async (path: string, bytes: Uint8Array | string): Promise<void> => {
    const whole = join(directory, path);
    await mkdir(dirname(whole), { recursive: true });
    await writeFile(whole, bytes);
  };
  return {
    directory,
    async drop(path, bytes, proof = { type: 'MARKER' }) {
      await put(path, bytes);
      if (proof.type === 'MARKER') await put(`${path}${proof.suffix ?? '.ok'}`, '');
      if (proof.type !== 'MANIFEST') return;
      const { algorithm = 'md5', rows } = proof;
      const digest = proof.digest ?? createHash(algorithm).update(bytes).digest('hex');
      const name = path.slice(path.lastIndexOf('/') + 1);
      const count = rows === undefined ? '' : ` rows=${rows}`;
      await put(`${path}${proof.suffix ?? `.${algorithm}`}`, `${digest} *${name}${count}\n`);
    },
    dropHalf: (path, bytes) => put(path, bytes.subarray(0, Math.floor(bytes.length / 2))),
    remove: (path) => rm(join(directory, path), { recursive: true, force: true }),
    async move(from, to) {
      await mkdir(dirname(join(directory, to)), { recursive: true });
      await rename(join(directory, from), join(directory, to));
    },
    setTime: (path, at) => utimes(join(directory, path), at, at),
  };
}

/** A table as the bytes of a file. */
export function writeDrop({ columns, rows }: DropTable, format: DropFormat): Buffer {
  switch (format.type) {
    case 'TEXT': {
      const { separator, quoted = false, lineEnd = '\n', byteOrderMark = false } = format;
      const line = (values: readonly string[]): string =>
        `${values.map((value) => (quoted ? quote(value) : value)).join(separator)}${lineEnd}`;
      const text = [columns, ...rows].map(line).join('');
      return encodeText(`${byteOrderMark ? '\uFEFF' : ''}${text}`, format.charset);
    }
    case 'XLSX':
      return writeXlsx([columns, ...rows]);
    case 'XML':
      return writeXml({ columns, rows }, format);
  }
}

/** Sources declare GBK and mean GB18030. */
function writeXml(
  { columns, rows }: DropTable,
  { charset, record }: { readonly charset: FileCharset; readonly record: string },
): Buffer {
  const declared = charset === 'utf-8' ? 'UTF-8' : 'GBK';
  const records = rows.map((values) => {
    const fields = columns.map((column, index) => {
      const text = escapeXml(values[index] ?? '');
      return text === '' ? `<${column}/>` : `<${column}>${text}</${column}>`;
    });
    return `  <${record}>${fields.join('')}</${record}>\n`;
  });
  const text = `<?xml version="1.0" encoding="${declared}"?>\n<ROWS>\n${records.join('')}</ROWS>\n`;
  return encodeText(text, charset);
}

function quote(value: string): string {
  return `"${value.replaceAll('"', '""')}"`;
}
