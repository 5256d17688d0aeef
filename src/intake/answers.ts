import {
  CAPABILITY_NAMES,
  type Capabilities,
  type CapabilityName,
  type Capability,
  type Connector,
  type KeyResult,
} from '../connector-kit/connector.ts';
import { sourceFault } from '../connector-kit/fault.ts';
import { requireBatch, toKeyFault, unsupported } from '../connector-kit/lookup.ts';
import type { HeldAnswers, Holdings } from '../connector-kit/scan.ts';
import type { Clock } from '../model/clock.ts';
import { asOfHeld, freshnessOf } from '../model/intake.ts';
import type { Database } from '../store/database.ts';
import { isStoreUnavailable } from '../store/faults.ts';
import { findHeld, type FoundRow, type Held, type NamedState } from './answer-queries.ts';
import { answerHeld, writeHeld, type HeldReply } from './held-reply.ts';
import type { HeldSource } from './held-source.ts';
import { isText } from './page-rows.ts';

/** What kept rows are answered from. */
export interface AnswerDeps {
  readonly db: Database;
  readonly clock: Clock;
}

const BATCH_MAX = 100;
/** Rows about one subject. */
const ROWS_MAX = 1_000;

/** Capabilities for everything that the holdings answer. */
export function createAnswers(deps: AnswerDeps, held: HeldSource): Connector['capabilities'] {
  const made = CAPABILITY_NAMES.map((name) => [name, createLookup(deps, held, name)] as const);
  const offered = made.filter(([, capability]) => capability !== null);
  // Each capability stands under its own name, which the entries of an object forget.
  return Object.fromEntries(offered);
}

function createLookup<N extends CapabilityName>(
  { db, clock }: AnswerDeps,
  { source, edition, policy, holdings }: HeldSource,
  name: N,
): Capability<N> | null {
  const { collections } = holdings;
  const answers: Holdings['answers'][N] = holdings.answers[name];
  if (answers === undefined) return null;
  const { follow } = answers;
  return {
    batchMax: BATCH_MAX,
    carriesPurpose: false,
    idempotent: true,
    async lookup(keys, { signal }) {
      requireBatch(keys, BATCH_MAX);
      const wanted = keys.map((key) => findable(answers.keyOf(key)));
      const texts = wanted.filter((text) => text !== null);
      const question = { source, edition, collections, keys: texts, rowsMax: ROWS_MAX, follow };
      const found = await untilAborted(findHeld(db, question), signal);
      const states = collections.flatMap((each) =>
        found.states.filter(({ collection }) => collection === each),
      );
      const freshness = states.map((state) => freshnessOf(state, policy, clock.now()));
      const isLoaded = freshness.every((each) => each !== 'NOT_LOADED');
      // What was not read yet is never absent.
      const isKnown = states.length > 0 && states.length === collections.length;
      if (!isKnown || !isLoaded) throw notLoaded();
      const told = {
        asOf: asOfHeld(states)?.toISOString() ?? null,
        isCovered: freshness.every((each) => each === 'FRESH'),
        unsettled: states.flatMap(({ collection }, at) =>
          freshness[at] === 'FRESH' ? [] : [collection],
        ),
        passes: states.flatMap(passOf),
      };
      const rowsOf = groupRows(found);
      let position = 0;
      return keys.map((key, at) => {
        if ((wanted[at] ?? null) === null) return toKeyFault(unsupported('KEY'));
        const rows = rowsOf(position);
        position += 1;
        return answerKey<N>(answers, key, { ...told, rows });
      });
    },
  };
}

function passOf({ collection, passName: name, complete }: NamedState): HeldReply['passes'] {
  return name === null || complete === null
    ? []
    : [{ collection, name, startedAt: complete.startedAt.toISOString() }];
}

/** Null for what no row can be found by. */
function findable(text: string | null): string | null {
  return text !== null && isText(text) ? text : null;
}

function answerKey<N extends CapabilityName>(
  answers: HeldAnswers<N>,
  key: Capabilities[N]['key'],
  reply: HeldReply,
): KeyResult<Capabilities[N]['record']> {
  if (reply.rows.length > ROWS_MAX) {
    const details = { hop: 'HUB', reason: 'TOO_MANY_ROWS' } as const;
    return toKeyFault(sourceFault('SOURCE_MALFORMED', details));
  }
  return answerHeld<N>(answers, key, { reply, raw: writeHeld(reply) });
}

/** The rows of each key, in the order of collection and id. */
function groupRows({ rows }: Held): (position: number) => HeldReply['rows'] {
  const groups = new Map<number, FoundRow[]>();
  for (const row of rows) {
    const group = groups.get(row.position) ?? [];
    group.push(row);
    groups.set(row.position, group);
  }
  return (position) =>
    (groups.get(position) ?? [])
      .toSorted(
        (one, other) =>
          compareText(one.collection, other.collection) || compareText(one.id, other.id),
      )
      .map(({ collection, id, pass, values }) => ({ collection, id, pass, values }));
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** @throws {HubError} SOURCE_TIMEOUT when aborted, SOURCE_UNREACHABLE without a database. */
async function untilAborted(held: Promise<Held>, signal: AbortSignal): Promise<Held> {
  let abort = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    abort = () => reject(sourceFault('SOURCE_TIMEOUT', { hop: 'HUB', reason: 'ABORTED' }));
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([held, aborted]);
  } catch (error) {
    if (!isStoreUnavailable(error)) throw error;
    throw sourceFault('SOURCE_UNREACHABLE', { hop: 'HUB', reason: 'STORE' }, error);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function notLoaded(): Error {
  return sourceFault('SOURCE_DEFERRED', { hop: 'HUB', reason: 'NOT_LOADED' });
}
