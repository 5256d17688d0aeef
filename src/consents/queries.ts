import type { ConsentState, HolderConsent } from '../model/consent.ts';
import type { Database, Transaction } from '../store/database.ts';

interface ConsentRow {
  id: string;
  agency_code: string;
  case_id: string;
  subject_id: string;
  source: string;
  type_codes: string[];
  state: ConsentState;
  version: number;
  reference: string | null;
  fault: string | null;
  requested_at: Date;
  requested_by: string;
  expires_at: Date;
  granted_at: Date | null;
  next_poll_at: Date;
}

/** Who took a step, and in which request. */
export interface StepTaker {
  readonly at: Date;
  readonly by: string;
  readonly requestId: string;
}

/** Adds a request with its first event. */
export async function insertConsent(
  trx: Transaction,
  consent: HolderConsent,
  { at, by, requestId }: StepTaker,
): Promise<void> {
  await trx('holder_consent').insert({
    ...{ id: consent.id, agency_code: consent.agencyCode, case_id: consent.caseId },
    ...{ subject_id: consent.subjectId, source: consent.source, state: consent.state },
    ...{ type_codes: [...consent.typeCodes], version: consent.version },
    ...{ requested_at: consent.requestedAt, requested_by: consent.requestedBy },
    ...{ expires_at: consent.expiresAt, next_poll_at: consent.nextPollAt },
  });
  const event = { consent_id: consent.id, number: 1, state: consent.state };
  await trx('holder_consent_event').insert({ ...event, at, by, request_id: requestId });
}

/** Takes a step unless another was taken meanwhile. Returns whether it was taken. */
export async function changeConsent(
  trx: Transaction,
  consent: HolderConsent,
  change: StepTaker & {
    readonly state: ConsentState;
    readonly reference?: string;
    readonly fault?: string;
  },
): Promise<boolean> {
  const { state, reference, fault, at, by, requestId } = change;
  const version = consent.version + 1;
  const changed = await trx('holder_consent')
    .where({ id: consent.id, version: consent.version })
    .update({
      ...{ state, version },
      ...(reference === undefined ? {} : { reference }),
      ...(fault === undefined ? {} : { fault }),
      ...(state === 'GRANTED' ? { granted_at: at } : {}),
    });
  if (changed === 0) return false;
  const event = { consent_id: consent.id, number: version, state };
  await trx('holder_consent_event').insert({ ...event, at, by, request_id: requestId });
  return true;
}

/** Null where the agency has none with this id. */
export async function findConsent(
  db: Database,
  { agencyCode, id }: { agencyCode: string; id: string },
): Promise<HolderConsent | null> {
  const row = await db<ConsentRow>('holder_consent').where({ agency_code: agencyCode, id }).first();
  return row === undefined ? null : fromRow(row);
}

/** Of one subject of one case, newest first, at most 20. */
export async function listConsents(
  db: Database,
  about: { agencyCode: string; caseId: string; subjectId: string },
): Promise<readonly HolderConsent[]> {
  const rows = await db<ConsentRow>('holder_consent')
    .where({ agency_code: about.agencyCode, case_id: about.caseId, subject_id: about.subjectId })
    .orderBy('requested_at', 'desc')
    .limit(20);
  return rows.map(fromRow);
}

/** Whether it is this caller's turn to ask the source; then nobody else's until `next`. */
export async function claimPoll(
  db: Database,
  { id, now, next }: { id: string; now: Date; next: Date },
): Promise<boolean> {
  const claimed = await db('holder_consent')
    .where({ id, state: 'WAITING' })
    .where('next_poll_at', '<=', now)
    .update({ next_poll_at: next });
  return claimed > 0;
}

/** What is over by the clock and does not say so yet, at most `rows`. */
export async function listOver(
  db: Database,
  { now, grantedBefore, rows }: { now: Date; grantedBefore: Date; rows: number },
): Promise<readonly HolderConsent[]> {
  const { rows: found } = await db.raw<{ rows: ConsentRow[] }>(
    `
    select * from holder_consent
    where (state in ('REQUESTED', 'WAITING') and expires_at <= :now)
       or (state = 'GRANTED' and granted_at <= :grantedBefore)
    limit :rows
    `,
    { now, grantedBefore, rows },
  );
  return found.map(fromRow);
}

function fromRow(row: ConsentRow): HolderConsent {
  return {
    ...{ id: row.id, agencyCode: row.agency_code, caseId: row.case_id },
    ...{ subjectId: row.subject_id, source: row.source, typeCodes: row.type_codes },
    ...{ state: row.state, version: row.version, reference: row.reference, fault: row.fault },
    ...{ requestedAt: row.requested_at, requestedBy: row.requested_by },
    ...{ expiresAt: row.expires_at, grantedAt: row.granted_at, nextPollAt: row.next_poll_at },
  };
}
