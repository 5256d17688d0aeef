import { z } from 'zod';

import { checkSource } from '../../../src/connector-kit/check.ts';
import {
  CONTRACT_VERSION,
  titled,
  type CallContext,
  type Connector,
  type ConnectorKind,
} from '../../../src/connector-kit/connector.ts';
import { requireBatch } from '../../../src/connector-kit/lookup.ts';
import type { PushDesk } from '../../../src/connector-kit/push.ts';
import type { HeldAnswers, Holdings, ScanPage } from '../../../src/connector-kit/scan.ts';
import type { Enterprise } from '../../../src/model/enterprise.ts';
import type { ReferenceRow, ReferenceSource } from './reference-source.ts';

const settings = z.strictObject({
  pageRows: z
    .number()
    .int()
    .min(1)
    .meta(titled('每页行数', 'Rows of a page'))
    .describe('Rows of a page.'),
});
const secrets = z.strictObject({
  password: z
    .string()
    .min(8)
    .meta(titled('密码', 'Password'))
    .describe('Password of the hub at the source.'),
});

type Settings = z.infer<typeof settings>;
type Secrets = z.infer<typeof secrets>;

const BATCH_MAX = 10;
const COLLECTION = 'enterprises';

/** A small kind that does everything a scan and a push must, to plant mistakes in. */
export function createReferenceKind(source: ReferenceSource): ConnectorKind<Settings, Secrets> {
  return {
    kind: 'reference',
    title: { zh: '参考实现', en: 'Reference' },
    version: '1.0.0',
    contract: CONTRACT_VERSION,
    settings,
    secrets,
    origins: () => [{ protocol: 'postgresql', host: 'reference.invalid', port: 5432 }],
    create: ({ settings: { pageRows } }) =>
      ({
        capabilities: {},
        canaries: [],
        holdings: createHoldings(source, pageRows),
        push: { 'credit.commitment': createDesk(source) },
        reread: null,
        async check(signal) {
          const lines = await checkSource(
            {
              isEncrypted: true,
              async reach(inTime) {
                await source.version(inTime);
                return { status: 200, headers: {}, serverDate: null, receivedAt: new Date() };
              },
              reads: [],
            },
            signal,
          );
          return [...lines, { ...lines[0]!, probe: `read ${COLLECTION}` }];
        },
        async discover(signal) {
          await source.version(signal);
          const fields = ['code', 'name', 'status'].map((column) => {
            return { pointer: `/${column}`, type: 'TEXT', title: null } as const;
          });
          return [{ name: COLLECTION, fields }];
        },
        close: () => Promise.resolve(),
      }) satisfies Connector,
  };
}

/** Where a pass stands: the version it began at, and the last id it showed. */
interface Place {
  readonly since: number;
  readonly began: number;
  readonly after: string;
}

function createHoldings(source: ReferenceSource, pageRows: number): Holdings {
  return {
    collections: [COLLECTION],
    answers: { 'enterprise.registration': HELD },
    async *scan({ since, resume, isDone }, { signal }): AsyncIterable<ScanPage> {
      let place: Place =
        resume === null
          ? { since: Number(since ?? 0), began: await source.version(signal), after: '' }
          : (JSON.parse(resume) as Place);
      const pass = `from-${place.since}-at-${place.began}`;
      if (resume === null && (await isDone(pass))) return;
      for (;;) {
        const asked = { ...place, count: pageRows + 1 };
        const rows = await source.list(asked, signal);
        const shown = rows.slice(0, pageRows);
        const complete = rows.length <= pageRows;
        place = { ...place, after: shown.at(-1)?.id ?? place.after };
        yield {
          pass,
          rows: shown.map(toScanned),
          rejects: [],
          resume: complete ? null : JSON.stringify(place),
          watermark: complete ? String(place.began) : null,
          complete,
          full: place.since === 0,
          asOf: null,
        };
        if (complete) return;
      }
    },
  };
}

function toScanned({ id, code, name, status, version }: ReferenceRow): ScanPage['rows'][number] {
  return {
    id,
    about: code,
    keys: [code],
    change: 'PUT',
    order: String(version).padStart(12, '0'),
    values: { code, name, status },
  };
}

const HELD: HeldAnswers<'enterprise.registration'> = {
  absence: 'COVERED',
  follow: [],
  keyOf: ({ code }) => (code === '' ? null : code),
  assemble: (rows) => rows.map(({ values }) => toEnterprise(values)),
};

function toEnterprise(values: Readonly<Record<string, string | null>>): Enterprise {
  return {
    code: values['code'] ?? '',
    entityId: null,
    registrationNumber: null,
    kind: 'ENTERPRISE',
    name: values['name'] ?? '',
    formerNames: [],
    legalRepresentative: null,
    type: null,
    capital: null,
    establishedOn: null,
    validFrom: null,
    validUntil: null,
    longTerm: true,
    address: null,
    scope: null,
    authority: null,
    status: values['status'] === '存续' ? 'ACTIVE' : 'UNKNOWN',
    statusAsHeld: values['status'] ?? null,
    changes: [],
    abnormalOperations: [],
    seriousViolations: [],
    penalties: [],
    notTold: [],
    findings: [],
  };
}

function createDesk(source: ReferenceSource): PushDesk<'credit.commitment'> {
  return {
    takes: 'ALL',
    batchMax: BATCH_MAX,
    async push(records, { signal }: CallContext) {
      requireBatch(records, BATCH_MAX);
      return Promise.all(
        records.map(async (record) =>
          record.subjectName === ''
            ? { taken: false, field: 'subjectName', reason: '名称为空' }
            : { taken: true, reference: await source.keep(record, signal) },
        ),
      );
    },
    acknowledgements: (references, { signal }) =>
      Promise.all(
        references.map(async (reference) => {
          const isKept = await source.has(reference, signal);
          const state = isKept ? 'ACKNOWLEDGED' : 'UNKNOWN';
          return { reference, state, field: null, reason: null } as const;
        }),
      ),
  };
}
