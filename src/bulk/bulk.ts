import { randomUUID } from 'node:crypto';

import type { Refusals } from '../audit/refusals.ts';
import { HubError } from '../errors.ts';
import {
  BULK_LIFE,
  type Bulk,
  type BulkEvent,
  type BulkProgress,
  type BulkReject,
  type BulkRow,
  type BulkStep,
} from '../model/bulk.ts';
import type { BusinessDate } from '../model/business-date.ts';
import type { Caller } from '../model/caller.ts';
import { addDays, businessDate } from '../model/clock.ts';
import { decodeCursor, decodeInstantCursor, isUuid, pageOf, rowsToRead } from '../model/cursor.ts';
import type { Matter } from '../model/matter.ts';
import type { Page, PageRequest } from '../model/page.ts';
import { checkLength, mistake, type Accepted, type UserError } from '../model/user-error.ts';
import type { Verdict, VerdictCode } from '../model/verification.ts';
import type { Transaction } from '../store/database.ts';
import { runOnce } from '../store/request-key.ts';
import { createExport, type ExportedLine } from './export.ts';
import { progressOf } from './progress.ts';
import {
  changeBulk,
  findBulk,
  insertBulk,
  listBulkEvents,
  listNewestBulks,
  lockBulk,
} from './queries.ts';
import { countRows, listRejects, listRows } from './report-queries.ts';
import type { RunDependencies } from './run.ts';
import { createBulkRunner, type BulkRunner } from './runner.ts';
import {
  createUploads,
  type UploadDependencies,
  type Uploaded,
  type UploadFile,
} from './upload.ts';

/** Lists of subjects that are verified row by row (批量核查). */
export interface Bulks {
  /** @throws {HubError} CONFLICT when number or key belong to another list. */
  open(caller: Caller, input: OpenBulk): Promise<Accepted<Bulk>>;
  /** Takes the rows of a file in: all that is to be kept of it, or nothing. */
  upload(caller: Caller, file: UploadFile): Promise<Accepted<Uploaded>>;
  step(caller: Caller, input: StepBulk): Promise<Accepted<Bulk>>;
  /** Null where the agency has none with this id. */
  find(agencyCode: string, id: string): Promise<Bulk | null>;
  /** Newest first. */
  pageOf(agencyCode: string, page: PageRequest): Promise<Page<Bulk>>;
  /** In the order of lines. */
  pageOfRows(
    bulk: Bulk,
    filter: { state: BulkRow['state'] | null; verdict: VerdictCode | null },
    page: PageRequest,
  ): Promise<Page<BulkRow>>;
  /** In the order of lines. */
  pageOfRejects(bulk: Bulk, page: PageRequest): Promise<Page<BulkReject>>;
  progress(bulk: Bulk): Promise<BulkProgress>;
  /** Oldest first, the latest 100. */
  listEvents(bulkId: string): Promise<readonly BulkEvent[]>;
  /** Every line that was taken in or left out, in order, some at a time. */
  exportLines(bulk: Bulk): AsyncGenerator<readonly ExportedLine[]>;
  readonly runner: BulkRunner;
}

/** Why a list may be asked about. */
export interface OpenBulk {
  readonly matterCode: string;
  readonly number: string;
  readonly legalBasis: string;
  /** Null means today. */
  readonly acceptedOn: BusinessDate | null;
  readonly idempotencyKey: string;
}

/** What an officer does with a list. */
export interface StepBulk {
  readonly id: string;
  readonly version: number;
  readonly step: Extract<BulkStep, 'START' | 'PAUSE' | 'RESUME' | 'CANCEL'>;
}

/** What the room works with; other rooms fulfill it. */
export interface BulkDependencies extends UploadDependencies, RunDependencies {
  readonly refusals: Refusals;
  readonly log: RunDependencies['log'] & { info(facts: object, message: string): void };
  /** The version in force that day. Null when none is. */
  findInForce(code: string, on: BusinessDate): Promise<Matter | null>;
  /** Of each verification, oldest first. */
  listVerdicts(verificationIds: readonly string[]): Promise<readonly (readonly Verdict[])[]>;
}

const NUMBER_LENGTH_MAX = 58;
const LEGAL_BASIS_LENGTH_MAX = 512;
const KEY_LENGTH_MAX = 64;
const ACCEPTED_DAYS_BACK_MAX = 366;
const EVENTS_SHOWN = 100;
const RATE_MS = 60_000;
const OPEN = 'openBulkVerification';
const OPERATIONS = {
  ...{ START: 'startBulkVerification', PAUSE: 'pauseBulkVerification' },
  ...{ RESUME: 'resumeBulkVerification', CANCEL: 'cancelBulkVerification' },
} as const;

/** The room of lists. */
export function createBulks(deps: BulkDependencies): Bulks {
  const { db, clock, refusals } = deps;
  const runner = createBulkRunner(deps);

  async function open(caller: Caller, input: OpenBulk): Promise<Accepted<Bulk>> {
    const { agencyCode } = caller;
    const today = businessDate(clock.now());
    const acceptedOn = input.acceptedOn ?? today;
    const matter = await deps.findInForce(input.matterCode, acceptedOn);
    const errors = checkOpening(input, { matter, acceptedOn, today });
    if (matter === null || errors.length > 0) return refusals.refuse(caller, OPEN, errors);
    const bulk: Bulk = {
      ...{ id: randomUUID(), agencyCode, number: input.number.trim() },
      ...{ matterCode: matter.code, matterVersion: matter.version },
      ...{ legalBasis: input.legalBasis.trim(), acceptedOn },
      ...{ openedAt: clock.now(), openedBy: caller.account, askedBy: null },
      ...{ state: 'OPENED', version: 1, file: null, waiting: null },
    };
    const { idempotencyKey, ...asked } = input;
    const key = { agencyCode, idempotencyKey, operation: OPEN, input: asked };
    const id = await db.transaction((trx) =>
      runOnce(trx, key, async () => {
        if (await insertBulk(trx, bulk)) return { ok: true, value: bulk.id };
        throw new HubError('CONFLICT', { details: { field: 'number' } });
      }),
    );
    return id.ok ? found(await findBulk(db, { agencyCode, id: id.value })) : id;
  }

  async function step(caller: Caller, input: StepBulk): Promise<Accepted<Bulk>> {
    const { agencyCode } = caller;
    const refuse = (errors: readonly UserError[]) =>
      refusals.refuse(caller, OPERATIONS[input.step], errors);
    const read = isUuid(input.id) ? await findBulk(db, { agencyCode, id: input.id }) : null;
    if (read === null)
      return refuse([mistake('UNKNOWN_BULK', ['id'], 'Your agency has no such list.')]);
    const taken = await db.transaction((trx) => stepIn(trx, caller, input));
    if (taken.ok && taken.value.state === 'RUNNING') runner.wake();
    return taken.ok ? taken : refuse(taken.errors);
  }

  async function stepIn(
    trx: Transaction,
    caller: Caller,
    { id, version, step: wanted }: StepBulk,
  ): Promise<Accepted<Bulk>> {
    const held = await lockBulk(trx, id);
    const state = BULK_LIFE.after(held.state, wanted);
    if (state === null) return refusedBy(BULK_LIFE.refuse(held.state, wanted, ['id']));
    if (held.version !== version)
      return refusedBy(mistake('STALE_VERSION', ['version'], 'Read it again, then decide.'));
    const change = { step: wanted, state, at: clock.now(), by: caller.account };
    const value = await changeBulk(trx, held, { ...change, file: null, waiting: null });
    return { ok: true, value };
  }

  return {
    ...{ open, step, runner },
    upload: createUploads(deps),
    find: async (agencyCode, id) => (isUuid(id) ? findBulk(db, { agencyCode, id }) : null),
    async pageOf(agencyCode, page) {
      const before = decodeInstantCursor(page.after);
      const rows = await listNewestBulks(db, { agencyCode, before, rows: rowsToRead(page) });
      return pageOf(rows, page, ({ openedAt, id }) => [openedAt.toISOString(), id]);
    },
    async pageOfRows({ id: bulkId }, filter, page) {
      const after = numberAfter(page);
      const rows = await listRows(db, { bulkId, ...filter, after, rows: rowsToRead(page) });
      return pageOf(rows, page, ({ line }) => [String(line)]);
    },
    async pageOfRejects({ id: bulkId }, page) {
      const after = numberAfter(page);
      const rows = await listRejects(db, { bulkId, after, rows: rowsToRead(page) });
      return pageOf(rows, page, ({ number }) => [String(number)]);
    },
    async progress({ id: bulkId, state }) {
      const now = clock.now();
      const since = new Date(now.getTime() - RATE_MS);
      return progressOf(await countRows(db, { bulkId, since }), { state, now });
    },
    listEvents: (bulkId) => listBulkEvents(db, bulkId, EVENTS_SHOWN),
    exportLines: createExport(deps),
  };
}

function checkOpening(
  input: OpenBulk,
  about: { readonly matter: Matter | null; acceptedOn: BusinessDate; today: BusinessDate },
): readonly UserError[] {
  const { matter, acceptedOn, today } = about;
  const earliest = addDays(today, -ACCEPTED_DAYS_BACK_MAX);
  const days = `Send a day from ${earliest} to ${today}, Asia/Shanghai.`;
  const notInForce = `No matter of this code is in force on ${acceptedOn}. See query \`matters\`.`;
  return [
    ...checkLength(input.number, ['number'], NUMBER_LENGTH_MAX),
    ...checkLength(input.legalBasis, ['legalBasis'], LEGAL_BASIS_LENGTH_MAX),
    ...checkLength(input.idempotencyKey, ['idempotencyKey'], KEY_LENGTH_MAX),
    ...(acceptedOn < earliest || acceptedOn > today
      ? [mistake('DATE_OUT_OF_RANGE', ['acceptedOn'], days)]
      : []),
    ...(matter === null ? [mistake('MATTER_NOT_IN_FORCE', ['matterCode'], notInForce)] : []),
  ];
}

function refusedBy(error: UserError): Accepted<Bulk> {
  return { ok: false, errors: [error] };
}

function found(bulk: Bulk | null): Accepted<Bulk> {
  if (bulk === null) throw new HubError('STORE_UNAVAILABLE');
  return { ok: true, value: bulk };
}

/** @throws {HubError} MALFORMED_CURSOR. */
function numberAfter({ after }: PageRequest): number {
  const [text = '0'] = decodeCursor(after, 1) ?? [];
  if (!/^\d{1,9}$/u.test(text)) throw new HubError('MALFORMED_CURSOR');
  return Number(text);
}
