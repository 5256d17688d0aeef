import { randomBytes, randomUUID } from 'node:crypto';

import type { Refusals } from '../audit/refusals.ts';
import type { Agency } from '../model/agency.ts';
import type { Caller } from '../model/caller.ts';
import { businessDate, type Clock } from '../model/clock.ts';
import { decodeCursor, decodeInstantCursor, isUuid, pageOf, rowsToRead } from '../model/cursor.ts';
import type { SampledSubject, SamplingDraw, SamplingEvent } from '../model/inspection.ts';
import type { Page, PageRequest } from '../model/page.ts';
import { ALGORITHM, planText, sha256, type SamplingPlan } from '../model/sampling.ts';
import { mistake, type Accepted, type UserError } from '../model/user-error.ts';
import type { Database, Transaction } from '../store/database.ts';
import { runOnce } from '../store/request-key.ts';
import type { Vault } from '../vault/vault.ts';
import {
  findDraw,
  findPopulation,
  insertDraw,
  insertEvent,
  listDraws,
  listEvents,
} from './draw-queries.ts';
import { countInspections, listSubjects, type InspectionCounts } from './inspection-queries.ts';
import { checkPlan, type PlanSampling } from './plan-check.ts';
import {
  boundToSeed,
  createSamplingSteps,
  type RecordInspection,
  type SamplingStepInput,
} from './steps.ts';

/** Random inspections (双随机、一公开) that nobody can steer and anybody can verify. */
export interface Supervision {
  /** Fixes a plan and commits to a seed. */
  plan(caller: Caller, input: PlanSampling): Promise<Accepted<SamplingDraw>>;
  step(caller: Caller, input: SamplingStepInput): Promise<Accepted<SamplingDraw>>;
  /** What an inspection found. Never a breach by itself. */
  record(caller: Caller, input: RecordInspection): Promise<Accepted<SamplingDraw>>;
  /** Of whatever agency: draws are public. Null where there is none. */
  find(id: string): Promise<SamplingDraw | null>;
  /** Newest first; null for those of every agency. */
  pageOf(
    filter: { readonly agencyCode: string | null },
    page: PageRequest,
  ): Promise<Page<SamplingDraw>>;
  /** Oldest first. */
  listEvents(drawId: string): Promise<readonly SamplingEvent[]>;
  /** As it was hashed. Null before it was frozen. */
  populationOf(drawId: string): Promise<string | null>;
  /** In the order of the draw. */
  pageOfSubjects(drawId: string, page: PageRequest): Promise<Page<SampledSubject>>;
  countInspections(drawId: string): Promise<InspectionCounts>;
}

/** What the room works with; other rooms fulfill it. */
export interface SupervisionDependencies {
  readonly db: Database;
  readonly clock: Clock;
  readonly vault: Vault;
  readonly refusals: Pick<Refusals, 'refuse'>;
  findAgency(code: string): Promise<Agency | null>;
}

const OPERATION = 'planSampling';
const SEED_BYTES = 32;

/** The room of supervision. */
export function createSupervision(deps: SupervisionDependencies): Supervision {
  const { db, clock, refusals } = deps;
  const steps = createSamplingSteps(deps);

  async function plan(caller: Caller, input: PlanSampling): Promise<Accepted<SamplingDraw>> {
    const inspected = input.agencyCode ?? caller.agencyCode;
    const errors = [
      ...checkPlan(input, businessDate(clock.now())),
      ...(await checkInspected(caller, inspected)),
    ];
    if (errors.length > 0) return refusals.refuse(caller, OPERATION, errors);
    const { idempotencyKey, ...rest } = input;
    const { agencyCode } = caller;
    const key = { agencyCode, idempotencyKey, operation: OPERATION, input: rest };
    return db.transaction(async (trx): Promise<Accepted<SamplingDraw>> => {
      const done = await runOnce(trx, key, () => insert(trx, caller, { ...input, inspected }));
      if (!done.ok) return done;
      const draw = await findDraw(trx, done.value);
      if (draw === null) throw new RangeError('A draw that was planned is gone.');
      return { ok: true, value: draw };
    });
  }

  async function insert(
    trx: Transaction,
    caller: Caller,
    input: PlanSampling & { readonly inspected: string },
  ): Promise<Accepted<string>> {
    const id = randomUUID();
    const fixed: SamplingPlan = {
      ...{ algorithm: ALGORITHM, id, agencyCode: input.inspected },
      ...{ matterCodes: input.matterCodes.toSorted(), from: input.from, through: input.through },
      ...{ strata: input.strata, inspectors: input.inspectors.toSorted() },
      inspectorsPerSubject: input.inspectorsPerSubject,
    };
    const text = planText(fixed);
    const seed = randomBytes(SEED_BYTES);
    const at = clock.now();
    await insertDraw(trx, {
      ...{ agencyCode: caller.agencyCode, plan: fixed, planText: text, planDigest: sha256(text) },
      ...{ seedCommitment: sha256(seed), plannedAt: at, plannedBy: caller.account },
      sealed: deps.vault.seal(seed.toString('hex'), boundToSeed(id)),
    });
    await insertEvent(trx, id, {
      ...{ number: 1, step: null, state: 'PLANNED', at, by: caller.account, reason: null },
    });
    return { ok: true, value: id };
  }

  async function checkInspected(caller: Caller, code: string): Promise<readonly UserError[]> {
    if (code === caller.agencyCode) return [];
    if (!caller.roles.includes('JUSTICE'))
      return [
        mistake('UNKNOWN_AGENCY', ['agencyCode'], 'Only a justice bureau inspects another agency.'),
      ];
    if ((await deps.findAgency(code)) !== null) return [];
    return [mistake('UNKNOWN_AGENCY', ['agencyCode'], 'No agency is registered under this code.')];
  }

  return {
    plan,
    step: steps.take,
    record: steps.record,
    find: async (id) => (isUuid(id) ? findDraw(db, id) : null),
    async pageOf({ agencyCode }, page) {
      const before = decodeInstantCursor(page.after);
      const rows = await listDraws(db, { agencyCode, before, rows: rowsToRead(page) });
      return pageOf(rows, page, ({ plannedAt, id }) => [plannedAt.toISOString(), id]);
    },
    listEvents: (drawId) => listEvents(db, drawId),
    populationOf: (drawId) => findPopulation(db, drawId),
    async pageOfSubjects(drawId, page) {
      const after = Number.parseInt(decodeCursor(page.after, 1)?.[0] ?? '0', 10) || 0;
      const rows = await listSubjects(db, { drawId, after, rows: rowsToRead(page) });
      return pageOf(rows, page, ({ position }) => [String(position)]);
    },
    countInspections: (drawId) => countInspections(db, drawId),
  };
}
