import { z } from 'zod';

import { LICENSE_IDS } from '../../../sandbox/fixtures.ts';
import type { Connector, ConnectorKind, KeyResult } from '../../../src/connector-kit/connector.ts';
import type { CheckLine } from '../../../src/connector-kit/connector.ts';
import type { FileDesk } from '../../../src/connector-kit/file.ts';
import { HubError } from '../../../src/errors.ts';
import { spoilDesk, spoilLookups, spoilScan } from './spoil.ts';

/** The smallest thing that breaks one rule; it may break others as well. */
export interface BrokenRule {
  readonly rule: string;
  readonly into: 'license-library' | 'credit-platform' | 'reference';
  /** Rules that must be tried before, where the rule judges what they have seen. */
  readonly after: readonly string[];
  readonly kind: ((kind: ConnectorKind) => ConnectorKind) | null;
  readonly connector: ((connector: Connector) => Connector) | null;
}

const whole = (
  rule: string,
  kind: (kind: ConnectorKind) => ConnectorKind,
  after: readonly string[] = [],
): BrokenRule => ({ rule, into: 'credit-platform', after, kind, connector: null });

const part = (
  rule: string,
  into: BrokenRule['into'],
  connector: (connector: Connector) => Connector,
  after: readonly string[] = [],
): BrokenRule => ({ rule, into, after, kind: null, connector });

const lookups = (rule: string, ...[spoil]: Parameters<typeof spoilLookups>): BrokenRule =>
  part(rule, 'credit-platform', spoilLookups(spoil));

const checks = (
  rule: string,
  spoil: (check: Connector['check'], signal: AbortSignal) => Promise<readonly CheckLine[]>,
): BrokenRule =>
  part(rule, 'credit-platform', (connector) => ({
    ...connector,
    check: (signal) => spoil((given) => connector.check(given), signal),
  }));

const scans = (rule: string, ...[spoil]: Parameters<typeof spoilScan>): BrokenRule =>
  part(rule, 'reference', spoilScan(spoil));

const desks = (rule: string, ...[spoil]: Parameters<typeof spoilDesk>): BrokenRule =>
  part(rule, 'reference', spoilDesk(spoil));

const spoilFiles =
  (spoil: (files: FileDesk) => FileDesk['open']) =>
  (connector: Connector): Connector => {
    const { files } = connector;
    return files === undefined
      ? connector
      : { ...connector, files: { ...files, open: spoil(files) } };
  };

/** Hands out what was read before. */
function keepFirst({ open }: FileDesk): FileDesk['open'] {
  let first: ReturnType<FileDesk['open']> | null = null;
  return (identifier, call) => (first ??= open(identifier, call));
}

/** Gives some file, whatever is asked for. */
function openAny({ open }: FileDesk): FileDesk['open'] {
  return (_identifier, call) => open(LICENSE_IDS.endsOn17, call);
}

const NOTHING: KeyResult<unknown> = {
  ok: true,
  answer: { records: [], absence: 'COVERED', asOf: null, raw: new Uint8Array(1) },
};

function withRecords(
  results: readonly KeyResult<unknown>[],
  change: (records: readonly unknown[]) => readonly unknown[],
): readonly KeyResult<unknown>[] {
  return results.map((result) =>
    result.ok
      ? { ok: true, answer: { ...result.answer, records: change(result.answer.records) } }
      : result,
  );
}

const STRAY = { protocol: 'https', host: '127.0.0.2', port: 1 } as const;
let counter = 0;

/** One mistake for every rule that no planted bug is meant for. */
export const BROKEN_RULES: readonly BrokenRule[] = [
  whole('kind-described', (kind) => ({ ...kind, origins: kind.origins, kind: 'Credit Platform' })),
  whole('titles', (kind) => ({
    ...kind,
    settings: z.strictObject({ bare: z.string().default('') }),
  })),
  whole('secrets-write-only', (kind) => ({ ...kind, secrets: z.object({ appKey: z.string() }) })),
  whole('settings-taken', (kind) => ({ ...kind, settings: z.strictObject({}) })),
  whole('settings-name-field', (kind) => ({ ...kind, settings: z.looseObject({}) })),
  whole('create-opens-nothing', (kind) => ({
    ...kind,
    create(deps) {
      void deps.network.resolve(STRAY);
      return kind.create(deps);
    },
  })),
  whole(
    'origins-told',
    (kind) => ({
      ...kind,
      create: (deps) =>
        spoilLookups(async (ask, keys, call) => {
          await deps.network.resolve(STRAY);
          return ask(keys, call);
        })(kind.create(deps)),
    }),
    ['lookup-hit'],
  ),
  checks('check-well', async (check, signal) => [
    ...(await check(signal)),
    { probe: 'quota', result: 'WARN', code: 'OK', advice: null, tookMs: 0 },
  ]),
  checks('check-per-part', async (check, signal) =>
    (await check(signal)).filter(({ probe }) => !probe.startsWith('read')),
  ),
  checks('check-tells-apart', async (check, signal) =>
    (await check(signal)).map((line) => ({ ...line, probe: 'source' })),
  ),
  checks('check-never-throws', async (check, signal) => {
    signal.throwIfAborted();
    return check(signal);
  }),
  lookups('lookup-hit', async (ask, keys, call) => withRecords(await ask(keys, call), () => [])),
  lookups('lookup-miss', async (ask, keys, call) => withRecords(await ask(keys, call), () => [{}])),
  part('absence-needs-canary', 'credit-platform', (connector) => ({ ...connector, canaries: [] })),
  lookups('lookup-many', async (ask, keys, call) =>
    withRecords(await ask(keys, call), (records) => records.slice(0, 1)),
  ),
  part(
    'lookup-withheld',
    'license-library',
    spoilLookups(async (ask, keys, call) =>
      withRecords(await ask(keys, call), (records) =>
        records.map((record) => ({ ...(record as object), withheld: false })),
      ),
    ),
  ),
  lookups('lookup-blank', () => Promise.resolve([NOTHING])),
  lookups('raw-kept', async (ask, keys, call) =>
    (await ask(keys, call)).map((result) =>
      result.ok ? { ok: true, answer: { ...result.answer, raw: new Uint8Array() } } : result,
    ),
  ),
  part('reread-equals-lookup', 'credit-platform', (connector) => ({
    ...connector,
    reread: () => NOTHING as never,
  })),
  part('canaries-right', 'credit-platform', (connector) => ({
    ...connector,
    canaries: connector.canaries.map((canary) => ({ ...canary, absent: canary.present })),
  })),
  lookups('idempotent-claim', async (ask, keys, call) => {
    counter += 1;
    return withRecords(await ask(keys, call), () => [{ counter }]);
  }),
  lookups('batch-duplicates', async (ask, keys, call) => ask([...new Set(keys)], call)),
  lookups('batch-empty', async (ask, keys, call) =>
    keys.length === 0 ? [NOTHING] : ask(keys, call),
  ),
  lookups('batch-max', async (ask, keys, call) => ask(keys.slice(0, 50), call)),
  lookups('aborted-before', async (ask, keys, call) =>
    ask(keys, { ...call, signal: new AbortController().signal }),
  ),
  lookups('abort-frees-socket', async (ask, keys, call) => {
    const asked = ask(keys, { ...call, signal: new AbortController().signal });
    asked.catch(() => undefined);
    const aborted = new Promise<never>((_resolve, reject) => {
      const give = () => reject(new HubError('SOURCE_TIMEOUT', { details: FACTS }));
      call.signal.addEventListener('abort', give);
    });
    return Promise.race([asked, aborted]);
  }),
  part('close-ends-sockets', 'credit-platform', (connector) => ({
    ...connector,
    close: () => Promise.resolve(),
  })),
  lookups('fault-is-no-answer', async (ask, keys, call) =>
    ask(keys, call).catch(() => keys.map(() => NOTHING)),
  ),
  lookups('evil-bodies', async (ask, keys, call) =>
    ask(keys, call).catch((error: HubError) => {
      if (error.code !== 'SOURCE_SCHEMA_DRIFT') throw error;
      return keys.map(() => NOTHING);
    }),
  ),
  lookups('quota-named', async (ask, keys, call) =>
    ask(keys, call).catch((error: HubError) => {
      throw new HubError(error.code, { details: FACTS });
    }),
  ),
  part(
    'faults-named',
    'credit-platform',
    spoilLookups(async (ask, keys, call) =>
      ask(keys, call).catch((error: HubError) => {
        throw new HubError(error.code);
      }),
    ),
    ['fault-is-no-answer'],
  ),
  scans('scan-empty', async function* (scan, request, call) {
    for await (const page of scan(request, call)) {
      if (page.rows.length > 0) yield page;
    }
  }),
  scans('scan-exact-pages', async function* (scan, request, call) {
    for await (const page of scan(request, call)) {
      const isFull = page.complete && page.rows.length === 5;
      yield isFull ? { ...page, rows: page.rows.slice(1) } : page;
    }
  }),
  scans('scan-complete-last', async function* (scan, request, call) {
    for await (const page of scan(request, call)) yield { ...page, complete: true };
  }),
  scans('scan-drift', async function* (scan, request, call) {
    let isFirst = true;
    for await (const page of scan(request, call)) {
      yield isFirst ? page : { ...page, rows: page.rows.slice(1) };
      isFirst = false;
    }
  }),
  scans('scan-since', async function* (scan, request, call) {
    for await (const page of scan(request, call)) {
      yield request.since === null ? page : { ...page, rows: [] };
    }
  }),
  scans('scan-done', async function* (scan, request, call) {
    const isDone = async (pass: string): Promise<boolean> => {
      await request.isDone(pass);
      return false;
    };
    yield* scan({ ...request, isDone }, call);
  }),
  scans('scan-repeatable', async function* (scan, request, call) {
    for await (const page of scan(request, call)) {
      counter += 1;
      yield { ...page, rows: page.rows.map((row) => ({ ...row, order: String(counter) })) };
    }
  }),
  scans('scan-memory', async function* (scan, request, call) {
    const kept: Uint8Array[] = [];
    for await (const page of scan(request, call)) {
      kept.push(new Uint8Array(20_000));
      yield { ...page, asOf: kept.length > 0 ? null : page.asOf };
    }
  }),
  scans('resumed-absence', async function* (scan, request, call) {
    for await (const page of scan(request, call)) {
      yield request.resume === null ? page : { ...page, pass: 'another' };
    }
  }),
  desks('push-receipts', (desk) => ({
    push: async (records, call) => [...(await desk.push(records, call))].reverse(),
  })),
  desks('push-once', (desk) => ({
    push: async (records, call) => {
      counter += 1;
      const receipts = await desk.push(records, call);
      return receipts.map((each) =>
        each.taken ? { ...each, reference: `${each.reference}-${counter}` } : each,
      );
    },
  })),
  desks('push-batch', (desk) => ({
    push: (records, call) => desk.push(records.slice(0, desk.batchMax), call),
  })),
  desks('push-acknowledged', (desk) => ({
    acknowledgements: async (references, call) =>
      [...(await desk.acknowledgements(references, call))].reverse(),
  })),
  desks('push-trouble', (desk) => ({
    push: (records, call) =>
      desk
        .push(records, call)
        .catch(() => records.map(({ code: reference }) => ({ taken: true, reference }) as const)),
  })),
  part('file-fresh', 'license-library', spoilFiles(keepFirst)),
  part('file-none', 'license-library', spoilFiles(openAny)),
  part('discover-lists', 'reference', (connector) => ({
    ...connector,
    discover: () => Promise.resolve([]),
  })),
];

const FACTS = { hop: 'SOURCE', reason: 'PLANTED' } as const;

/** The kind with the mistake in it. */
export function breakRule({ kind: change, connector }: BrokenRule, kind: ConnectorKind) {
  const whole = change === null ? kind : change(kind);
  if (connector === null) return whole;
  return { ...whole, create: (deps: never) => connector(whole.create(deps)) };
}
