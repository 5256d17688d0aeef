import { randomUUID } from 'node:crypto';

import { makePopulation } from '../../sandbox/population.ts';
import {
  BulkVerificationDocument,
  OpenBulkVerificationDocument,
  StartBulkVerificationDocument,
  type BulkVerificationQuery,
} from '../generated/operations.ts';
import type { AskOptions, TestHub } from './hub.ts';
import { matterCode, MATTERS } from './journey.ts';

export type BulkSeen = NonNullable<BulkVerificationQuery['bulkVerification']>;

/** What the hub says of a file. */
export interface UploadTold {
  readonly stored?: boolean;
  readonly rows?: number;
  readonly rejected?: number;
  readonly rejects?: readonly { line: number; field: string | null; reason: string }[];
  readonly userErrors?: readonly { code: string; field: readonly string[] }[];
  readonly errors?: readonly { extensions: { code: string } }[];
}

/** Synthetic enterprises of whom the sources agree, and what they are called in a list. */
export function makeEnterprises(count: number) {
  return makeSubjects(count).enterprises;
}

/** The same, with their licenses. */
export function makeSubjects(count: number) {
  return makePopulation({ seed: 28, enterprises: count });
}

/** A file as a spreadsheet writes it. */
export function csvOf(rows: readonly { readonly name: string; readonly code: string }[]): string {
  return ['名称,统一社会信用代码', ...rows.map(({ name, code }) => `${name},${code}`), ''].join(
    '\r\n',
  );
}

export async function openBulk(
  hub: TestHub,
  wanted: { matter?: string; number?: string } = {},
  options: AskOptions = {},
) {
  const input = {
    matterCode: matterCode(wanted.matter ?? MATTERS.registration),
    number: wanted.number ?? `B-${randomUUID().slice(0, 8)}`,
    legalBasis: '市场主体登记管理条例第三条',
    idempotencyKey: randomUUID(),
  };
  const { openBulkVerification: opened } = await hub.get(
    OpenBulkVerificationDocument,
    { input },
    options,
  );
  if (opened.bulkVerification === null) throw new Error(JSON.stringify(opened.userErrors));
  return opened.bulkVerification;
}

export async function upload(
  hub: TestHub,
  bulk: { readonly uploadPath: string },
  file: string | Uint8Array<ArrayBuffer>,
  options: AskOptions & { readonly query?: string; readonly type?: string } = {},
): Promise<{ readonly status: number; readonly told: UploadTold }> {
  const response = await fetch(`${hub.url}${bulk.uploadPath}${options.query ?? ''}`, {
    method: 'PUT',
    headers: {
      'content-type': options.type ?? 'text/csv',
      authorization: `Bearer ${await hub.token(options.role ?? 'COUNTER', options)}`,
    },
    body: file,
  });
  return { status: response.status, told: (await response.json()) as UploadTold };
}

/** Opens a list, sends its rows and starts it. */
export async function startBulk(
  hub: TestHub,
  rows: readonly { readonly name: string; readonly code: string }[],
  options: { readonly matter?: string } = {},
) {
  const bulk = await openBulk(hub, options);
  const { status, told } = await upload(hub, bulk, csvOf(rows));
  if (status !== 200) throw new Error(JSON.stringify(told));
  const { startBulkVerification: started } = await hub.get(StartBulkVerificationDocument, {
    input: { id: bulk.id, version: 2 },
  });
  if (started.bulkVerification === null) throw new Error(JSON.stringify(started.userErrors));
  return bulk;
}

export async function seeBulk(hub: TestHub, id: string): Promise<BulkSeen> {
  const { bulkVerification } = await hub.get(BulkVerificationDocument, { id });
  if (bulkVerification === null) throw new Error('no such list');
  return bulkVerification;
}

/** The lines of an export, taken apart; the heading is checked and left out. */
export async function readExport(
  hub: TestHub,
  bulk: { readonly exportPath: string },
  options: AskOptions = {},
) {
  const response = await fetch(`${hub.url}${bulk.exportPath}`, {
    headers: { authorization: `Bearer ${await hub.token(options.role ?? 'COUNTER', options)}` },
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  return { status: response.status, bytes, lines: linesOf(bytes) };
}

export function linesOf(bytes: Buffer) {
  const [heading, ...lines] = bytes
    .toString('utf8')
    .split('\r\n')
    .filter((line) => line !== '');
  if (heading !== '\uFEFF行号,名称,代码,状态,结论,说明,原因,核查编号,判定时间') return [];
  return lines.map((text) => {
    const [line = '', name = '', code = '', state = '', verdict = ''] = text.split(',');
    return { line: Number(line), name, code, state, verdict, text };
  });
}
