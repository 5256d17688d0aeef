import type { CapabilityName, Connector, KeyResult } from '../connector-kit/connector.ts';
import { canonicalJson } from '../model/canonical-json.ts';
import type { RecordOutcome } from '../model/outcome.ts';
import type { Consultation } from '../model/policy.ts';
import { comparePair, placeOf, toldBy, type Otherwise, type Replayed } from './pair.ts';
import type { RecordedRow } from './queries.ts';

/** Reads a recorded answer again and judges anew what rests on it. Asks nobody. */
export function replay(reread: NonNullable<Connector['reread']>, recorded: RecordedRow): Replayed {
  const place = placeOf(recorded);
  if (place === null) return { what: 'UNREADABLE', reason: 'POLICY_NOT_ON_RECORD' };

  const key = keyOf(recorded, place.consultation);
  const again = reread(recorded.capability as CapabilityName, key as never, recorded.raw);
  if (isSame(again, recorded)) return { what: 'SAME' };

  const { cause, before, after } = comparePair(recorded, place, otherwiseOf(again, recorded));
  const isUnreadable = !again.ok;
  if (cause === null)
    return isUnreadable ? { what: 'UNREADABLE', reason: reasonOf(again) } : { what: 'SAME' };
  return { what: 'CHANGED', cause, before, after: after.code, isUnreadable };
}

function isSame(again: KeyResult<unknown>, { records, record_outcome }: RecordedRow): boolean {
  if (!again.ok) return false;
  // Evidence was stored as JSON, which knows no absent fields.
  const read = JSON.parse(JSON.stringify(again.answer.records)) as unknown;
  const isCounted = outcomeOf(again, record_outcome) === record_outcome;
  return isCounted && canonicalJson(read) === canonicalJson(records);
}

/** An empty answer covers only what it covered when it was given: canaries were right then. */
function outcomeOf(
  again: Extract<KeyResult<unknown>, { ok: true }>,
  recorded: RecordOutcome,
): RecordOutcome {
  const { records, absence } = again.answer;
  if (records.length > 0) return records.length === 1 ? 'FOUND_ONE' : 'FOUND_MANY';
  const isCovered = absence === 'COVERED' && recorded !== 'ABSENT_UNCOVERED';
  return isCovered ? 'ABSENT_COVERED' : 'ABSENT_UNCOVERED';
}

function otherwiseOf(again: KeyResult<unknown>, recorded: RecordedRow): Otherwise {
  if (!again.ok)
    return {
      ok: false,
      untold: {
        ...{ transport: 'SCHEMA_DRIFT', hop: 'SOURCE', retryAt: null },
        reason: reasonOf(again),
      },
    };
  return {
    ok: true,
    told: {
      ...toldBy(recorded),
      recordOutcome: outcomeOf(again, recorded.record_outcome),
      records: again.answer.records,
      asOf: again.answer.asOf,
    },
  };
}

/** The key the question was put with, as far as a recorded reply is searched by it. */
function keyOf({ capability, kind, code, records }: RecordedRow, consultation: Consultation) {
  const subject = { kind, code, name: null };
  if (capability === 'license.byHolder')
    return { holder: subject, typeCode: consultation.licenseTypeCode ?? '' };
  if (capability !== 'license.byIdentifier') return subject;
  const [license] = records as readonly { readonly identifier?: string | null }[];
  return { identifier: license?.identifier ?? '' };
}

function reasonOf(again: KeyResult<unknown>): string {
  if (again.ok) return '';
  const { code, details } = again.fault;
  return details['reason'] === undefined ? code : `${code}:${String(details['reason'])}`;
}
