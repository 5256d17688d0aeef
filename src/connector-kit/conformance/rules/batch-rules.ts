import { isDeepStrictEqual } from 'node:util';

import { HubError } from '../../../errors.ts';
import type { KeyResult } from '../../connector.ts';
import { fail, PASS, skip, tryEach, type Rule, type Verdict } from '../rule.ts';
import { CALL_MS_MAX, findCapability, settleWithin } from '../trial.ts';
import type { AnyCapability, Asked, Trial } from '../trial.ts';

const batchOrder: Rule = {
  id: 'batch-order',
  title: { zh: '批量结果顺序一致', en: 'Results stand in the order of the keys' },
  why: 'Results out of order give one person the record of another.',
  try: (trial) =>
    tryBatch(trial, async ({ capability, keys, ask }) => {
      const { hit, miss, many } = keys;
      const wanted = [hit, miss, many].filter((key) => key !== null);
      if (wanted.length < 2) return skip('fewer than two kinds of key');
      if (capability.batchMax < wanted.length) return skip('one key a call');
      const alone = [];
      for (const key of wanted) alone.push(contentOf((await ask([key]))[0]));
      const together = (await ask(wanted)).map(contentOf);
      if (together.length !== wanted.length) return fail(`${together.length} results`);
      return isDeepStrictEqual(together, alone) ? PASS : fail('another order');
    }),
};

const batchDuplicates: Rule = {
  id: 'batch-duplicates',
  title: { zh: '重复代码各得结果', en: 'A key asked twice is answered twice' },
  why: 'Two cases may ask about one person in the same moment, and results are matched by place.',
  try: (trial) =>
    tryBatch(trial, async ({ capability, keys, ask }) => {
      const { hit, miss } = keys;
      if (hit === null) return skip('no hit key');
      if (capability.batchMax < 3) return skip('fewer than three keys a call');
      // The same from both ends, so that only the number of results and their equality count.
      const results = await ask(miss === null ? [hit, hit] : [hit, miss, hit]);
      if (results.length !== (miss === null ? 2 : 3)) return fail(`${results.length} results`);
      const [first, last] = [results[0], results.at(-1)].map(contentOf);
      return first !== null && isDeepStrictEqual(first, last) ? PASS : fail('they differ');
    }),
};

const batchEmpty: Rule = {
  id: 'batch-empty',
  title: { zh: '零个代码不发起调用', en: 'No keys give no results and make no call' },
  why: 'A call without a question is on record at the source without a reason.',
  try: (trial) =>
    tryBatch(trial, async ({ ask }) => {
      const before = await trial.twin?.callCount();
      const results = await ask([]);
      if (results.length !== 0) return fail(`${results.length} results`);
      return (await trial.twin?.callCount()) === before ? PASS : fail('a call was made');
    }),
};

const batchMax: Rule = {
  id: 'batch-max',
  title: { zh: '批量上限', en: 'A full batch is answered, one key more is refused' },
  why: 'Keys beyond the limit of a source are cut off there without a word.',
  try: (trial) =>
    tryBatch(trial, async ({ capability, keys, ask }) => {
      const { hit, miss } = keys;
      if (hit === null) return skip('no hit key');
      const { batchMax: max } = capability;
      const fill = (count: number): readonly unknown[] =>
        Array.from({ length: count }, (_, at) => (at % 2 === 1 && miss !== null ? miss : hit));
      const full = await ask(fill(max));
      if (full.length !== max) return fail(`${full.length} results for ${max} keys`);
      if (!full.every(({ ok }) => ok)) return fail(`a fault in a batch of ${max}`);
      const before = await trial.twin?.callCount();
      const over = await settleWithin(() => ask(fill(max + 1)), CALL_MS_MAX);
      const error = over.kind === 'THROWN' ? over.error : null;
      const isRefused = error instanceof HubError && error.code === 'SOURCE_UNSUPPORTED';
      if (!isRefused) return fail(`${max + 1} keys were not refused`);
      return (await trial.twin?.callCount()) === before ? PASS : fail('refused after a call');
    }),
};

const poisonKey: Rule = {
  id: 'poison-key',
  title: {
    zh: '坏代码不影响其他代码',
    en: 'A key that cannot be answered costs the others nothing',
  },
  why: 'One spoiled record would silence every question that happens to share its call.',
  try: (trial) =>
    tryBatch(trial, async ({ capability, keys, ask }) => {
      const { hit, poison } = keys;
      if (hit === null || poison === null) return skip('no poison key');
      if (capability.batchMax < 3) return skip('fewer than three keys a call');
      const alone = contentOf((await ask([hit]))[0]);
      const settled = await settleWithin(() => ask([hit, poison, hit]), CALL_MS_MAX);
      if (settled.kind !== 'GIVEN') return fail('the whole batch failed');
      const results = settled.value;
      if (results.length !== 3) return fail(`${results.length} results for 3 keys`);
      if (results[1]?.ok !== false) return fail('the poison key was answered');
      const others = [results[0], results[2]].map(contentOf);
      return isDeepStrictEqual(others, [alone, alone]) ? PASS : fail('the others were hurt');
    }),
};

/** How keys that share a call are answered. */
export const BATCH_RULES: readonly Rule[] = [
  batchOrder,
  batchDuplicates,
  batchEmpty,
  batchMax,
  poisonKey,
];

interface Batch {
  readonly capability: AnyCapability;
  readonly keys: Asked['keys'];
  ask(keys: readonly unknown[]): Promise<readonly KeyResult<unknown>[]>;
}

async function tryBatch(
  trial: Trial,
  attempt: (batch: Batch) => Promise<Verdict>,
): Promise<Verdict> {
  if (trial.asked.length === 0) return skip('no questions');
  return trial.withConnector((connector) =>
    tryEach(
      trial.asked,
      ({ capability }) => capability,
      async ({ capability: name, keys }) => {
        const capability = findCapability(connector, name);
        if (capability === null) return skip('answered from kept rows');
        const ask: Batch['ask'] = (asked) =>
          capability.lookup(asked, trial.callWithin(CALL_MS_MAX));
        return attempt({ capability, keys, ask });
      },
    ),
  );
}

/** What a result says. Null for a fault, and for no result. */
function contentOf(result: KeyResult<unknown> | undefined): unknown {
  if (result?.ok !== true) return null;
  const { records, absence } = result.answer;
  return { records, absence };
}
