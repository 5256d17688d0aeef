import { createHash, randomBytes, randomUUID } from 'node:crypto';

import type { Refusals } from '../audit/refusals.ts';
import { HubError } from '../errors.ts';
import type { Caller } from '../model/caller.ts';
import type { SubjectInCase } from '../model/case-file.ts';
import type { Clock } from '../model/clock.ts';
import { TICKET_TERM_MS, type FileTicket } from '../model/file-ticket.ts';
import { parseLicenseIdentifier } from '../model/license-identifier.ts';
import { purposeOfCase } from '../model/purpose.ts';
import { currentRegionCode } from '../model/region.ts';
import { mistake, type Accepted } from '../model/user-error.ts';
import type { Downloads as SourceDownloads } from '../sources/downloads.ts';
import type { RoutedAsk } from '../sources/routed-ask.ts';
import type { Database } from '../store/database.ts';
import { purposeColumns } from '../store/on-record.ts';
import { deliver, type Delivery } from './delivery.ts';
import { claimTicket, endClaim, insertTicket, recordDownload } from './queries.ts';

/** What the library said of the license this lately need not be asked again to issue a ticket. */
const SHOWN_WITHIN_MS = 60_000;
const TOKEN_BYTES = 32;

/** Files of licenses (证照文件): tickets that serve once, and what they serve. */
export interface Downloads {
  /**
   * A new ticket for every request, where the library shows that the subject holds the license.
   *
   * @throws {HubError} SOURCE_… when the library gave no usable answer, or gives no files.
   */
  request(caller: Caller, input: DownloadInput): Promise<Accepted<IssuedTicket>>;
  /**
   * The file, by a fresh address of the source. To be read to its end, which uses the ticket up.
   *
   * @throws {HubError} NOT_FOUND where this account has no such ticket, or the source no file;
   * CONFLICT while the ticket is being served; TICKET_OVER; SOURCE_…; AUDIT_UNAVAILABLE, and then
   * nothing was asked.
   */
  fetch(caller: Caller, token: string): Promise<Delivery>;
}

/** Which file, and for which case. */
export interface DownloadInput {
  readonly caseId: string;
  readonly subjectId: string;
  readonly licenseIdentifier: string;
}

/** A ticket as its caller sees it. The token is told once. */
export interface IssuedTicket {
  readonly token: string;
  readonly expiresAt: Date;
}

/** What the room needs of its surroundings. */
export interface DownloadsDependencies {
  readonly db: Database;
  readonly clock: Clock;
  readonly refusals: Refusals;
  readonly routedAsk: Pick<RoutedAsk, 'ask'>;
  readonly files: SourceDownloads;
  findInCase(
    agencyCode: string,
    ids: { caseId: string; subjectId: string },
  ): Promise<Accepted<SubjectInCase>>;
  /** HMAC-SHA-256, 64 hex digits, so that the record needs no identifier. */
  digestKey(text: string): string;
}

/** The room of license files. */
export function createDownloads(deps: DownloadsDependencies): Downloads {
  const { db, clock, files } = deps;

  async function request(caller: Caller, input: DownloadInput): Promise<Accepted<IssuedTicket>> {
    const refuse = (errors: Parameters<Refusals['refuse']>[2]) =>
      deps.refusals.refuse(caller, 'downloadLicenseFile', errors);
    const parsed = parseLicenseIdentifier(input.licenseIdentifier);
    if (!parsed.ok) {
      const why = 'Send the identifier as the library writes it (证照标识).';
      return refuse([mistake('MALFORMED_CODE', ['licenseIdentifier'], why)]);
    }
    const about = await deps.findInCase(caller.agencyCode, input);
    if (!about.ok) return refuse(about.errors);
    const { code: licenseIdentifier } = parsed.value;
    const source = await sourceShowing(caller, about.value, parsed.value);
    if (source === null) {
      const why = 'Look at the license first: none in force is shown to be held by this subject.';
      return refuse([mistake('LICENSE_NOT_SHOWN', ['licenseIdentifier'], why)]);
    }
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    const issuedAt = clock.now();
    const expiresAt = new Date(issuedAt.getTime() + TICKET_TERM_MS);
    const ticket: FileTicket = {
      ...{ id: randomUUID(), agencyCode: caller.agencyCode, account: caller.account, source },
      ...{ caseId: input.caseId, subjectId: input.subjectId, licenseIdentifier },
      ...{ state: 'ISSUED', issuedAt, expiresAt, tries: 0, claimedAt: null },
    };
    await insertTicket(db, ticket, digestOf(token));
    return { ok: true, value: { token, expiresAt } };
  }

  /** The source that shows the license to be the subject's. Null where it shows no such thing. */
  async function sourceShowing(
    caller: Caller,
    about: SubjectInCase,
    { code, typeCode }: { readonly code: string; readonly typeCode: string },
  ): Promise<string | null> {
    const { subject } = about;
    const told = await deps.routedAsk.ask({
      ...{ dataset: 'LICENSE', licenseTypeCode: typeCode },
      ...{ capability: 'license.byIdentifier', key: { identifier: code } },
      ...{ purpose: purposeOfCase(caller, about), maxAgeMs: SHOWN_WITHIN_MS },
      regionCode: currentRegionCode(subject.regionCode),
    });
    if (told === null) throw new HubError('SOURCE_NOT_REGISTERED');
    if (told.transport !== 'ANSWERED') throw told.fault;
    const [license] = told.records;
    const isTheirs = told.records.length === 1 && license?.holderCode === subject.code;
    if (!isTheirs || license.withheld) return null;
    if (files.isOffered(told.source)) return told.source;
    const details = { source: told.source, hop: 'HUB', reason: 'NOT_OFFERED' };
    throw new HubError('SOURCE_UNSUPPORTED', { details });
  }

  async function fetch(caller: Caller, token: string): Promise<Delivery> {
    const claim = randomUUID();
    const { agencyCode, account } = caller;
    const now = clock.now();
    const whose = { tokenDigest: digestOf(token), agencyCode, account };
    const claimed = await claimTicket(db, { ...whose, claim, now });
    if (claimed === null) throw new HubError('NOT_FOUND');
    if (claimed.why === 'OVER') throw new HubError('TICKET_OVER');
    if (claimed.why === 'FETCHING')
      throw new HubError('CONFLICT', { details: { field: 'ticket' } });
    try {
      return await begin(caller, claimed.ticket, claim);
    } catch (error) {
      await endClaim(db, claim, 'ISSUED');
      throw error;
    }
  }

  async function begin(caller: Caller, ticket: FileTicket, claim: string): Promise<Delivery> {
    const about = await deps.findInCase(ticket.agencyCode, ticket);
    if (!about.ok) throw new HubError('NOT_FOUND');
    const purpose = purposeOfCase(caller, about.value);
    const { source, licenseIdentifier: identifier } = ticket;
    const downloadId = randomUUID();
    await recordDownload(db, {
      ...{ id: downloadId, ticket_id: ticket.id, begun_at: clock.now(), source },
      key_digest: deps.digestKey(`license.file ${identifier}`),
      ...{ case_id: purpose.caseId, ...purposeColumns(purpose) },
    });
    const open = () => files.open({ source, identifier, purpose });
    return deliver({ ...deps, downloadId, claim }, open);
  }

  return { request, fetch };
}

function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
