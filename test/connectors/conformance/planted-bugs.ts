import { setTimeout as delay } from 'node:timers/promises';

import type { CheckLine, Connector, ConnectorKind } from '../../../src/connector-kit/connector.ts';
import type { ConformanceSubject } from '../../../src/connector-kit/conformance/subject.ts';
import type { ScanPage } from '../../../src/connector-kit/scan.ts';
import { HubError } from '../../../src/errors.ts';
import { spoilLookups, spoilScan } from './spoil.ts';

/** A mistake that a connector could make, and the rule that finds it. */
export interface PlantedBug {
  readonly name: string;
  /** The kind it is planted in. */
  readonly into: 'credit-platform' | 'publicity-system' | 'reference';
  /** The one rule that must be red. */
  readonly rule: string;
  spoil(connector: Connector, secrets: Readonly<Record<string, string>>): Connector;
}

/** The nine mistakes that would do most harm. */
export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    name: 'results in another order than the keys',
    into: 'credit-platform',
    rule: 'batch-order',
    spoil: spoilLookups(async (ask, keys, call) => [...(await ask(keys, call))].reverse()),
  },
  {
    name: 'a poison key that disappears from the results',
    into: 'credit-platform',
    rule: 'poison-key',
    spoil: spoilLookups(async (ask, keys, call) => {
      const results = await ask(keys, call);
      const answered = results.filter(({ ok }) => ok);
      return answered.length === 0 ? results : answered;
    }),
  },
  {
    name: 'a scan that was cut off and calls itself complete',
    into: 'reference',
    rule: 'scan-cut',
    spoil: spoilScan(async function* (scan, request, call) {
      let last: ScanPage | null = null;
      try {
        for await (const page of scan(request, call)) {
          if (last !== null) yield last;
          last = page;
        }
      } catch (error) {
        if (last === null || !(error instanceof HubError)) throw error;
        yield { ...last, resume: null, watermark: last.pass, complete: true };
        return;
      }
      if (last !== null) yield last;
    }),
  },
  {
    name: 'a deadline that is noticed late',
    into: 'credit-platform',
    rule: 'deadline',
    spoil: spoilLookups((ask, keys, call) => {
      if (call.signal.aborted) return ask(keys, call);
      const late = new AbortController();
      call.signal.addEventListener('abort', () => {
        void delay(1_200).then(() => late.abort());
      });
      return ask(keys, { ...call, signal: late.signal });
    }),
  },
  {
    name: 'a second attempt after the quota is exhausted',
    into: 'credit-platform',
    rule: 'one-attempt',
    spoil: spoilLookups(async (ask, keys, call) => {
      const results = await ask(keys, call).catch((error: unknown) => error as HubError);
      const isOver = results instanceof HubError && results.code === 'SOURCE_QUOTA_EXHAUSTED';
      if (isOver) return ask(keys, call);
      if (results instanceof HubError) throw results;
      return results;
    }),
  },
  {
    name: 'a default for a state that nobody has mapped',
    into: 'publicity-system',
    rule: 'unknown-status',
    spoil: spoilLookups(async (ask, keys, call) =>
      (await ask(keys, call)).map((result) =>
        result.ok
          ? { ok: true, answer: { ...result.answer, records: result.answer.records.map(inForce) } }
          : result,
      ),
    ),
  },
  {
    name: 'a secret in the details of a fault',
    into: 'credit-platform',
    rule: 'secret-never-shown',
    spoil: (connector, secrets) =>
      spoilLookups(async (ask, keys, call) => {
        try {
          return await ask(keys, call);
        } catch (error) {
          if (!(error instanceof HubError)) throw error;
          const header = `X-App-Key: ${Object.values(secrets).join()}`;
          throw new HubError(error.code, { details: { ...error.details, header } });
        }
      })(connector),
  },
  {
    name: 'a row shown again when a scan is resumed',
    into: 'reference',
    rule: 'scan-resume',
    spoil: spoilScan(async function* (scan, request, call) {
      for await (const page of scan(request, call)) {
        const [first] = page.rows;
        const isAgain = request.resume !== null && first !== undefined;
        yield isAgain ? { ...page, rows: [first, ...page.rows] } : page;
      }
    }),
  },
  {
    name: 'a health that is remembered',
    into: 'credit-platform',
    rule: 'check-never-cached',
    spoil(connector) {
      let remembered: Promise<readonly CheckLine[]> | null = null;
      return { ...connector, check: (signal) => (remembered ??= connector.check(signal)) };
    },
  },
];

/** The subject with the mistake planted in every connector of its kind. */
export function plant(bug: PlantedBug, subject: ConformanceSubject): ConformanceSubject {
  const { kind } = subject;
  const spoiled: ConnectorKind = {
    ...kind,
    origins: (settings) => kind.origins(settings),
    create: (deps) => bug.spoil(kind.create(deps), deps.secrets as Record<string, string>),
  };
  return { ...subject, kind: spoiled };
}

/** What `?? 'ACTIVE'` at the end of a table of states does. */
function inForce(record: unknown): unknown {
  const { status, ...rest } = record as { status?: string };
  return { ...rest, status: status === 'UNKNOWN' ? 'ACTIVE' : status };
}
