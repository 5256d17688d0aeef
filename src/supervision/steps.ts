import type { BusinessDate } from '../model/business-date.ts';
import type { Caller } from '../model/caller.ts';
import { businessDate } from '../model/clock.ts';
import { isUuid } from '../model/cursor.ts';
import type { InspectionOutcome, SamplingDraw } from '../model/inspection.ts';
import {
  draw,
  populationText,
  SAMPLING_LIFE,
  sha256,
  stratumOf,
  type SamplingStep,
} from '../model/sampling.ts';
import { checkLength, mistake, type Accepted, type UserError } from '../model/user-error.ts';
import type { Transaction } from '../store/database.ts';
import {
  findDraw,
  findPopulation,
  insertEvent,
  insertPopulation,
  insertSeed,
  lockDraw,
  readSealed,
} from './draw-queries.ts';
import {
  countInspections,
  findSubject,
  insertInspection,
  insertSubjects,
} from './inspection-queries.ts';
import { listCandidates, type Candidate } from './population-queries.ts';
import type { SupervisionDependencies } from './supervision.ts';

/** A step an officer takes. */
export interface SamplingStepInput {
  readonly drawId: string;
  readonly version: number;
  readonly step: Exclude<SamplingStep, 'RECORD'>;
  readonly reason: string | null;
}

/** What an inspection found, as an officer sends it. */
export interface RecordInspection {
  readonly drawId: string;
  readonly commitmentId: string;
  readonly outcome: InspectionOutcome;
  readonly inspectedOn: BusinessDate;
  readonly note: string | null;
}

const POPULATION_MAX = 20_000;
const WORDS_LENGTH_MAX = 1_000;

/** What the seed of a draw is sealed for. */
export function boundToSeed(drawId: string): string {
  return `sampling_draw ${drawId} seed`;
}

/** Takes the steps of draws, each with everything that follows from it in one transaction. */
export function createSamplingSteps(deps: SupervisionDependencies) {
  const { db, clock, vault, refusals } = deps;
  const today = () => businessDate(clock.now());

  async function take(caller: Caller, input: SamplingStepInput): Promise<Accepted<SamplingDraw>> {
    return within(
      caller,
      { drawId: input.drawId, operation: 'stepSampling' },
      async (trx, held) => {
        const state = SAMPLING_LIFE.after(held.state, input.step);
        if (state === null) return [SAMPLING_LIFE.refuse(held.state, input.step, ['drawId'])];
        const errors = [...checkStep(held, input), ...(await judge(trx, caller, { held, input }))];
        if (errors.length > 0) return errors;
        const refused = await follow(trx, held, input.step);
        if (refused.length > 0) return refused;
        await insertEvent(trx, held.id, {
          ...{ number: held.version + 1, step: input.step, state, at: clock.now() },
          ...{ by: caller.account, reason: input.reason?.trim() ?? null },
        });
        return [];
      },
    );
  }

  async function record(caller: Caller, input: RecordInspection): Promise<Accepted<SamplingDraw>> {
    const { drawId, commitmentId, outcome, inspectedOn } = input;
    return within(caller, { drawId, operation: 'recordInspection' }, async (trx, held) => {
      if (SAMPLING_LIFE.after(held.state, 'RECORD') === null)
        return [SAMPLING_LIFE.refuse(held.state, 'RECORD', ['drawId'])];
      const subject = isUuid(commitmentId) ? await findSubject(trx, drawId, commitmentId) : null;
      if (subject === null)
        return [mistake('UNKNOWN_COMMITMENT', ['commitmentId'], 'It was not drawn.')];
      const drawnOn = today();
      const errors = [
        ...(inspectedOn > drawnOn || inspectedOn < businessDate(held.plannedAt)
          ? [
              mistake(
                'DATE_OUT_OF_RANGE',
                ['inspectedOn'],
                `Not before the plan, up to ${drawnOn}.`,
              ),
            ]
          : []),
        ...checkWords(input.note, 'note', outcome !== 'KEPT'),
      ];
      if (errors.length > 0) return errors;
      await insertInspection(trx, input, {
        ...{ number: (subject.inspection?.number ?? 0) + 1, outcome, inspectedOn },
        ...{ note: input.note?.trim() ?? null, recordedAt: clock.now() },
        recordedBy: caller.account,
      });
      return [];
    });
  }

  /** Work on a draw of the caller's agency, alone; nothing remains of what is refused. */
  async function within(
    caller: Caller,
    { drawId, operation }: { readonly drawId: string; readonly operation: string },
    work: (trx: Transaction, held: SamplingDraw) => Promise<readonly UserError[]>,
  ): Promise<Accepted<SamplingDraw>> {
    const unknown = mistake('UNKNOWN_DRAW', ['drawId'], 'Your agency has no such draw.');
    if (!isUuid(drawId)) return refusals.refuse(caller, operation, [unknown]);
    const taken = await db.transaction(async (trx): Promise<Accepted<SamplingDraw>> => {
      await lockDraw(trx, drawId);
      const held = await findDraw(trx, drawId);
      const { agencyCode } = caller;
      const isOwn = held?.agencyCode === agencyCode;
      const inspects = operation === 'recordInspection' && held?.plan.agencyCode === agencyCode;
      if (held === null || !(isOwn || inspects)) return { ok: false, errors: [unknown] };
      const errors = await work(trx, held);
      if (errors.length > 0) return { ok: false, errors };
      return { ok: true, value: (await findDraw(trx, drawId)) ?? held };
    });
    return taken.ok ? taken : refusals.refuse(caller, operation, taken.errors);
  }

  /** The period is over before it is frozen; who draws is another account than who planned. */
  async function judge(
    trx: Transaction,
    caller: Caller,
    { held, input }: { readonly held: SamplingDraw; readonly input: SamplingStepInput },
  ): Promise<readonly UserError[]> {
    const { step, reason } = input;
    if (step === 'FREEZE' && held.plan.through >= today())
      return [mistake('DATE_OUT_OF_RANGE', ['step'], `Freeze it after ${held.plan.through}.`)];
    if (step === 'DRAW' && held.plannedBy === caller.account)
      return [
        mistake('SECOND_PERSON_NEEDED', ['drawId'], 'Another account than the planner draws.'),
      ];
    if (step !== 'CLOSE' || reason !== null) return [];
    const { drawn, kept, notKept, notFound } = await countInspections(trx, held.id);
    const missing = drawn - kept - notKept - notFound;
    if (missing === 0) return [];
    const why = `${missing} of ${drawn} are not recorded: record them, or say why.`;
    return [mistake('REASON_MISSING', ['reason'], why)];
  }

  async function follow(
    trx: Transaction,
    held: SamplingDraw,
    step: SamplingStep,
  ): Promise<readonly UserError[]> {
    if (step === 'FREEZE') return freeze(trx, held);
    if (step !== 'DRAW' && step !== 'CANCEL') return [];
    // A canceled draw shows its seed as well, so that all can see what it would have drawn.
    const seed = vault.open(await readSealed(trx, held.id), boundToSeed(held.id));
    await insertSeed(trx, { drawId: held.id, seed, at: clock.now() });
    const population = step === 'DRAW' ? await findPopulation(trx, held.id) : null;
    if (population === null) return [];
    const bytes = Buffer.from(seed, 'hex');
    await insertSubjects(trx, held.id, draw({ seed: bytes, plan: held.plan, population }));
    return [];
  }

  async function freeze(
    trx: Transaction,
    { id, plan }: SamplingDraw,
  ): Promise<readonly UserError[]> {
    const candidates = await listCandidates(trx, plan, POPULATION_MAX + 1);
    if (candidates.length > POPULATION_MAX)
      return [
        mistake('TOO_MANY', ['drawId'], `More than ${POPULATION_MAX}: plan a shorter period.`),
      ];
    const isShort = ({ barred }: Candidate) =>
      plan.inspectors.length - barred.length < plan.inspectorsPerSubject;
    const short = candidates.filter(isShort).length;
    if (short > 0) return [mistake('TOO_FEW_INSPECTORS', ['drawId'], tooFew(short))];
    const members = populationText(
      candidates.flatMap((one) => {
        const stratum = stratumOf(plan.strata, one);
        return stratum === null ? [] : [{ ...one, stratum: stratum.name }];
      }),
    );
    const size = candidates.length;
    await insertPopulation(trx, { drawId: id, members, digest: sha256(members), size });
    return [];
  }

  return { take, record };
}

function tooFew(commitments: number): string {
  const who = 'who handled a case does not inspect it';
  return `${who}: for ${commitments} too few are left. Cancel, and plan with a larger pool.`;
}

function checkStep(held: SamplingDraw, { version, step, reason }: SamplingStepInput) {
  return [
    ...(held.version === version
      ? []
      : [mistake('STALE_VERSION', ['version'], 'Something was done meanwhile. Read it again.')]),
    ...checkWords(reason, 'reason', step === 'CANCEL'),
  ];
}

function checkWords(words: string | null, field: string, isNeeded: boolean): readonly UserError[] {
  if (words !== null) return checkLength(words, [field], WORDS_LENGTH_MAX);
  return isNeeded ? [mistake('REASON_MISSING', [field], 'Say why, or what was found.')] : [];
}
