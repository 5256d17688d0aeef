import { readFileSync } from 'node:fs';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';

import {
  CONFORMANCE_KIT_VERSION,
  runConformance,
  type ConformanceReport,
} from '../../src/connector-kit/conformance/conformance.ts';
import { describeKind } from '../../src/connector-kit/conformance/description.ts';
import { conformanceOfRegistered } from '../../src/connector-kit/conformance/registered.ts';
import { CONFORMANCE_RULES } from '../../src/connector-kit/conformance/rules.ts';
import { CREDIT_PLATFORM } from '../connectors/conformance/credit-platform.ts';
import { LICENSE_LIBRARY } from '../connectors/conformance/license-library.ts';
import { REFERENCE } from '../connectors/conformance/reference.ts';
import type { StartedSubject } from '../connectors/conformance/started-subject.ts';

const RUN_MS_MAX = 60_000;
const PAGE = 'docs/reference/conformance.md';

describe('the list of rules', () => {
  test('has every id once', () => {
    const ids = CONFORMANCE_RULES.map(({ id }) => id);

    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !/^[a-z]+(?:-[a-z]+)*$/u.test(id))).toEqual([]);
  });

  test(`is the list of ${PAGE}, with titles and reasons`, () => {
    const rows = readFileSync(PAGE, 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .map((line) => line.split('|').map((cell) => cell.trim()));

    const written = rows.map(([, id, zh, en, why]) => ({ id, zh, en, why }));

    expect(written).toEqual(
      CONFORMANCE_RULES.map(({ id, title, why }) => ({ id: `\`${id}\``, ...title, why })),
    );
  });

  test('gives each reason in one sentence', () => {
    const odd = CONFORMANCE_RULES.filter(({ why }) => !/^[^.]+\.$/u.test(why));

    expect(odd.map(({ id }) => id)).toEqual([]);
  });
});

describe('the description of a kind', () => {
  let started: StartedSubject;
  beforeAll(async () => {
    started = await LICENSE_LIBRARY.start();
  });
  afterAll(() => started.stop());

  test('is JSON Schema 2020-12 that takes what the kind takes', () => {
    const { kind, settings } = started.subject;

    const { settingsSchema, ...rest } = describeKind(kind);

    expect(settingsSchema['$schema']).toBe('https://json-schema.org/draft/2020-12/schema');
    const read = z.fromJSONSchema(settingsSchema);
    expect(read.safeParse(settings)).toMatchObject({ success: true });
    expect(read.safeParse({ ...(settings as object), connectionsMax: 'many' }).success).toBe(false);
    expect(rest).toMatchObject({ kind: 'license-library', contract: '2.1.0' });
  });

  test('has titles in both languages and marks every secret', () => {
    const { settingsSchema, secretsSchema } = describeKind(started.subject.kind);

    expect(settingsSchema['properties']).toMatchObject({
      baseUrl: { type: 'string', title: '基础地址', titleEn: 'Base URL' },
      connectionsMax: { default: 4, title: '最大连接数' },
    });
    expect(secretsSchema).toMatchObject({
      additionalProperties: false,
      properties: {
        accessToken: { writeOnly: true, title: '访问令牌', titleEn: 'Access token' },
        sm2PrivateKey: { writeOnly: true, title: 'SM2 私钥' },
      },
    });
  });
});

describe('a registered source', () => {
  let started: StartedSubject;
  let report: ConformanceReport;
  let calls: number;
  beforeAll(async () => {
    started = await CREDIT_PLATFORM.start();
    const { kind, settings, secrets, network, clock, twin } = started.subject;
    const connector = kind.create({
      settings: kind.settings.parse(settings),
      secrets,
      network,
      clock,
    });
    const source = { kind, settings, secrets, network, clock, connector };
    const signal = AbortSignal.timeout(RUN_MS_MAX);
    report = await runConformance(conformanceOfRegistered(source), { signal });
    await connector.close();
    calls = (await twin?.callCount()) ?? 0;
  }, RUN_MS_MAX);
  afterAll(() => started.stop());

  test('is examined by its canaries alone', () => {
    const passed = report.lines.filter(({ result }) => result === 'PASS');

    expect(report).toMatchObject({ kitVersion: CONFORMANCE_KIT_VERSION, passed: true });
    expect(passed.map(({ rule }) => rule)).toEqual(
      expect.arrayContaining([
        'secrets-write-only',
        'settings-name-field',
        'check-well',
        'check-per-part',
        'lookup-hit',
        'lookup-miss',
        'absence-needs-canary',
        'canaries-right',
        'batch-order',
        'batch-duplicates',
        'batch-empty',
        'batch-max',
        'deadline',
        'aborted-before',
        'close-ends-sockets',
        'origins-told',
        'faults-named',
        'secret-never-shown',
      ]),
    );
  });

  test('is asked little', () => {
    expect(calls).toBeLessThan(60);
  });

  test('is not tried by rules that need a source that fails', () => {
    const skipped = report.lines.filter(({ result }) => result === 'SKIP').map(({ rule }) => rule);

    expect(skipped).toEqual(
      expect.arrayContaining(['evil-bodies', 'fault-is-no-answer', 'one-attempt', 'push-receipts']),
    );
  });
});

describe('an examination', () => {
  test('that is stopped passes nothing', async () => {
    const { subject } = await REFERENCE.start();

    const report = await runConformance(subject, { signal: AbortSignal.abort() });

    expect(report.passed).toBe(false);
    expect(new Set(report.lines.map(({ result }) => result))).toEqual(new Set(['FAIL']));
  });

  test('of settings that the kind does not take names their field and no value', async () => {
    const { subject } = await REFERENCE.start();
    const settings = { pageRows: 'a-value-that-nobody-sees' };

    const report = await runConformance(
      { ...subject, settings },
      { signal: AbortSignal.timeout(RUN_MS_MAX) },
    );

    const line = report.lines.find(({ rule }) => rule === 'settings-taken');
    expect(line).toMatchObject({ result: 'FAIL', detail: 'settings: /pageRows' });
    expect(JSON.stringify(report)).not.toContain('a-value-that-nobody-sees');
  });
});
