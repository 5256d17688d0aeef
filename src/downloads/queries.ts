import type { FileMediaType } from '../connector-kit/file.ts';
import { whyNotClaim, type FileTicket, type FileTicketState } from '../model/file-ticket.ts';
import type { Hop } from '../model/outcome.ts';
import type { Database } from '../store/database.ts';
import { putOnRecord, type PurposeColumns } from '../store/on-record.ts';

interface TicketRow {
  id: string;
  agency_code: string;
  account: string;
  case_id: string;
  subject_id: string;
  source: string;
  license_identifier: string;
  state: FileTicketState;
  issued_at: Date;
  expires_at: Date;
  tries: number;
  claimed_at: Date | null;
}

/** Keeps a ticket under the digest of its token. */
export async function insertTicket(
  db: Database,
  ticket: FileTicket,
  tokenDigest: string,
): Promise<void> {
  await db('file_ticket').insert({
    ...{ id: ticket.id, token_digest: tokenDigest, agency_code: ticket.agencyCode },
    ...{ account: ticket.account, case_id: ticket.caseId, subject_id: ticket.subjectId },
    ...{ source: ticket.source, license_identifier: ticket.licenseIdentifier },
    ...{ state: ticket.state, issued_at: ticket.issuedAt, expires_at: ticket.expiresAt },
  });
}

/**
 * Claims a ticket, or tells why it cannot be. Null where this account has none with this token.
 * The row is locked, so that of several who claim at once one does.
 */
export function claimTicket(
  db: Database,
  wanted: {
    readonly tokenDigest: string;
    readonly agencyCode: string;
    readonly account: string;
    readonly claim: string;
    readonly now: Date;
  },
): Promise<{ ticket: FileTicket; why: ReturnType<typeof whyNotClaim> } | null> {
  const { tokenDigest, agencyCode, account, claim, now } = wanted;
  return db.transaction(async (trx) => {
    const [row] = await trx('file_ticket')
      .where({ token_digest: tokenDigest, agency_code: agencyCode, account })
      .forUpdate()
      .select<TicketRow[]>('*');
    if (row === undefined) return null;
    const ticket = fromRow(row);
    const why = whyNotClaim(ticket, now);
    if (why === null) {
      const changed = { state: 'FETCHING', claim, claimed_at: now, tries: ticket.tries + 1 };
      await trx('file_ticket').where({ id: ticket.id }).update(changed);
    }
    return { ticket, why };
  });
}

/** Ends what a claim began; changes nothing when somebody else has claimed it meanwhile. */
export async function endClaim(
  db: Database,
  claim: string,
  state: Exclude<FileTicketState, 'FETCHING'>,
): Promise<void> {
  await db('file_ticket').where({ claim, state: 'FETCHING' }).update({ state });
}

/** A row of `file_download`. */
export interface DownloadRow extends PurposeColumns {
  readonly id: string;
  readonly ticket_id: string;
  readonly begun_at: Date;
  readonly source: string;
  readonly key_digest: string;
  readonly case_id: string;
}

/** A row of `file_download_outcome`. */
export interface DownloadOutcomeRow {
  readonly download_id: string;
  readonly ended_at: Date;
  readonly outcome: 'DELIVERED' | 'NO_FILE' | 'ABANDONED' | 'FAULT';
  readonly hop: Hop | null;
  readonly reason: string | null;
  readonly media_type: FileMediaType | null;
  readonly bytes: number;
  readonly content_digest: string | null;
}

/** @throws {HubError} AUDIT_UNAVAILABLE, and then the source must not be asked. */
export function recordDownload(db: Database, row: DownloadRow): Promise<void> {
  return putOnRecord('INTENT', db('file_download').insert(row));
}

/** @throws {HubError} AUDIT_UNAVAILABLE, and then the file must not be passed on as whole. */
export function recordOutcome(db: Database, row: DownloadOutcomeRow): Promise<void> {
  return putOnRecord('OUTCOME', db('file_download_outcome').insert(row));
}

function fromRow(row: TicketRow): FileTicket {
  return {
    ...{ id: row.id, agencyCode: row.agency_code, account: row.account, caseId: row.case_id },
    ...{ subjectId: row.subject_id, source: row.source, state: row.state, tries: row.tries },
    ...{ licenseIdentifier: row.license_identifier, issuedAt: row.issued_at },
    ...{ expiresAt: row.expires_at, claimedAt: row.claimed_at },
  };
}
