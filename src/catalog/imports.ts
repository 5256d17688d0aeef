import { randomUUID } from 'node:crypto';

import type { Agencies } from '../agencies/agencies.ts';
import type { Refusals } from '../audit/refusals.ts';
import type { Calendar } from '../calendar/calendar.ts';
import { regionAtLevel, type Agency, type AgencyLevel } from '../model/agency.ts';
import type { BusinessDate } from '../model/business-date.ts';
import type { Caller } from '../model/caller.ts';
import { businessDate, type Clock } from '../model/clock.ts';
import { diffLists, type ListChange, type ListedMatter } from '../model/listed-matter.ts';
import type { MatterList } from '../model/matter-list.ts';
import { checkLength, mistake, type Accepted, type UserError } from '../model/user-error.ts';
import type { Database, Transaction } from '../store/database.ts';
import { runOnce } from '../store/request-key.ts';
import { insertAdoptionTask } from './adoption-queries.ts';
import { readListFile, type FiledMatter } from './list-file.ts';
import { findList, findNewest, loadContent, lockRegion } from './list-queries.ts';
import { checkSuccession, type Publisher } from './lists.ts';
import { checkListedMatter } from './matter-check.ts';
import { isSame } from './publication.ts';

/** Takes over lists from files (承接清单): whole, or not at all. */
export interface Imports {
  /** The version that came of it; the standing one where the file changes nothing. */
  importList(caller: Caller, input: ImportList): Promise<Accepted<MatterList>>;
}

/** A list as a file has it. */
export interface ImportList {
  readonly level: AgencyLevel;
  readonly type: 'CSV' | 'XLSX';
  readonly contentBase64: string;
  readonly expectedVersion: number;
  readonly effectiveFrom: BusinessDate;
  /** What agencies have to take their matters over. */
  readonly adoptionWorkingDays: number;
  readonly idempotencyKey: string;
}

const OPERATION = 'importMatterList';
const ERRORS_TOLD = 50;
const ADOPTING_MAX = 50;
const READ_MS_MAX = 5_000;

/** The room that takes lists over. */
export function createImports(deps: {
  readonly db: Database;
  readonly clock: Clock;
  readonly calendar: Pick<Calendar, 'deadline'>;
  readonly agencies: Pick<Agencies, 'find' | 'listByCode'>;
  readonly refusals: Pick<Refusals, 'refuse'>;
  readonly publisher: Publisher;
}): Imports {
  const { db, agencies, refusals } = deps;

  async function importList(caller: Caller, input: ImportList): Promise<Accepted<MatterList>> {
    const refuse = (errors: readonly UserError[]) =>
      refusals.refuse(caller, OPERATION, errors.slice(0, ERRORS_TOLD));
    const agency = await agencies.find(caller.agencyCode);
    if (agency === null || !mayImport(agency, input.level))
      return refuse([
        mistake(
          'NOT_YOUR_REGION',
          ['level'],
          'A bureau imports its own list, and one of a city also that of its province.',
        ),
      ]);
    const bytes = Buffer.from(input.contentBase64, 'base64');
    const read = await readListFile(bytes, input.type, AbortSignal.timeout(READ_MS_MAX));
    const errors = [
      ...checkInput(input),
      ...read.errors,
      ...checkRows(read.matters),
      ...(await checkAdopting(read.matters)),
    ];
    if (errors.length > 0) return refuse(errors);
    const { idempotencyKey } = input;
    const key = { agencyCode: caller.agencyCode, idempotencyKey, operation: OPERATION, input };
    const regionCode = regionAtLevel(agency.regionCode, input.level);
    return db.transaction(async (trx): Promise<Accepted<MatterList>> => {
      const done = await runOnce(trx, key, () =>
        publish(trx, caller, { input, regionCode, matters: read.matters }),
      );
      if (!done.ok) return done;
      const list = await findList(trx, done.value);
      if (list === null) throw new RangeError('A list that was imported is gone.');
      return { ok: true, value: list };
    });
  }

  async function publish(
    trx: Transaction,
    caller: Caller,
    given: { input: ImportList; regionCode: string; matters: readonly FiledMatter[] },
  ): Promise<Accepted<string>> {
    const { input, regionCode, matters } = given;
    await lockRegion(trx, regionCode);
    const newest = await findNewest(trx, regionCode);
    const errors = checkSuccession(newest, input);
    if (errors.length > 0) return refusals.refuse(caller, OPERATION, errors);
    const before = await loadContent(trx, regionCode, newest?.version ?? 0);
    const after = new Map(matters.map(({ entry }) => [entry.code, keeping(before, entry)]));
    const changes = diffLists(before, after, isSame);
    if (changes.length === 0 && newest !== null) return { ok: true, value: newest.id };
    const { level, effectiveFrom } = input;
    const version = { regionCode, level, origin: 'IMPORT' as const, effectiveFrom, changes };
    const list = await deps.publisher.publish(trx, caller, version);
    const due = deps.calendar.deadline(list.publishedOn, input.adoptionWorkingDays);
    for (const [agencyCode, matterCodes] of adoptersOf(changes))
      await insertAdoptionTask(trx, {
        ...{ id: randomUUID(), listId: list.id, agencyCode, due, matterCodes },
      });
    return { ok: true, value: list.id };
  }

  async function checkAdopting(matters: readonly FiledMatter[]): Promise<readonly UserError[]> {
    const codes = [...new Set(matters.flatMap(({ entry }) => entry.adoptingAgencies))];
    const held = new Set(
      (await agencies.listByCode(codes)).flatMap((one) => (one === null ? [] : [one.code])),
    );
    return matters.flatMap(({ place, entry }) =>
      entry.adoptingAgencies.every((code) => held.has(code)) &&
      entry.adoptingAgencies.length <= ADOPTING_MAX
        ? []
        : [
            mistake(
              'UNKNOWN_AGENCY',
              ['rows', String(place), 'adoptingAgencies'],
              `Row ${place}: name up to ${ADOPTING_MAX} registered agencies by their codes.`,
            ),
          ],
    );
  }

  function checkInput(input: ImportList): readonly UserError[] {
    const errors = [...checkLength(input.idempotencyKey, ['idempotencyKey'], 64)];
    const { adoptionWorkingDays: days } = input;
    if (!Number.isInteger(days) || days < 0 || days > 250)
      errors.push(mistake('MALFORMED_VALUE', ['adoptionWorkingDays'], 'Send 0 to 250.'));
    if (input.effectiveFrom > businessDate(deps.clock.now()) && input.level === 'PROVINCE')
      errors.push(
        mistake('DATE_OUT_OF_RANGE', ['effectiveFrom'], 'Take it over once it is in force.'),
      );
    return errors;
  }

  return { importList };
}

function mayImport({ isJustice, level }: Agency, wanted: AgencyLevel): boolean {
  return isJustice && (level === wanted || (level === 'CITY' && wanted === 'PROVINCE'));
}

function checkRows(matters: readonly FiledMatter[]): readonly UserError[] {
  const seen = new Set<string>();
  const errors = matters.flatMap(({ place, entry }) => {
    const at = ['rows', String(place)];
    const isTwice = seen.has(entry.code);
    seen.add(entry.code);
    return [
      ...checkListedMatter(entry, at),
      ...(isTwice ? [mistake('ALREADY_LISTED', [...at, 'code'], 'It stands there twice.')] : []),
    ];
  });
  if (matters.length > 0 || errors.length > 0) return errors;
  return [mistake('FILE_NOT_READABLE', ['contentBase64'], 'The file has no matter.')];
}

/** What a file cannot say stays as it stood: risk, exemption and policy. */
function keeping(before: ReadonlyMap<string, ListedMatter>, entry: ListedMatter): ListedMatter {
  const was = before.get(entry.code);
  if (was === undefined) return entry;
  const { risk, exemption, policy } = was;
  return { ...entry, risk, exemption, policy };
}

/** Who has to take over which of the matters that are new or changed, and active. */
function adoptersOf(changes: readonly ListChange[]): ReadonlyMap<string, readonly string[]> {
  const tasks = new Map<string, string[]>();
  for (const { code, entry } of changes)
    for (const agency of entry?.isActive === true ? new Set(entry.adoptingAgencies) : [])
      tasks.set(agency, [...(tasks.get(agency) ?? []), code]);
  return tasks;
}
