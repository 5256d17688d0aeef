import type { CallContext, Connector } from '../../connector.ts';
import { PUSH_NAMES } from '../../push.ts';
import { readPass } from '../pass.ts';
import { keyOf, readKey, type Reading } from '../reading.ts';
import { combine, fail, PASS, skip, tryEach, type Rule, type Verdict } from '../rule.ts';
import { becomesTrue, CALL_MS_MAX, findCapability, settleWithin, underFault } from '../trial.ts';
import type { Trial } from '../trial.ts';
import type { Twin } from '../twin.ts';

const DEADLINE_MS = 400;
/** A quarter of a second of the promise, and as much again for a busy machine. */
const LATE_MS_MAX = 500;
const GIVE_UP_MS = 4_000;
/** Calls under way at once while sockets are counted. */
const PARALLEL = 4;
const FREED_MS_MAX = 1_000;

const deadline: Rule = {
  id: 'deadline',
  title: { zh: '按时限结束', en: 'A call ends at its deadline' },
  why: 'An officer waits in front of a citizen; a call that outlives its deadline blocks the next.',
  async try(trial) {
    const { twin } = trial;
    if (twin?.faults.includes('HANG') !== true) return endsSoon(trial);
    const ways = await listWays(trial);
    await twin.setFault('HANG');
    try {
      return await tryEach(ways, nameOfWay, ({ go }) =>
        trial.withConnector(async (connector) => {
          const settled = await settleWithin(
            () => go(connector, trial.callWithin(DEADLINE_MS)),
            GIVE_UP_MS,
          );
          if (settled.kind === 'LATE') return fail(`did not end within ${GIVE_UP_MS} ms`);
          const lateMs = settled.tookMs - DEADLINE_MS;
          if (lateMs > LATE_MS_MAX) return fail(`${lateMs} ms after its deadline`);
          return judgeHanging(settled);
        }),
      );
    } finally {
      await twin.clearFault();
    }
  },
};

const abortedBefore: Rule = {
  id: 'aborted-before',
  title: { zh: '已取消的调用不发出', en: 'A call that was given up is not made' },
  why: 'The source would be asked, and would have it on record, for nobody.',
  async try(trial) {
    const before = await trial.twin?.callCount();
    const verdict = await tryEach(await listWays(trial), nameOfWay, ({ go }) =>
      trial.withConnector(async (connector) => {
        const call = { ...trial.callWithin(CALL_MS_MAX), signal: AbortSignal.abort() };
        const settled = await settleWithin(() => go(connector, call), GIVE_UP_MS);
        if (settled.kind === 'LATE') return fail(`did not end within ${GIVE_UP_MS} ms`);
        return settled.kind === 'THROWN' ? PASS : judgeHanging(settled);
      }),
    );
    const after = await trial.twin?.callCount();
    return verdict.result === 'PASS' && after !== before ? fail('a call was made') : verdict;
  },
};

const abortFreesSocket: Rule = {
  id: 'abort-frees-socket',
  title: { zh: '取消即释放连接', en: 'Giving up frees the sockets' },
  why: 'Sockets that outlive their calls pile up until the source or the hub has none left.',
  async try(trial) {
    const { twin } = trial;
    const asked = trial.asked.find(({ keys }) => keys.hit !== null);
    const key = asked === undefined ? null : keyOf(asked, 'hit');
    if (key === null) return skip('no hit key');
    return trial.withConnector(async (connector) => {
      if (findCapability(connector, key.capability) === null)
        return skip('answered from kept rows');
      const given = new AbortController();
      const call = { ...trial.callWithin(CALL_MS_MAX), signal: given.signal };
      const start = () =>
        Promise.all(Array.from({ length: PARALLEL }, () => readKey(connector, key, call)));
      try {
        return await (twin?.faults.includes('HANG') === true
          ? freesCalls(twin, { start, abort: () => given.abort() })
          : freesSockets(trial, { start, abort: () => given.abort() }));
      } finally {
        given.abort();
      }
    });
  },
};

const closeEndsSockets: Rule = {
  id: 'close-ends-sockets',
  title: { zh: '关闭即断开连接', en: 'Closing ends the sockets' },
  why: 'A source that was retired or moved must not be spoken to any more.',
  async try(trial) {
    // Those of connectors that were closed a moment ago are on their way out.
    await becomesTrue(async () => (await trial.countSockets()) === 0, FREED_MS_MAX);
    const before = await trial.countSockets();
    const [way] = await listWays(trial);
    const opened = await trial.withConnector(async (connector) => {
      const call = trial.callWithin(CALL_MS_MAX);
      await (way === undefined ? connector.check(call.signal) : way.go(connector, call));
      return trial.countSockets();
    });
    const isClosed = async () => (await trial.countSockets()) <= before;
    if (!(await becomesTrue(isClosed, FREED_MS_MAX))) return fail('sockets stay open');
    return opened > before ? PASS : skip('none stayed open before');
  },
};

/** How calls end. */
export const DEADLINE_RULES: readonly Rule[] = [
  deadline,
  abortedBefore,
  abortFreesSocket,
  closeEndsSockets,
];

/** One way of asking a source, which ends in a fault when the source does not answer. */
interface Way {
  readonly name: string;
  go(connector: Connector, call: CallContext): Promise<unknown>;
}

function nameOfWay({ name }: Way): string {
  return name;
}

async function listWays(trial: Trial): Promise<readonly Way[]> {
  const { holdings, discover, push } = await trial.withConnector((each) => Promise.resolve(each));
  const lookups = trial.asked.flatMap((asked): Way[] => {
    const { capability, keys } = asked;
    if (keys.hit === null) return [];
    const go: Way['go'] = (connector, call) =>
      findCapability(connector, capability)?.lookup([keys.hit], call) ??
      Promise.reject(new Error('not offered'));
    return holdings?.answers[capability] === undefined ? [{ name: capability, go }] : [];
  });
  const scans = (holdings?.collections ?? []).map((collection): Way => {
    return {
      name: `scan of ${collection}`,
      async go(connector, call) {
        if (connector.holdings === null) return;
        const pass = await readPass(connector.holdings, { collection, call });
        if (pass.fault !== null) throw pass.fault;
      },
    };
  });
  const desks = PUSH_NAMES.flatMap((name): Way[] => {
    const records = trial.subject.push[name]?.sound.slice(0, 1) ?? [];
    const go: Way['go'] = async (connector, call) => connector.push?.[name]?.push(records, call);
    return push?.[name] === undefined || records.length === 0 ? [] : [{ name, go }];
  });
  const discovery: Way = {
    name: 'discover',
    go: async (connector, call) => connector.discover?.(call.signal),
  };
  return [...lookups, ...scans, ...desks, ...(discover === null ? [] : [discovery])];
}

/** A call that the source never answered has thrown, or given a fault for every key. */
function judgeHanging(settled: { readonly kind: string; readonly value?: unknown }): Verdict {
  if (settled.kind === 'THROWN') return PASS;
  const results = Array.isArray(settled.value) ? (settled.value as { ok?: unknown }[]) : [];
  const isFaulty = results.length > 0 && results.every(({ ok }) => ok === false);
  return isFaulty ? PASS : fail('it answered');
}

/** Without a twin: an ordinary call with hardly any time ends in time, whatever it says. */
async function endsSoon(trial: Trial): Promise<Verdict> {
  const ways = (await listWays(trial)).filter(({ name }) => name !== 'assistance.request');
  const verdict = await tryEach(ways, nameOfWay, ({ go }) =>
    trial.withConnector(async (connector) => {
      const settled = await settleWithin(() => go(connector, trial.callWithin(1)), GIVE_UP_MS);
      if (settled.kind === 'LATE') return fail(`did not end within ${GIVE_UP_MS} ms`);
      return settled.tookMs <= LATE_MS_MAX ? PASS : fail(`${settled.tookMs} ms after its deadline`);
    }),
  );
  return combine([verdict], 'there is nothing to ask');
}

interface Started {
  start(): Promise<readonly Reading[]>;
  abort(): void;
}

/** The source itself sees that nobody waits any more. */
async function freesCalls(twin: Twin, { start, abort }: Started): Promise<Verdict> {
  const before = await twin.pendingCalls();
  return underFault(twin, 'HANG', async () => {
    const calls = start();
    const isTaken = async () => (await twin.pendingCalls()) > before;
    if (!(await becomesTrue(isTaken, FREED_MS_MAX))) return skip('no call reached the source');
    abort();
    await settleWithin(() => calls, GIVE_UP_MS);
    const isFree = async () => (await twin.pendingCalls()) <= before;
    return (await becomesTrue(isFree, FREED_MS_MAX)) ? PASS : fail('calls are still under way');
  });
}

/** Without a twin: the sockets of a call over HTTP that was given up are gone. */
async function freesSockets(trial: Trial, { start, abort }: Started): Promise<Verdict> {
  const { kind, settings } = trial.subject;
  const origins = kind.origins(kind.settings.parse(settings));
  const isHttp = origins.every(({ protocol }) => protocol.startsWith('http'));
  if (!isHttp) return skip('only the source itself can tell');
  const calls = start();
  const isOpen = () => Promise.resolve(trial.sockets.countOpen() > 0);
  await becomesTrue(isOpen, FREED_MS_MAX);
  const countLeft = trial.sockets.watchOpen();
  abort();
  const readings = await calls;
  if (readings.some(({ kind: what }) => what === 'ANSWER')) return skip('answered first');
  const isFree = () => Promise.resolve(countLeft() === 0);
  return (await becomesTrue(isFree, FREED_MS_MAX)) ? PASS : fail('sockets stay open');
}
