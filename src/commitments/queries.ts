import type { BusinessDate } from '../model/business-date.ts';
import type {
  CertificateGround,
  CertificateRoute,
  Commitment,
  CommitmentEvent,
  CommitmentPublicity,
  Signer,
} from '../model/commitment.ts';
import type { CommitmentState } from '../model/commitment-life.ts';
import type { Database, Transaction } from '../store/database.ts';

interface CommitmentRow {
  id: string;
  code: string;
  case_id: string;
  subject_id: string;
  agency_code: string;
  matter_code: string;
  matter_version: number;
  eligibility_check_id: string;
  template_id: string;
  template_version: number;
  text_digest: string;
  signer_name: string;
  signer_capacity: Signer['capacity'];
  proxy_basis: string | null;
  signed_on: BusinessDate;
  signed_at: Date;
  accepted_by: string;
  valid_until: BusinessDate | null;
  publicity: CommitmentPublicity;
  state: CommitmentState;
  version: number;
}

const WITH_STATE = `
  select commitment.*, last.state, last.number as version
  from commitment
  cross join lateral (
    select state, number from commitment_event
    where commitment_id = commitment.id order by number desc limit 1
  ) as last
`;

/** What a commitment stores beside what it shows. */
export interface NewCommitment extends Commitment {
  readonly idempotencyKey: string;
}

/** Gives the next serial of the region and day. Waits while another transaction takes one. */
export async function takeSerial(
  trx: Transaction,
  { regionCode, day }: { regionCode: string; day: BusinessDate },
): Promise<number> {
  const { rows } = await trx.raw<{ rows: { last: number }[] }>(
    `
    insert into commitment_serial as held (region_code, day, last) values (:regionCode, :day, 1)
    on conflict (region_code, day) do update set last = held.last + 1
    returning last
    `,
    { regionCode, day },
  );
  return rows[0]?.last ?? 1;
}

/** Of the agency, by id or by key. Null where it has none. */
export async function findCommitment(
  db: Database | Transaction,
  { agencyCode, id, key }: { agencyCode: string; id?: string; key?: string },
): Promise<Commitment | null> {
  const { rows } = await db.raw<{ rows: CommitmentRow[] }>(
    `
    ${WITH_STATE}
    where agency_code = :agencyCode
      and (:id::uuid is null or id = :id) and (:key::text is null or idempotency_key = :key)
    `,
    { agencyCode, id: id ?? null, key: key ?? null },
  );
  return rows[0] === undefined ? null : fromRow(rows[0]);
}

/** Of these codes, those of commitments whose keeping was decided here, at whatever agency. */
export async function listDecidedCodes(
  db: Database,
  codes: readonly string[],
): Promise<readonly string[]> {
  const { rows } = await db.raw<{ rows: CommitmentRow[] }>(
    `${WITH_STATE} where code = any(:codes) and last.state not in ('SIGNED', 'CONCLUDED')`,
    { codes },
  );
  return rows.map(({ code }) => code);
}

/** Keeps others from taking a step until the transaction ends. */
export async function lockCommitment(trx: Transaction, id: string): Promise<void> {
  await trx('commitment').where({ id }).forUpdate().select('id');
}

/** Keeps others from committing for the same subject until the transaction ends. */
export async function lockSubject(trx: Transaction, subjectId: string): Promise<void> {
  await trx('case_subject').where({ id: subjectId }).forUpdate().select('id');
}

/** Newest first. */
export async function listNewestCommitments(
  db: Database,
  filter: {
    agencyCode: string;
    state: CommitmentState | null;
    before: { at: Date; id: string } | null;
    rows: number;
  },
): Promise<readonly Commitment[]> {
  const { rows } = await db.raw<{ rows: CommitmentRow[] }>(
    `
    ${WITH_STATE}
    where agency_code = :agencyCode and (:state::text is null or last.state = :state)
      and (:at::timestamptz is null or (signed_at, id) < (:at::timestamptz, :id::uuid))
    order by signed_at desc, id desc
    limit :rows
    `,
    {
      ...{ agencyCode: filter.agencyCode, state: filter.state },
      ...{ at: filter.before?.at ?? null, id: filter.before?.id ?? null, rows: filter.rows },
    },
  );
  return rows.map(fromRow);
}

/** Open or kept commitments of a subject in a case: all but withdrawn and terminated ones. */
export async function hasCommitted(
  trx: Transaction,
  { caseId, subjectId }: { caseId: string; subjectId: string },
): Promise<boolean> {
  const { rows } = await trx.raw<{ rows: unknown[] }>(
    `
    ${WITH_STATE}
    where case_id = :caseId and subject_id = :subjectId
      and last.state not in ('WITHDRAWN', 'TERMINATED')
    limit 1
    `,
    { caseId, subjectId },
  );
  return rows.length > 0;
}

/** @throws a unique violation where the agency has used the key before. */
export async function insertCommitment(trx: Transaction, one: NewCommitment): Promise<void> {
  await trx('commitment').insert({
    id: one.id,
    code: one.code,
    case_id: one.caseId,
    subject_id: one.subjectId,
    agency_code: one.agencyCode,
    matter_code: one.matterCode,
    matter_version: one.matterVersion,
    eligibility_check_id: one.eligibilityCheckId,
    template_id: one.text.templateId,
    template_version: one.text.templateVersion,
    text_digest: one.text.digest,
    signer_name: one.signer.name,
    signer_capacity: one.signer.capacity,
    proxy_basis: one.signer.proxyBasis,
    signed_on: one.signedOn,
    signed_at: one.signedAt,
    accepted_by: one.acceptedBy,
    valid_until: one.validUntil,
    publicity: one.publicity,
    idempotency_key: one.idempotencyKey,
  });
}

/** The next event of a commitment. */
export async function insertEvent(trx: Transaction, event: CommitmentEvent): Promise<void> {
  const { commitmentId, ...rest } = event;
  await trx('commitment_event').insert({ commitment_id: commitmentId, ...rest });
}

/** Oldest first. */
export async function listEvents(
  db: Database,
  commitmentId: string,
): Promise<readonly CommitmentEvent[]> {
  const rows = await db<Omit<CommitmentEvent, 'commitmentId'> & { commitment_id: string }>(
    'commitment_event',
  )
    .where({ commitment_id: commitmentId })
    .orderBy('number');
  return rows.map(({ commitment_id, ...event }) => ({ commitmentId: commitment_id, ...event }));
}

interface RouteRow {
  case_id: string;
  subject_id: string;
  ground: CertificateGround;
  since: Date;
  by: string;
}

/** Returns the route on record: this one, or an earlier one of the same subject. */
export async function insertRoute(
  trx: Transaction,
  route: CertificateRoute,
): Promise<CertificateRoute> {
  await trx('certificate_route')
    .insert({
      ...{ case_id: route.caseId, subject_id: route.subjectId },
      ...{ ground: route.ground, since: route.since, by: route.by },
    })
    .onConflict(['case_id', 'subject_id'])
    .ignore();
  const [held] = await listRoutes(trx, { caseId: route.caseId, subjectId: route.subjectId });
  return held ?? route;
}

/** Of a case, or of one subject of it. At most one a subject, and 20 subjects a case. */
export async function listRoutes(
  db: Database | Transaction,
  { caseId, subjectId }: { caseId: string; subjectId: string | null },
): Promise<readonly CertificateRoute[]> {
  const rows = await db<RouteRow>('certificate_route')
    .where({ case_id: caseId, ...(subjectId === null ? {} : { subject_id: subjectId }) })
    .orderBy('since');
  return rows.map((row) => ({
    ...{ caseId: row.case_id, subjectId: row.subject_id },
    ...{ ground: row.ground, since: row.since, by: row.by },
  }));
}

function fromRow(row: CommitmentRow): Commitment {
  return {
    id: row.id,
    code: row.code,
    caseId: row.case_id,
    subjectId: row.subject_id,
    agencyCode: row.agency_code,
    matterCode: row.matter_code,
    matterVersion: row.matter_version,
    eligibilityCheckId: row.eligibility_check_id,
    text: {
      templateId: row.template_id,
      templateVersion: row.template_version,
      digest: row.text_digest,
    },
    signer: {
      name: row.signer_name,
      capacity: row.signer_capacity,
      proxyBasis: row.proxy_basis,
    },
    signedOn: row.signed_on,
    signedAt: row.signed_at,
    acceptedBy: row.accepted_by,
    validUntil: row.valid_until,
    publicity: row.publicity,
    state: row.state,
    version: row.version,
  };
}
