import { randomUUID } from 'node:crypto';

import type { Agencies } from '../agencies/agencies.ts';
import type { Refusals } from '../audit/refusals.ts';
import type { BusinessDate } from '../model/business-date.ts';
import type { Caller } from '../model/caller.ts';
import type { SubjectInCase } from '../model/case-file.ts';
import { businessDate, type Clock } from '../model/clock.ts';
import { decodeCursor, pageOf, rowsToRead } from '../model/cursor.ts';
import type { Matter } from '../model/matter.ts';
import type { Page, PageRequest } from '../model/page.ts';
import { choosePolicy, type PolicyChoice } from '../model/policy-choice.ts';
import { kindPolicyOf, type KindPolicy, type PolicyVersion } from '../model/policy-version.ts';
import type { VerificationPolicy } from '../model/policy.ts';
import type { SubjectKind } from '../model/subject-code.ts';
import { mistake, type Accepted, type UserError } from '../model/user-error.ts';
import type { Database, Transaction } from '../store/database.ts';
import { runOnce } from '../store/request-key.ts';
import { bureauOf, checkSuccession } from './lists.ts';
import { checkPolicies, checkVersion, type PolicyVersionDraft } from './policy-check.ts';
import {
  findPolicyVersion,
  insertPolicyVersion,
  listPoliciesInForce,
  listPolicyVersions,
  listToldGrades,
  lockPolicies,
  type PolicyKey,
} from './policy-queries.ts';

/** Verification policies (核查办法) by kind of subject and credit grade, in versions. */
export interface Policies {
  /**
   * Publishes the next version.
   *
   * @throws {HubError} CONFLICT when the key belongs to another request.
   */
  publish(caller: Caller, draft: PolicyVersionDraft): Promise<Accepted<PolicyVersion>>;
  /** In the order of `keys`; null where none is in force. */
  listInForce(keys: readonly PolicyKey[]): Promise<readonly (PolicyVersion | null)[]>;
  /** Newest first, those not yet in force included. */
  pageOf(matterCode: string, page: PageRequest): Promise<Page<PolicyVersion>>;
  /**
   * Which policy a question that was put at `at` is judged by: of the version in force on the day
   * the application was accepted, under the grades on record for the case at that instant.
   */
  choose(about: SubjectInCase, at: Date): Promise<PolicyChoice>;
  /** By which standard each kind of subject is judged that applied on this day. */
  standardOn(
    matter: Matter,
    acceptedOn: BusinessDate,
  ): Promise<(kind: SubjectKind) => VerificationPolicy>;
}

const OPERATION = 'publishPolicyVersion';

/** The room of policies. */
export function createPolicies(deps: {
  readonly db: Database;
  readonly clock: Clock;
  readonly agencies: Pick<Agencies, 'find'>;
  readonly refusals: Pick<Refusals, 'refuse'>;
  /** The version in force that day. Null when none is. */
  findMatter(code: string, on: BusinessDate): Promise<Matter | null>;
  /** Whether any version was ever in force. */
  isKnownMatter(code: string): Promise<boolean>;
}): Policies {
  const { db, clock, agencies, refusals } = deps;

  async function publish(
    caller: Caller,
    draft: PolicyVersionDraft,
  ): Promise<Accepted<PolicyVersion>> {
    const refuse = (errors: readonly UserError[]) => refusals.refuse(caller, OPERATION, errors);
    const { agencyCode } = caller;
    const { idempotencyKey } = draft;
    const matter = await deps.findMatter(draft.matterCode, draft.effectiveFrom);
    if (matter === null) return refuse([await noMatter(draft)]);
    const notTheirs = await whyNotTheirs(caller, matter);
    if (notTheirs !== null) return refuse([notTheirs]);
    const key = { agencyCode, idempotencyKey, operation: OPERATION, input: draft };
    return db.transaction(async (trx): Promise<Accepted<PolicyVersion>> => {
      const done = await runOnce(trx, key, () => publishIn(trx, caller, { draft, matter }));
      if (!done.ok) return done;
      const published = await findPolicyVersion(trx, done.value);
      if (published === null) throw new RangeError('A policy version that was published is gone.');
      return { ok: true, value: published };
    });
  }

  async function publishIn(
    trx: Transaction,
    caller: Caller,
    { draft, matter }: { draft: PolicyVersionDraft; matter: Matter },
  ): Promise<Accepted<string>> {
    await lockPolicies(trx, matter.code);
    const today = businessDate(clock.now());
    const [newest = null] = await listPolicyVersions(trx, {
      ...{ matterCode: matter.code, before: null, rows: 1 },
    });
    const { effectiveFrom, lastVersion: expectedVersion } = draft;
    const read = checkPolicies(draft, { matter, today });
    const errors = [
      ...checkVersion(draft, today),
      ...checkSuccession(newest, { expectedVersion, effectiveFrom }, 'lastVersion'),
      ...read.errors,
    ];
    if (errors.length > 0) return refusals.refuse(caller, OPERATION, errors);
    const id = randomUUID();
    await insertPolicyVersion(trx, {
      ...{ id, matterCode: matter.code, matterVersion: matter.version, effectiveFrom },
      version: (newest?.version ?? 0) + 1,
      reason: draft.reason?.trim() ?? '',
      gradeAgeDaysMax: draft.gradeAgeDaysMax,
      policies: read.policies,
      ...{ agencyCode: caller.agencyCode, publishedAt: clock.now(), publishedBy: caller.account },
    });
    return { ok: true, value: id };
  }

  async function noMatter({ matterCode, effectiveFrom }: PolicyVersionDraft): Promise<UserError> {
    return (await deps.isKnownMatter(matterCode))
      ? mistake('MATTER_NOT_IN_FORCE', ['matterCode'], `It is not in force on ${effectiveFrom}.`)
      : mistake('UNKNOWN_MATTER', ['matterCode'], 'See query `matters` for those there are.');
  }

  /** The agency that demands the certificate, or the justice bureau of its region. */
  async function whyNotTheirs(caller: Caller, matter: Matter): Promise<UserError | null> {
    if (caller.agencyCode === matter.agencyCode) return null;
    const owner = await agencies.find(matter.agencyCode);
    const bureau = await bureauOf(agencies, caller, owner?.regionCode ?? '');
    return 'isJustice' in bureau ? null : bureau;
  }

  async function listInForce(keys: readonly PolicyKey[]) {
    const found = await listPoliciesInForce(db, keys);
    return keys.map((_, at) => found.get(at) ?? null);
  }

  async function inForceOf(matter: Matter, on: BusinessDate): Promise<PolicyVersion | null> {
    const key = { matterCode: matter.code, matterVersion: matter.version, on };
    return (await listInForce([key]))[0] ?? null;
  }

  async function choose(
    { matter, caseFile, subject }: SubjectInCase,
    at: Date,
  ): Promise<PolicyChoice> {
    const version = await inForceOf(matter, caseFile.acceptedOn);
    const { kind, code: subjectCode } = subject;
    const kindPolicy = version === null ? null : kindPolicyOf(version, kind);
    const told = hasGrades(kindPolicy)
      ? await listToldGrades(db, { caseId: caseFile.id, subjectCode, at })
      : [];
    return choosePolicy({ matter, version, kind, told, askedOn: businessDate(at) });
  }

  return {
    ...{ publish, listInForce, choose },
    async pageOf(matterCode, page) {
      const before = decodeCursor(page.after, 1)?.[0];
      const rows = await listPolicyVersions(db, {
        matterCode,
        before: before === undefined ? null : Number.parseInt(before, 10) || 0,
        rows: rowsToRead(page),
      });
      return pageOf(rows, page, ({ version }) => [String(version)]);
    },
    async standardOn(matter, acceptedOn) {
      const version = await inForceOf(matter, acceptedOn);
      return (kind) =>
        (version === null ? null : kindPolicyOf(version, kind))?.policy ?? matter.policy;
    },
  };
}

/** The record of a case is looked through only where a grade can change anything. */
function hasGrades(kindPolicy: KindPolicy | null): boolean {
  return kindPolicy !== null && kindPolicy.byGrade.length > 0;
}
