import { findShapeProblem } from './shape.ts';
import type { Shape, ShapeProblem } from './shape.ts';
import { SOURCE_IDS, isObject } from './wire.ts';
import type { SourceId } from './wire.ts';

/** Bodies that no careful reader takes for an answer. */
export const MALFORMED_BODIES = [
  'html-200',
  'empty',
  'null',
  'truncated',
  'not-json',
  'wrong-type',
  'business-error-200',
  'duplicate-keys',
  'unsafe-integer',
  'deep-100k',
  'proto',
  'gzip-bomb',
  'double-gzip',
  'infinite',
  'huge-headers',
  'wrong-content-type',
  'redirect',
] as const;
export type MalformedBody = (typeof MALFORMED_BODIES)[number];

/** Ways in which text arrives in another encoding than it says. `bom` is legal and must be read. */
export const CHARSETS = [
  'gbk-declared-as-utf8',
  'gbk-undeclared',
  'latin1',
  'utf16',
  'bom',
] as const;
export type Charset = (typeof CHARSETS)[number];

/** Ways in which a source changes its form without telling anybody. */
export const DRIFTS = [
  'field-missing',
  'field-renamed',
  'type-changed',
  'new-status-code',
  'list-instead-of-object',
] as const;
export type Drift = (typeof DRIFTS)[number];

export const TLS_TROUBLES = [
  'self-signed',
  'expired',
  'wrong-host',
  'old-protocol',
  'reset',
] as const;
export type TlsTrouble = (typeof TLS_TROUBLES)[number];

/** How an answer that looks whole can belong to another question, by source. */
export const INTEGRITY_TROUBLES = {
  'license-library': ['corrupted', 'mode-swapped'],
  'publicity-system': ['wrong-row'],
  'credit-platform': ['reordered', 'missing', 'extra'],
  assistance: ['other-request'],
} as const satisfies Record<SourceId, readonly string[]>;
export type IntegrityTrouble = (typeof INTEGRITY_TROUBLES)[SourceId][number];

/** One way of failing, with all its parameters filled in. */
export type Fault =
  | { readonly kind: 'down' }
  | { readonly kind: 'refuse' }
  | { readonly kind: 'reset' }
  | { readonly kind: 'hang' }
  | { readonly kind: 'slow'; readonly ms: number }
  | { readonly kind: 'slow-body'; readonly ms: number }
  | { readonly kind: 'errors'; readonly percent: number; readonly seed: number }
  | { readonly kind: 'malformed'; readonly body: MalformedBody }
  | { readonly kind: 'charset'; readonly how: Charset }
  | { readonly kind: 'drift'; readonly how: Drift }
  | { readonly kind: 'quota'; readonly resetAt: string | null }
  | { readonly kind: 'clock-skew'; readonly ms: number }
  | { readonly kind: 'unauthorized' }
  | { readonly kind: 'tls'; readonly how: TlsTrouble }
  | { readonly kind: 'outage'; readonly until: string | null }
  | { readonly kind: 'integrity'; readonly how: IntegrityTrouble };
export type FaultKind = Fault['kind'];

/** Far enough ahead for any test, near enough for a clock to show. */
const MS_MAX = 86_400_000;

const PARAMETERS: Readonly<Record<FaultKind, Shape>> = {
  down: {},
  refuse: {},
  reset: {},
  hang: {},
  slow: { ms: { type: 'number', min: 0, max: MS_MAX } },
  'slow-body': { ms: { type: 'number', min: 0, max: MS_MAX } },
  errors: {
    percent: { type: 'number', min: 0, max: 100, optional: true },
    seed: { type: 'number', min: 0, max: 4_294_967_295, optional: true },
  },
  malformed: { body: { type: 'choice', of: MALFORMED_BODIES } },
  charset: { how: { type: 'choice', of: CHARSETS } },
  drift: { how: { type: 'choice', of: DRIFTS } },
  quota: { resetAt: { type: 'instant', optional: true, nullable: true } },
  'clock-skew': { ms: { type: 'number', min: -MS_MAX, max: MS_MAX } },
  unauthorized: {},
  tls: { how: { type: 'choice', of: TLS_TROUBLES } },
  outage: { until: { type: 'instant', optional: true, nullable: true } },
  integrity: {},
};

export const FAULT_KINDS = Object.keys(PARAMETERS) as readonly FaultKind[];

const DEFAULTS: Readonly<Partial<Record<FaultKind, Readonly<Record<string, unknown>>>>> = {
  errors: { percent: 100, seed: 1 },
  quota: { resetAt: null },
  outage: { until: null },
};

/** A fault as an operator of the sandbox orders it. */
export interface FaultOrder {
  readonly fault: Fault;
  /** How many calls (handshakes, for `tls`) it hits; null until it is removed. */
  readonly times: number | null;
  /** The one operation it is confined to; null for all. */
  readonly operation: string | null;
}

export type FaultOrderResult =
  | { readonly ok: true; readonly order: FaultOrder }
  | { readonly ok: false; readonly problem: ShapeProblem };

/** Reads an order for one source, or says which field is wrong and what it may be. */
export function parseFaultOrder(
  body: unknown,
  source: { readonly id: SourceId; readonly operations: readonly string[] },
): FaultOrderResult {
  const kind = isObject(body) ? body['kind'] : undefined;
  const known = FAULT_KINDS.find((each) => each === kind);
  if (known === undefined) return { ok: false, problem: { field: 'kind', allowed: FAULT_KINDS } };
  const problem = findShapeProblem(body, shapeOfOrder(known, source));
  if (problem !== null) return { ok: false, problem };
  const { times, operation, ...given } = body as Record<string, unknown>;
  return {
    ok: true,
    order: {
      fault: { ...DEFAULTS[known], ...given } as Fault,
      times: typeof times === 'number' ? Math.floor(times) : null,
      operation: typeof operation === 'string' ? operation : null,
    },
  };
}

function shapeOfOrder(
  kind: FaultKind,
  source: { readonly id: SourceId; readonly operations: readonly string[] },
): Shape {
  const own: Shape =
    kind === 'integrity'
      ? { how: { type: 'choice', of: INTEGRITY_TROUBLES[source.id] } }
      : PARAMETERS[kind];
  const counted: Shape =
    kind === 'refuse' ? {} : { times: { type: 'number', min: 1, max: 1_000_000, optional: true } };
  const confined: Shape =
    kind === 'refuse' || kind === 'tls'
      ? {}
      : { operation: { type: 'choice', of: source.operations, optional: true } };
  return { kind: { type: 'choice', of: FAULT_KINDS }, ...own, ...counted, ...confined };
}

/** One line of the list of everything that can go wrong. */
export interface FaultVariant {
  /** Unique, e.g. `malformed:gzip-bomb`. */
  readonly name: string;
  readonly sources: readonly SourceId[];
  readonly fault: Fault;
  /**
   * What a careful client makes of it: `USABLE` where the answer is still to be had, `NONE` where
   * there is none to be had, `EITHER` where refusing and reading are both right.
   */
  readonly answer: 'USABLE' | 'NONE' | 'EITHER';
}

function variant(
  name: string,
  fault: Fault,
  answer: FaultVariant['answer'] = 'NONE',
  sources: readonly SourceId[] = SOURCE_IDS,
): FaultVariant {
  return { name, sources, fault, answer };
}

/** Every kind of fault in every variant, for tests that go through all of them. */
export const FAULTS: readonly FaultVariant[] = [
  variant('down', { kind: 'down' }),
  variant('refuse', { kind: 'refuse' }),
  variant('reset', { kind: 'reset' }),
  variant('hang', { kind: 'hang' }),
  variant('slow', { kind: 'slow', ms: 150 }, 'USABLE'),
  variant('slow-body', { kind: 'slow-body', ms: 60_000 }),
  variant('errors', { kind: 'errors', percent: 100, seed: 1 }),
  ...MALFORMED_BODIES.map((body) =>
    variant(
      `malformed:${body}`,
      { kind: 'malformed', body },
      body === 'proto' || body === 'wrong-content-type' ? 'EITHER' : 'NONE',
    ),
  ),
  ...CHARSETS.map((how) =>
    variant(
      `charset:${how}`,
      { kind: 'charset', how },
      how === 'bom' ? 'USABLE' : how === 'utf16' ? 'EITHER' : 'NONE',
    ),
  ),
  ...DRIFTS.map((how) =>
    variant(`drift:${how}`, { kind: 'drift', how }, how === 'new-status-code' ? 'EITHER' : 'NONE'),
  ),
  variant('quota', { kind: 'quota', resetAt: null }),
  variant('clock-skew:signed', { kind: 'clock-skew', ms: 3_600_000 }, 'EITHER', [
    'publicity-system',
  ]),
  variant('clock-skew:unsigned', { kind: 'clock-skew', ms: 3_600_000 }, 'USABLE', [
    'license-library',
    'credit-platform',
    'assistance',
  ]),
  variant('unauthorized', { kind: 'unauthorized' }),
  ...TLS_TROUBLES.map((how) => variant(`tls:${how}`, { kind: 'tls', how })),
  variant('outage', { kind: 'outage', until: null }),
  ...SOURCE_IDS.flatMap((id) =>
    INTEGRITY_TROUBLES[id].map((how) =>
      variant(
        `integrity:${how}`,
        { kind: 'integrity', how },
        how === 'mode-swapped' ? 'EITHER' : 'NONE',
        [id],
      ),
    ),
  ),
];
