import { HubError } from '../../../errors.ts';
import { describeReading, keyOf, readKey, saysTheSame, type Reading } from '../reading.ts';
import { fail, PASS, skip, tryEach, type Rule, type Verdict } from '../rule.ts';
import { CALL_MS_MAX, findCapability, underFault, type Asked, type Trial } from '../trial.ts';
import type { Twin } from '../twin.ts';

const FAULT_MS_MAX = 600;
/** Some spoiled replies take a while to arrive. */
const EVIL_MS_MAX = 1_500;
/** Spoiled replies of an HTTP source: fewer leave a class of them untried. */
const EVIL_MIN = 24;
const PARALLEL = 50;

const faultIsNoAnswer: Rule = {
  id: 'fault-is-no-answer',
  title: { zh: '故障不得成为结论', en: 'A source in trouble answers nothing' },
  why: 'No failure may look like a "no" about a person.',
  try: (trial) =>
    tryTwin(trial, async (twin) => {
      const faults = twin.faults.filter(
        (fault) => fault !== 'UNKNOWN_STATUS' && fault !== 'PART_DENIED',
      );
      return tryEach(faults, String, (fault) =>
        tryHit(trial, async (asked, clean) => {
          const under = await underFault(twin, fault, () => readOnce(trial, asked));
          if (under.kind !== 'FAULT' && !isUndecided(under, clean))
            return fail(describeReading(under));
          const after = await readOnce(trial, asked);
          return saysTheSame(after, clean) ? PASS : fail(`afterwards ${describeReading(after)}`);
        }),
      );
    }),
};

const evilBodies: Rule = {
  id: 'evil-bodies',
  title: { zh: '异常应答不得成为结论', en: 'A spoiled reply concludes nothing' },
  why: 'Login pages, cut replies and changed formats arrive with status 200 every week.',
  try: (trial) =>
    tryTwin(trial, async (twin) => {
      const { kind, settings } = trial.subject;
      const origins = kind.origins(kind.settings.parse(settings));
      const isHttp = origins.some(({ protocol }) => protocol.startsWith('http'));
      if (isHttp && twin.evil.length < EVIL_MIN) {
        return fail(`the twin plays ${twin.evil.length} of ${EVIL_MIN}`);
      }
      if (twin.evil.length === 0) return skip('the twin spoils nothing');
      return tryHit(trial, (asked, clean) =>
        tryEach(
          twin.evil,
          ({ name }) => name,
          async ({ name, answer }) => {
            const under = await underFault(twin, name, () => readOnce(trial, asked, EVIL_MS_MAX));
            if (under.kind === 'FAULT' || isUndecided(under, clean)) return PASS;
            const isAllowed = answer === 'CLEAN_ALLOWED' && saysTheSame(under, clean);
            return isAllowed ? PASS : fail(describeReading(under));
          },
        ),
      );
    }),
};

const unknownStatus: Rule = {
  id: 'unknown-status',
  title: { zh: '未知状态不得猜测', en: 'An unknown state is unknown, never guessed' },
  why: 'A state word that reads as "in force" by default lets a revoked license pass.',
  try: (trial) =>
    tryTwin(trial, (twin) => {
      if (!twin.faults.includes('UNKNOWN_STATUS')) return skip('no state in its answers');
      return tryHit(trial, async (asked) => {
        const under = await underFault(twin, 'UNKNOWN_STATUS', () => readOnce(trial, asked));
        if (under.kind === 'FAULT') return PASS;
        if (under.kind === 'BROKEN') return fail(under.detail);
        if (under.records.length === 0) return fail(describeReading(under));
        return under.records.every(hasUnknown) ? PASS : fail('a state that nobody has mapped');
      });
    }),
};

const oneAttempt: Rule = {
  id: 'one-attempt',
  title: { zh: '一次调用只尝试一次', en: 'A look-up is one attempt' },
  why: 'Retries belong to the hub, which counts them against the budget of the source.',
  try: (trial) =>
    tryTwin(trial, (twin) => {
      const faults = (['QUOTA', 'FAILING'] as const).filter((each) => twin.faults.includes(each));
      return tryEach(faults, String, (fault) =>
        tryHit(trial, (asked) =>
          trial.withConnector(async (connector) => {
            const key = keyOf(asked, 'hit');
            if (key === null) return skip('no hit key');
            if (findCapability(connector, asked.capability) === null) {
              return skip('answered from kept rows');
            }
            const ask = () => readKey(connector, key, trial.callWithin(CALL_MS_MAX));
            // The first look-up of a connector may have to open a session.
            await ask();
            const well = await countCalls(twin, ask);
            const many = () => Promise.all(Array.from({ length: PARALLEL }, ask));
            return underFault(twin, fault, async () => {
              const one = await countCalls(twin, ask);
              if (one > well) return fail(`${one} calls instead of ${well}`);
              const all = await countCalls(twin, many);
              const due = PARALLEL * well;
              return all <= due ? PASS : fail(`${all} calls of ${PARALLEL} callers, due ${due}`);
            });
          }),
        ),
      );
    }),
};

const quotaNamed: Rule = {
  id: 'quota-named',
  title: { zh: '配额耗尽须指明恢复时间', en: 'An exhausted quota is told, and until when' },
  why: 'A hub that does not know when to come back either hammers the source or gives it up.',
  try: (trial) =>
    tryTwin(trial, (twin) => {
      if (!twin.faults.includes('QUOTA')) return skip('the source has no quota');
      return tryHit(trial, async (asked) => {
        const under = await underFault(twin, 'QUOTA', () => readOnce(trial, asked));
        if (under.kind !== 'FAULT' || under.code !== 'SOURCE_QUOTA_EXHAUSTED') {
          return fail(describeReading(under));
        }
        const retryAfterMs = under.fault.details['retryAfterMs'];
        const isTold = typeof retryAfterMs === 'number' && retryAfterMs > 0;
        return isTold ? PASS : fail('no retryAfterMs');
      });
    }),
};

/** What a source in trouble says. */
export const FAULT_RULES: readonly Rule[] = [
  faultIsNoAnswer,
  evilBodies,
  unknownStatus,
  oneAttempt,
  quotaNamed,
];

async function tryTwin(
  trial: Trial,
  attempt: (twin: Twin) => Promise<Verdict> | Verdict,
): Promise<Verdict> {
  return trial.twin === null ? skip('needs a simulated source') : attempt(trial.twin);
}

/** Every capability with a hit, and what it says while the source is well. */
async function tryHit(
  trial: Trial,
  attempt: (asked: Asked, clean: Reading) => Promise<Verdict>,
): Promise<Verdict> {
  const asked = trial.asked.filter(({ keys }) => keys.hit !== null);
  return tryEach(
    asked,
    ({ capability }) => capability,
    async (each) => {
      const clean = await readOnce(trial, each, CALL_MS_MAX);
      return clean.kind === 'ANSWER' ? attempt(each, clean) : fail(describeReading(clean));
    },
  );
}

/** Asks for the hit on a connection of its own. */
async function readOnce(trial: Trial, asked: Asked, ms = FAULT_MS_MAX): Promise<Reading> {
  const key = keyOf(asked, 'hit');
  if (key === null) return { kind: 'BROKEN', detail: 'no hit key' };
  return trial.withConnector((connector) => readKey(connector, key, trial.callWithin(ms)));
}

async function countCalls(twin: Twin, run: () => Promise<unknown>): Promise<number> {
  const before = await twin.callCount();
  await run().catch((error: unknown) => {
    if (!(error instanceof HubError)) throw error;
  });
  return (await twin.callCount()) - before;
}

/**
 * Nothing is shown, and in spite of what is claimed of a source that is well, nothing is denied.
 */
function isUndecided(under: Reading, clean: Reading): boolean {
  if (under.kind !== 'ANSWER' || clean.kind !== 'ANSWER') return false;
  const isTakenBack = clean.absence === 'COVERED' || under.raw === null;
  return isTakenBack && under.records.length === 0 && under.absence === 'UNCOVERED';
}

/** Whether a state somewhere in the record reads as unknown. */
function hasUnknown(record: unknown): boolean {
  if (record === 'UNKNOWN' || record === 'STATUS_UNKNOWN') return true;
  if (typeof record !== 'object' || record === null) return false;
  return Object.values(record).some(hasUnknown);
}
