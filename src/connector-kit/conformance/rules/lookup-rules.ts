import { isDeepStrictEqual } from 'node:util';

import type { Connector } from '../../connector.ts';
import { describeReading, keyOf, readKey, saysTheSame, type Reading } from '../reading.ts';
import { fail, PASS, skip, tryEach, type Rule, type Verdict } from '../rule.ts';
import { CALL_MS_MAX, findCapability, type Asked, type Trial } from '../trial.ts';

const lookupHit: Rule = {
  id: 'lookup-hit',
  title: { zh: '能查到已有记录', en: 'A look-up finds the record that is there' },
  why: 'A connector that misses what the source holds turns a permit into a refusal.',
  try: (trial) => tryKey(trial, 'hit', (reading) => requireRecords(reading, 1, 1)),
};

const lookupMiss: Rule = {
  id: 'lookup-miss',
  title: { zh: '查无记录时如实返回', en: 'A look-up finds nothing where there is nothing' },
  why: 'A record found for a key that nobody has belongs to somebody else.',
  try: (trial) => tryKey(trial, 'miss', (reading) => requireRecords(reading, 0, 0)),
};

const absenceNeedsCanary: Rule = {
  id: 'absence-needs-canary',
  title: { zh: '无探针不得断言不存在', en: 'Absence is covered only where there is a canary' },
  why: 'Without a record that must be found nobody can tell an empty source from a broken one.',
  try: (trial) =>
    tryKey(trial, 'miss', (reading, { canaries }, { capability }) => {
      if (reading.kind !== 'ANSWER') return fail(describeReading(reading));
      if (reading.raw === null) return skip('a whole pass shows what there is');
      const hasCanary = canaries.some((canary) => canary.capability === capability);
      return reading.absence === 'UNCOVERED' || hasCanary ? PASS : fail('covered without a canary');
    }),
};

const lookupMany: Rule = {
  id: 'lookup-many',
  title: { zh: '多条记录全部返回', en: 'Several records are never narrowed' },
  why: 'Which of several records is meant is decided by people, not by the order of a table.',
  try: (trial) => tryKey(trial, 'many', (reading) => requireRecords(reading, 2, Infinity)),
};

const lookupWithheld: Rule = {
  id: 'lookup-withheld',
  title: { zh: '仅告知状态的证照', en: 'A license of which only the state is told is no miss' },
  why: 'A revoked license that reads as absent, or as one in force, is a wrong answer either way.',
  try: (trial) =>
    tryKey(trial, 'withheld', (reading) => {
      const found = requireRecords(reading, 1, 1);
      if (found.result !== 'PASS' || reading.kind !== 'ANSWER') return found;
      const [license] = reading.records as readonly { readonly withheld?: unknown }[];
      return license?.withheld === true ? PASS : fail('the record is not marked as withheld');
    }),
};

const lookupBlank: Rule = {
  id: 'lookup-blank',
  title: { zh: '空白代码不得作出结论', en: 'A blank key concludes nothing' },
  why: 'An empty code is a mistake of the asker, and "none" would be taken for an answer.',
  try: (trial) =>
    tryKey(trial, 'blank', (reading) => {
      if (reading.kind === 'FAULT') return PASS;
      if (reading.kind === 'BROKEN') return fail(reading.detail);
      const isNothing = reading.records.length === 0 && reading.absence === 'UNCOVERED';
      return isNothing ? PASS : fail(describeReading(reading));
    }),
};

const rawKept: Rule = {
  id: 'raw-kept',
  title: { zh: '保留应答原文', en: 'Every answer carries the bytes it was read from' },
  why: 'A verdict that is disputed years later is settled by the bytes it rests on.',
  try: (trial) =>
    tryKey(trial, 'hit', (reading) => {
      if (reading.kind !== 'ANSWER') return fail(describeReading(reading));
      if (reading.raw === null) return skip('answered from kept rows');
      return reading.raw.length > 0 ? PASS : fail('no bytes');
    }),
};

const rereadEqualsLookup: Rule = {
  id: 'reread-equals-lookup',
  title: { zh: '重读与查询结果一致', en: 'Reading recorded bytes again gives the same answer' },
  why: 'New settings are tried on recorded replies; a reader of its own would try something else.',
  async try(trial) {
    const keys = (['hit', 'miss', 'many'] as const).map(
      (which) => async () =>
        tryKey(trial, which, (reading, connector, asked) => {
          const { reread } = connector;
          if (reread === null) return skip('recorded bytes do not suffice');
          if (reading.kind !== 'ANSWER' || reading.raw === null) return skip('no recorded bytes');
          const again = reread(asked.capability, asked.keys[which] as never, reading.raw);
          const same = again.ok && saysTheSame(reading, { kind: 'ANSWER', ...again.answer });
          return same ? PASS : fail(`${which}: reread says something else`);
        }),
    );
    return tryEach(
      keys,
      () => 'reread',
      (attempt) => attempt(),
    );
  },
};

const canariesRight: Rule = {
  id: 'canaries-right',
  title: { zh: '探针有效', en: 'Canaries are found and not found as they must be' },
  why: 'The hub believes no absence at a source whose canaries it cannot read.',
  async try(trial) {
    return trial.withConnector(async (connector) =>
      tryEach(
        // Those of kept rows are read where the rows are kept.
        connector.canaries.filter(({ capability }) => capability in connector.capabilities),
        ({ capability }) => capability,
        async ({ capability, present, absent }) => {
          const call = trial.callWithin(CALL_MS_MAX);
          const there = await readKey(connector, { capability, key: present }, call);
          const gone = await readKey(connector, { capability, key: absent }, call);
          const found = requireRecords(there, 1, 1);
          if (found.result !== 'PASS') return fail(`present: ${found.detail}`);
          const missed = requireRecords(gone, 0, 0);
          return missed.result === 'PASS' ? PASS : fail(`absent: ${missed.detail}`);
        },
      ),
    );
  },
};

const idempotentClaim: Rule = {
  id: 'idempotent-claim',
  title: { zh: '幂等声明属实', en: 'What is called idempotent is' },
  why: 'The hub asks again after a fault only where twice is the same as once.',
  try: (trial) =>
    tryKey(trial, 'hit', async (reading, connector, { capability, keys }) => {
      const claimed = findCapability(connector, capability)?.idempotent;
      if (claimed === undefined) return skip('answered from kept rows');
      if (!claimed) return skip('not claimed');
      if (reading.kind !== 'ANSWER') return fail(describeReading(reading));
      const call = trial.callWithin(CALL_MS_MAX);
      const again = await readKey(connector, { capability, key: keys.hit }, call);
      const isSame = again.kind === 'ANSWER' && isDeepStrictEqual(again.records, reading.records);
      return isSame ? PASS : fail('asked again, it says something else');
    }),
};

/** What a source that is well says of one key. */
export const LOOKUP_RULES: readonly Rule[] = [
  lookupHit,
  lookupMiss,
  absenceNeedsCanary,
  lookupMany,
  lookupWithheld,
  lookupBlank,
  rawKept,
  rereadEqualsLookup,
  canariesRight,
  idempotentClaim,
];

type JudgeKey = (
  reading: Reading,
  connector: Connector,
  asked: Asked,
) => Verdict | Promise<Verdict>;

/** Asks this key of every capability that has one. */
async function tryKey(trial: Trial, which: keyof Asked['keys'], judge: JudgeKey): Promise<Verdict> {
  const asked = trial.asked.filter(({ keys }) => keys[which] !== null);
  if (asked.length === 0) return skip(`no ${which} key`);
  return trial.withConnector((connector) =>
    tryEach(
      asked,
      ({ capability }) => capability,
      async (each) => {
        const key = keyOf(each, which);
        if (key === null) return skip(`no ${which} key`);
        return judge(await readKey(connector, key, trial.callWithin(CALL_MS_MAX)), connector, each);
      },
    ),
  );
}

function requireRecords(reading: Reading, min: number, max: number): Verdict {
  if (reading.kind !== 'ANSWER') return fail(describeReading(reading));
  const { length } = reading.records;
  return length >= min && length <= max ? PASS : fail(describeReading(reading));
}
