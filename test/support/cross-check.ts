import { randomUUID } from 'node:crypto';

import { AGENCIES } from '../../src/catalog/starter/agencies.ts';
import type { Database } from '../../src/store/database.ts';
import {
  CrossCheckFindingsDocument,
  CrossCheckRunDocument,
  StartCrossCheckDocument,
  type CrossCheckFindingFilter,
  type CrossCheckFindingsQuery,
  type CrossCheckRunQuery,
  type DefineCrossCheckInput,
} from '../generated/operations.ts';
import type { AskOptions, TestHub } from './hub.ts';
import { matterCode } from './journey.ts';

export type RunSeen = NonNullable<CrossCheckRunQuery['crossCheckRun']>;
export type FindingSeen = CrossCheckFindingsQuery['crossCheckFindings']['nodes'][number];

export const AS_OPERATOR: AskOptions = { role: 'OPERATOR' };
const SIGNED_AT = '2026-11-02T02:00:00Z';

/** Signed commitments, as many counters would have taken in; nothing of them was pushed. */
export async function seedCommitments(
  db: Database,
  subjects: readonly { readonly code: string; readonly name: string; readonly kind: string }[],
  options: {
    readonly matter: string;
    readonly signedAt?: string;
    /** Number of the first one, from 1. */
    readonly from?: number;
  },
): Promise<void> {
  const signedAt = options.signedAt ?? SIGNED_AT;
  const bound = {
    ...{ matter: matterCode(options.matter), agency: AGENCIES.approval.code, signedAt },
    subjects: JSON.stringify(
      subjects.map(({ kind, code, name }, at) => ({
        ...{ kind, code, name, n: at + (options.from ?? 1) },
      })),
    ),
  };
  await db.raw(
    `insert into eligibility_rules (version, effective_from, rules, published_at, published_by)
     values (1, '2026-01-01', '[]', now(), 'test') on conflict do nothing`,
  );
  await db.transaction(async (trx) => {
    await trx.raw(
      `create temporary table seeded on commit drop as
       select n, kind, code, name, gen_random_uuid() as case_id, gen_random_uuid() as subject_id,
         gen_random_uuid() as check_id, gen_random_uuid() as commitment_id,
         '370811' || to_char(:signedAt::timestamptz, 'YYYYMMDD') || lpad(n::text, 6, '0') as number
       from jsonb_to_recordset(:subjects::jsonb) as one (n integer, kind text, code text, name text)`,
      bound,
    );
    const statements = [
      `insert into case_file (id, agency_code, case_number, matter_code, matter_version, legal_basis,
         accepted_on, opened_at, opened_by)
       select case_id, :agency, 'S-' || n, :matter, 1, '行政许可法第三十一条',
         :signedAt::timestamptz::date, :signedAt::timestamptz, 'counter-1' from seeded`,
      `insert into case_subject (id, case_id, position, kind, code, code_as_given, name, region_code,
         findings)
       select subject_id, case_id, 1, kind, code, code, name, null, '[]' from seeded`,
      `insert into eligibility_check (id, agency_code, case_id, subject_id, idempotency_key, outcome,
         findings, unanswered, rules_version, checked_on, checked_at, checked_by)
       select check_id, :agency, case_id, subject_id, 'S-' || n, 'ELIGIBLE', '[]', '[]', 1,
         :signedAt::timestamptz::date, :signedAt::timestamptz, 'counter-1' from seeded`,
      `insert into commitment (id, code, case_id, subject_id, agency_code, matter_code,
         matter_version, eligibility_check_id, template_id, template_version, text_digest,
         signer_name, signer_capacity, signed_on, signed_at, accepted_by, publicity,
         idempotency_key)
       select commitment_id, number, case_id, subject_id, :agency, :matter, 1, check_id, 'text', 1,
         repeat('ab', 32), '王经办', 'LEGAL_REPRESENTATIVE', :signedAt::timestamptz::date,
         :signedAt::timestamptz, 'counter-1', 'NOT_ASKED', 'S-' || n from seeded`,
      `insert into commitment_event (commitment_id, number, step, state, at, by)
       select commitment_id, 1, null, 'SIGNED', :signedAt::timestamptz, 'counter-1' from seeded`,
    ];
    for (const statement of statements) await trx.raw(statement, bound);
  });
}

/** A definition that runs at any time and reads everything anew. */
export function definition(
  input: Pick<DefineCrossCheckInput, 'key' | 'left' | 'right' | 'keys' | 'fields'> &
    Partial<DefineCrossCheckInput>,
): DefineCrossCheckInput {
  return {
    ...{ title: '测试核对', strategy: 'RECORD_BY_RECORD', cron: '0 3 1 1 *', window: null },
    ...{ hoursMax: 9, evidenceHoursMax: 0, settleMinutes: 0, dueWorkingDays: 5, isEnabled: true },
    thresholds: { warnShare: 0.5, holdShare: 0.6, countedMin: 50 },
    ...input,
  };
}

/** 承诺编码 of the commitment that was seeded at this place, from 0. */
export function seededCode(at: number): string {
  return `37081120261102${String(at + 1).padStart(6, '0')}`;
}

export async function startCheck(hub: TestHub, key: string): Promise<RunSeen> {
  const input = { key, idempotencyKey: randomUUID() };
  const { startCrossCheck } = await hub.get(StartCrossCheckDocument, { input }, AS_OPERATOR);
  if (startCrossCheck.run === null) throw new Error(JSON.stringify(startCrossCheck.userErrors));
  return startCrossCheck.run;
}

export async function seeRun(hub: TestHub, id: string): Promise<RunSeen> {
  const { crossCheckRun } = await hub.get(CrossCheckRunDocument, { id }, AS_OPERATOR);
  if (crossCheckRun === null) throw new Error('no such run');
  return crossCheckRun;
}

/** Runs a cross-check to its end in this process. */
export async function runCheck(hub: TestHub, key: string): Promise<RunSeen> {
  const { id } = await startCheck(hub, key);
  await hub.hub.runCrossChecks(AbortSignal.timeout(600_000));
  return seeRun(hub, id);
}

/** All findings that are all of this, newest first. */
export async function listFindings(
  hub: TestHub,
  filter: CrossCheckFindingFilter = {},
  options: AskOptions = AS_OPERATOR,
): Promise<readonly FindingSeen[]> {
  const nodes: FindingSeen[] = [];
  for (let after: string | null = null; ;) {
    const variables = { first: 100, after, filter };
    const page: CrossCheckFindingsQuery = await hub.get(
      CrossCheckFindingsDocument,
      variables,
      options,
    );
    nodes.push(...page.crossCheckFindings.nodes);
    if (!page.crossCheckFindings.pageInfo.hasNextPage) return nodes;
    after = page.crossCheckFindings.pageInfo.endCursor;
  }
}

/** The report of a run as it is downloaded. */
export async function readReport(hub: TestHub, path: string): Promise<Buffer> {
  const headers = { authorization: `Bearer ${await hub.token('OPERATOR')}` };
  const reply = await fetch(`${hub.url}${path}`, { headers });
  if (!reply.ok) throw new Error(`${reply.status} ${await reply.text()}`);
  return Buffer.from(await reply.arrayBuffer());
}
