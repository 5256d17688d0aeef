import { HubError } from '../errors.ts';
import type { Purpose } from '../model/purpose.ts';
import { sqlStateOf } from './faults.ts';

/** Of which end of a call a row tells. */
export type RecordStage = 'INTENT' | 'OUTCOME';

/** The columns of every record of a call that say why it was made. */
export interface PurposeColumns {
  readonly case_number: string;
  readonly agency_code: string;
  readonly matter_code: string;
  readonly legal_basis: string;
  readonly actor: string;
  readonly request_id: string;
}

/** A purpose as it goes on record. */
export function purposeColumns(purpose: Purpose): PurposeColumns {
  return {
    case_number: purpose.caseNumber,
    agency_code: purpose.agencyCode,
    matter_code: purpose.matterCode,
    legal_basis: purpose.legalBasis,
    actor: purpose.actor,
    request_id: purpose.requestId,
  };
}

/** A promise kept is a durable row. @throws {HubError} AUDIT_UNAVAILABLE */
export async function putOnRecord(
  stage: RecordStage,
  statement: PromiseLike<unknown>,
): Promise<void> {
  try {
    await statement;
  } catch (error) {
    // The text of a database error may quote the row, so it goes no further than this.
    const reason = sqlStateOf(error) ?? 'NO_SQLSTATE';
    throw new HubError('AUDIT_UNAVAILABLE', { details: { stage, reason } });
  }
}
