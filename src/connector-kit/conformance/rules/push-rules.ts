import { HubError } from '../../../errors.ts';
import { PUSH_NAMES, type PushDesk, type PushName, type Pushed } from '../../push.ts';
import { fail, PASS, skip, tryEach, type Rule, type Verdict } from '../rule.ts';
import type { PushedRecords } from '../subject.ts';
import { CALL_MS_MAX, settleWithin, type Trial } from '../trial.ts';

const REASON_CHARACTERS_MAX = 500;

const pushReceipts: Rule = {
  id: 'push-receipts',
  title: { zh: '回执与记录一一对应', en: 'Receipts stand in the order of the records' },
  why: 'A receipt beside the wrong record tells an officer that a refused commitment was taken.',
  try: (trial) =>
    tryPush(trial, async ({ desk, told }) => {
      const { sound, refused } = told;
      const [first, second] = sound;
      if (first === undefined || second === undefined) return fail('fewer than two sound records');
      const records = refused === null ? [first, second] : [first, second, refused];
      if (desk.batchMax < records.length) return skip('one record a call');
      const receipts = await desk.push(records, trial.callWithin(CALL_MS_MAX));
      if (receipts.length !== records.length) return fail(`${receipts.length} receipts`);
      const wrong = receipts.findIndex(({ taken }, at) => taken !== (records[at] !== refused));
      if (wrong >= 0) return fail(`receipt ${wrong + 1} belongs to another record`);
      const references = receipts.flatMap((each) => (each.taken ? [each.reference] : []));
      if (new Set(references).size !== references.length) return fail('one reference twice');
      const [again] = await desk.push([second], trial.callWithin(CALL_MS_MAX));
      const isSame = again?.taken === true && again.reference === references[1];
      if (!isSame) return fail('a reference belongs to another record');
      const isLong = receipts.some(
        (each) => !each.taken && each.reason.length > REASON_CHARACTERS_MAX,
      );
      return isLong ? fail('a reason of more than 500 characters') : PASS;
    }),
};

const pushOnce: Rule = {
  id: 'push-once',
  title: { zh: '重复报送只生效一次', en: 'The same record handed over twice has one effect' },
  why: 'After a fault nobody knows whether a record arrived, and the hub hands it over again.',
  try: (trial) =>
    tryPush(trial, async ({ desk, told }) => {
      const [record] = told.sound;
      if (record === undefined) return fail('no sound record');
      const one = await desk.push([record], trial.callWithin(CALL_MS_MAX));
      const two = await desk.push([record], trial.callWithin(CALL_MS_MAX));
      if (one[0]?.taken !== true || two[0]?.taken !== true)
        return fail('a sound record is refused');
      if (one[0].reference !== two[0].reference) return fail('two references of one record');
      const effects = await trial.twin?.push?.effects(record.code);
      return effects === 1 ? PASS : fail(`${effects ?? 0} effects`);
    }),
};

const pushBatch: Rule = {
  id: 'push-batch',
  title: { zh: '报送批量上限', en: 'No records make no call, one more than a batch is refused' },
  why: 'Records beyond the limit of a source are dropped there without a word.',
  try: (trial) =>
    tryPush(trial, async ({ desk, told }) => {
      const [record] = told.sound;
      if (record === undefined) return fail('no sound record');
      const none = await desk.push([], trial.callWithin(CALL_MS_MAX));
      if (none.length !== 0) return fail(`${none.length} receipts for no records`);
      const many = Array.from({ length: desk.batchMax + 1 }, () => record);
      const push = () => desk.push(many, trial.callWithin(CALL_MS_MAX));
      const over = await settleWithin(push, CALL_MS_MAX);
      const error = over.kind === 'THROWN' ? over.error : null;
      const isRefused = error instanceof HubError && error.code === 'SOURCE_UNSUPPORTED';
      return isRefused ? PASS : fail(`${many.length} records were not refused`);
    }),
};

const pushAcknowledged: Rule = {
  id: 'push-acknowledged',
  title: { zh: '回执查询一一对应', en: 'Acknowledgements stand in the order of the references' },
  why: 'What the source says of one record must not be told of another.',
  try: (trial) =>
    tryPush(trial, async ({ desk, told }) => {
      const [record] = told.sound;
      if (record === undefined) return fail('no sound record');
      const call = trial.callWithin(CALL_MS_MAX);
      const [receipt] = await desk.push([record], call);
      if (receipt?.taken !== true) return fail('a sound record is refused');
      const asked = [receipt.reference, 'no-such-reference'];
      const given = await desk.acknowledgements(asked, call);
      const isInOrder = given.every(({ reference }, at) => reference === asked[at]);
      if (given.length !== 2 || !isInOrder) return fail('another order or number');
      const [own, strange] = given;
      if (strange?.state !== 'UNKNOWN') return fail('a strange reference is not UNKNOWN');
      return own?.state === 'UNKNOWN' ? fail('its own reference is UNKNOWN') : PASS;
    }),
};

const pushTrouble: Rule = {
  id: 'push-trouble',
  title: { zh: '报送故障不得视为回执', en: 'A source in trouble gives no receipts' },
  why: 'A record that is taken for delivered is never handed over again.',
  try: (trial) =>
    tryPush(trial, async ({ desk, told }) => {
      const { twin } = trial;
      if (twin === null) return skip('needs a simulated source');
      const faults = (['REFUSED', 'FAILING', 'HANG', 'UNAUTHORIZED', 'QUOTA'] as const).filter(
        (fault) => twin.faults.includes(fault),
      );
      return tryEach(faults, String, async (fault) => {
        await twin.setFault(fault);
        const push = () => desk.push(told.sound.slice(0, 1), trial.callWithin(600));
        const settled = await settleWithin(push, CALL_MS_MAX);
        await twin.clearFault();
        return settled.kind === 'THROWN' ? PASS : fail('a receipt was given');
      });
    }),
};

/** What a source takes from the hub. */
export const PUSH_RULES: readonly Rule[] = [
  pushReceipts,
  pushOnce,
  pushBatch,
  pushAcknowledged,
  pushTrouble,
];

interface Desk {
  readonly desk: PushDesk<PushName>;
  readonly told: PushedRecords;
}

/** Tries a rule at every desk; never at a source of record, which would believe the records. */
async function tryPush(trial: Trial, attempt: (desk: Desk) => Promise<Verdict>): Promise<Verdict> {
  if (trial.twin === null) return skip('needs a simulated source');
  return trial.withConnector(async ({ push }) => {
    const offered: readonly (keyof Pushed)[] = PUSH_NAMES.filter((name) => push?.[name] != null);
    if (offered.length === 0) return skip('takes no records');
    return tryEach(offered, String, async (name) => {
      const desk = push?.[name];
      const told = trial.subject.push[name];
      return desk === undefined || told === undefined
        ? skip('no records to hand over')
        : attempt({ desk, told });
    });
  });
}
