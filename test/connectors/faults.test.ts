import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { FAULTS, type FaultVariant } from '../../sandbox/faults.ts';
import { SOURCE_IDS, type SourceId } from '../../sandbox/wire.ts';
import type { Connector } from '../../src/connector-kit/connector.ts';
import { HubError, type FaultCode } from '../../src/errors.ts';
import { HOPS } from '../../src/model/outcome.ts';
import { askMain, conclude } from './questions.ts';
import { startRig, within, type Rig } from './rig.ts';

/** What only a deadline ends: the test waits for all of it. */
const ENDLESS = ['hang', 'slow-body'];
const SHORT_MS = 900;
/** Everything else ends by itself, within this even on a busy machine: inflating a bomb is work. */
const AMPLE_MS = 10_000;

/** By the variant's name, or the part before its colon. */
const CODES: Readonly<Record<string, readonly FaultCode[]>> = {
  down: ['SOURCE_UNREACHABLE'],
  refuse: ['SOURCE_UNREACHABLE'],
  reset: ['SOURCE_UNREACHABLE'],
  hang: ['SOURCE_TIMEOUT'],
  'slow-body': ['SOURCE_TIMEOUT'],
  errors: ['SOURCE_UNREACHABLE'],
  malformed: ['SOURCE_MALFORMED'],
  'malformed:null': ['SOURCE_SCHEMA_DRIFT'],
  'malformed:wrong-type': ['SOURCE_SCHEMA_DRIFT'],
  'malformed:business-error-200': ['SOURCE_SCHEMA_DRIFT'],
  // In a receipt the digits stand inside a text, which they break.
  'malformed:unsafe-integer': ['SOURCE_SCHEMA_DRIFT', 'SOURCE_MALFORMED'],
  charset: ['SOURCE_MALFORMED'],
  drift: ['SOURCE_SCHEMA_DRIFT'],
  // The assisting agency shows a new state by another HTTP status.
  'drift:new-status-code': ['SOURCE_SCHEMA_DRIFT', 'SOURCE_MALFORMED'],
  quota: ['SOURCE_QUOTA_EXHAUSTED'],
  'clock-skew': [],
  unauthorized: ['SOURCE_UNAUTHORIZED'],
  tls: ['SOURCE_UNREACHABLE'],
  outage: ['SOURCE_SCHEDULED_OUTAGE'],
  integrity: ['SOURCE_INTEGRITY_FAILED'],
};

/** Where the bytes are the same in both charsets, the answer is simply right. */
const SAME_BYTES = ['charset:gbk-declared-as-utf8', 'charset:gbk-undeclared'];

let rig: Rig;
const clean = new Map<SourceId, readonly unknown[]>();

beforeAll(async () => {
  rig = await startRig();
  for (const id of SOURCE_IDS) {
    clean.set(id, conclude(await askMain(id, rig.connect(id), within(5_000))));
  }
});
afterAll(() => rig.stop());

async function attempt(
  id: SourceId,
  connector: Connector,
  deadlineMs = AMPLE_MS,
): Promise<readonly unknown[] | HubError> {
  try {
    return conclude(await askMain(id, connector, within(deadlineMs)));
  } catch (error) {
    if (error instanceof HubError) return error;
    throw error;
  }
}

function deadlineOf({ name }: FaultVariant): number {
  return ENDLESS.includes(name.split(':')[0] ?? '') ? SHORT_MS : AMPLE_MS;
}

/** The clean answer with every enterprise in a state nobody has mapped: unknown, not guessed. */
function withUnknownState(answers: readonly unknown[], word: string): readonly unknown[] {
  return JSON.parse(JSON.stringify(answers), (key, value: unknown) => {
    if (key === 'status') return 'UNKNOWN';
    if (key === 'statusAsHeld') return word;
    const isOwn = Array.isArray(value) && key === 'findings';
    return isOwn ? [...(value as unknown[]), { code: 'UNKNOWN_STATUS', detail: 'status' }] : value;
  }) as readonly unknown[];
}

function judge(id: SourceId, variant: FaultVariant, got: readonly unknown[] | HubError): void {
  if (got instanceof HubError) {
    const family = variant.name.split(':')[0] ?? '';
    expect({ variant: variant.name, code: got.code, usable: variant.answer }).toEqual({
      variant: variant.name,
      code: expect.stringMatching(
        new RegExp((CODES[variant.name] ?? CODES[family])?.join('|') ?? ''),
      ),
      usable: expect.stringMatching(/NONE|EITHER/),
    });
    expect(HOPS).toContain(got.details['hop']);
    expect(got.details['reason']).toMatch(/^[A-Z][A-Z0-9_-]+$/);
    return;
  }
  if (id === 'publicity-system' && variant.name === 'drift:new-status-code') {
    const word = /"statusAsHeld":"([^"]*)"/.exec(JSON.stringify(got))?.[1] ?? '';
    expect(got).toEqual(withUnknownState(clean.get(id) ?? [], word));
    return;
  }
  expect(got).toEqual(clean.get(id));
  const mayAnswer =
    variant.answer !== 'NONE' || (id === 'assistance' && SAME_BYTES.includes(variant.name));
  expect({ variant: variant.name, mayAnswer }).toEqual({ variant: variant.name, mayAnswer: true });
}

describe.each(SOURCE_IDS)('%s', (id) => {
  const variants = FAULTS.filter(({ sources }) => sources.includes(id));

  test.each(variants)(
    '$name gives a fault or the clean answer, on a new connection',
    async (one) => {
      const connector = rig.connect(id);
      await rig.setFault(id, one.fault);

      const got = await attempt(id, connector, deadlineOf(one));
      await rig.clearFault(id);

      judge(id, one, got);
      expect(await attempt(id, connector)).toEqual(clean.get(id));
    },
  );

  test.each(variants)('$name gives a fault or the clean answer, in mid-use', async (one) => {
    const connector = rig.connect(id);
    await attempt(id, connector);
    await rig.setFault(id, one.fault);

    const got = await attempt(id, connector, deadlineOf(one));
    await rig.clearFault(id);

    judge(id, one, got);
    expect(await attempt(id, connector)).toEqual(clean.get(id));
  });
});
