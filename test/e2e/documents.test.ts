import { createHash } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { SUBJECTS } from '../../sandbox/fixtures-subjects.ts';
import {
  DraftFormatTextDocument,
  PublishFormatTextDocument,
  ReadPrintedFormsDocument,
} from '../generated/operations.ts';
import { checkSubject, elementsWithout, trySign } from '../support/commitments.ts';
import { createTestClock, startTestHub, type AskOptions, type TestHub } from '../support/hub.ts';
import { MATTERS, matterCode } from '../support/journey.ts';
import { textOfPdf } from '../support/pdf-text.ts';

const HEALTH = { agencyCode: '11370800MB3TE0E59X' };
const HUMAN_RESOURCES = { agencyCode: '11370800MB3TE0D44P' };
const { e1, p1 } = SUBJECTS;
const MARKUP = '<script>alert(1)</script>𠮷䶮\u202e反';
const clock = createTestClock('2026-09-18T04:00:00Z');

let hub: TestHub;
let textId: string;
let commitmentId: string;
beforeAll(async () => {
  hub = await startTestHub({ clock });
  const { id, digest } = await draft(MATTERS.waterTransport);
  await publish(id);
  textId = id;
  const subject = { kind: 'ENTERPRISE', code: e1.code, name: e1.name } as const;
  const checked = await checkSubject(hub, { matter: MATTERS.waterTransport, subject });
  const signed = await trySign(hub, checked, { textDigest: digest });
  commitmentId = signed.commitment!.id;
});
afterAll(() => hub.stop());

async function draft(matter: string, options: AskOptions = {}) {
  const elements = elementsWithout().map((one) =>
    one.element === 'LEGAL_BASIS' ? { ...one, text: MARKUP } : one,
  );
  const input = { matterCode: matterCode(matter), elements, allowsProxy: false };
  const { draftFormatText } = await hub.get(DraftFormatTextDocument, { input }, options);
  return draftFormatText.text!;
}

async function publish(id: string, options: AskOptions = {}): Promise<void> {
  const input = { id, channels: ['PLATFORM' as const] };
  await hub.get(PublishFormatTextDocument, { input }, options);
}

async function read(
  path: string,
  { headers = {}, role = 'COUNTER', ...options }: AskOptions & { headers?: object } = {},
) {
  const token = await hub.token(role, options);
  return fetch(hub.url + path, { headers: { authorization: `Bearer ${token}`, ...headers } });
}
const bytesOf = async (response: Response) => new Uint8Array(await response.arrayBuffer());
const textOf = async (response: Response) =>
  textOfPdf(await bytesOf(response))
    .flat()
    .join('');
const codeOf = async (response: Response) => {
  const { errors } = (await response.json()) as { errors: { extensions: { code: string } }[] };
  return [response.status, errors[0]?.extensions.code];
};
const pathOf = (kind: 'format-texts' | 'commitments', id: string, form: string) =>
  `/documents/${kind}/${id}.${form}`;

describe('a format text', () => {
  test('is read where the schema says, and so is a commitment', async () => {
    const { formatText, commitment } = await hub.get(ReadPrintedFormsDocument, {
      matterCode: matterCode(MATTERS.waterTransport),
      commitmentId,
    });

    const paths = [formatText!.printed, commitment!.printed].flatMap(({ html, pdf, json }) => [
      html,
      pdf,
      json,
    ]);
    // One after another: six at once is more than an agency has places for printing.
    const answers: Response[] = [];
    for (const path of paths) answers.push(await read(path));

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200]);
    expect(answers.map(({ headers }) => headers.get('content-type'))).toEqual([
      ...['text/html; charset=utf-8', 'application/pdf', 'application/json; charset=utf-8'],
      ...['text/html; charset=utf-8', 'application/pdf', 'application/json; charset=utf-8'],
    ]);
  });

  test('is the words of the agency in every form, markup and rare characters among them', async () => {
    const [html, pdf, json] = await Promise.all(
      ['html', 'pdf', 'json'].map((form) => read(pathOf('format-texts', textId, form))),
    );

    const record = (await json!.json()) as { plainText: string; digest: string; form: string };
    expect(record).toMatchObject({ form: 'hecha/format-text@1', version: 1 });
    expect(record.plainText).toContain(`设定依据：${MARKUP}`);
    expect(createHash('sha256').update(record.plainText).digest('hex')).toBe(record.digest);
    const page = await html!.text();
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;𠮷䶮〔U+202E〕反');
    expect(page).not.toContain('<script');
    expect(html!.headers.get('content-security-policy')).toMatch(/^default-src 'none'/u);
    const text = await textOf(pdf!);
    expect(text).toContain('二、设定依据<script>alert(1)</script>𠮷䶮〔U+202E〕反');
    expect(text).toContain(`文本摘要（SHA-256）${record.digest}`);
    expect(pdf!.headers.get('x-hecha-unprinted')).toBeNull();
  });

  test('has the same bytes at another time and on another replica', async () => {
    const path = pathOf('format-texts', textId, 'pdf');
    const first = await read(path);
    const bytes = await bytesOf(first);
    clock.set('2026-09-18T04:05:00Z');
    await hub.restart();

    const again = await read(path);

    expect(again.headers.get('etag')).toBe(first.headers.get('etag'));
    expect(await bytesOf(again)).toEqual(bytes);
  });

  test('is not sent again to whoever has it, until there is another version', async () => {
    const path = pathOf('format-texts', textId, 'pdf');
    const etag = (await read(path)).headers.get('etag')!;

    const known = await read(path, { headers: { 'if-none-match': `"other", W/${etag}` } });
    const other = await read(path, { headers: { 'if-none-match': '"other"' } });

    expect([known.status, (await bytesOf(known)).length]).toEqual([304, 0]);
    expect([other.status, other.headers.get('cache-control')]).toEqual([200, 'private, no-cache']);
  });

  test('that is a draft is for the staff of agencies, and says so', async () => {
    const { id } = await draft(MATTERS.waterTransport);
    const path = pathOf('format-texts', id, 'pdf');

    const staff = await read(path);
    const operator = await read(path, { role: 'OPERATOR' });

    expect(await textOf(staff)).toContain('草案，尚未公布');
    expect(await codeOf(operator)).toEqual([404, 'NOT_FOUND']);
  });
});

describe('a signed commitment', () => {
  test('is printed with what was filled in and the digest of the words, on every page', async () => {
    const response = await read(pathOf('commitments', commitmentId, 'pdf'));

    const pages = textOfPdf(await bytesOf(response));
    const text = pages.flat().join('');
    expect(text).toContain(`承诺人${e1.name}统一社会信用代码${e1.code}`);
    expect(text).toContain('2026年9月18日');
    expect(text).not.toContain('办事指南');
    const digest = response.headers.get('x-hecha-text-digest')!;
    for (const lines of pages) expect(lines.at(-1)).toBe(`所签文本摘要（SHA-256）${digest}`);
    expect(response.headers.get('cache-control')).toBe('private, no-store');
  });

  test('shows persons as they are only to whoever may see them', async () => {
    const matter = MATTERS.exam;
    const { id, digest } = await draft(matter, HUMAN_RESOURCES);
    await publish(id, HUMAN_RESOURCES);
    const subject = { kind: 'PERSON', code: p1.code, name: p1.name } as const;
    const checked = await checkSubject(hub, { matter, subject }, HUMAN_RESOURCES);
    const more = { textDigest: digest, signerName: p1.name, signerCapacity: 'SELF' } as const;
    const { commitment } = await trySign(hub, checked, more, HUMAN_RESOURCES);
    const path = pathOf('commitments', commitment!.id, 'pdf');

    const masked = await textOf(await read(path, HUMAN_RESOURCES));
    const seen = await textOf(await read(path, { ...HUMAN_RESOURCES, scopes: ['evidence:read'] }));

    expect(masked).not.toContain(p1.name);
    expect(masked).not.toContain(p1.code);
    expect(masked).toContain('已作掩码处理');
    expect(seen).toContain(`承诺人${p1.name}身份证件号码${p1.code}`);
    expect(seen).not.toContain('掩码');
  });

  test('is of its own agency alone, and not for those who read no cases', async () => {
    const path = pathOf('commitments', commitmentId, 'html');

    const foreign = await read(path, HEALTH);
    const operator = await read(path, { role: 'OPERATOR' });

    expect(await codeOf(foreign)).toEqual([404, 'NOT_FOUND']);
    expect(await codeOf(operator)).toEqual([403, 'FORBIDDEN']);
  });
});

describe('whoever asks wrongly', () => {
  test('without a token learns nothing', async () => {
    const response = await fetch(hub.url + pathOf('format-texts', textId, 'pdf'));

    expect(await codeOf(response)).toEqual([401, 'UNAUTHENTICATED']);
  });

  test.each([
    'format-texts/1.pdf',
    'format-texts/00000000-0000-4000-8000-000000000000.pdf',
    'format-texts/00000000-0000-4000-8000-000000000000.docx',
    'format-texts/..%2f..%2fpackage.json',
    'commitments/%00.json',
  ])('for %s: 404', async (path) => {
    expect(await codeOf(await read(`/documents/${path}`))).toEqual([404, 'NOT_FOUND']);
  });
});
