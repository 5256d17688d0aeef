import type { BasisDocument } from '../basis-document.ts';
import { endOfBusinessDay } from '../clock.ts';
import type { ClaimField } from '../policy.ts';
import type { SourceObservation } from '../verification.ts';
import type { OnSiteOutcome, OnSiteQuestion, OnSiteReport } from '../work-order.ts';
import {
  DIFFERS,
  HOLDS,
  NOT_CLAIMED,
  NOT_COMPARABLE,
  NOT_HELD,
  observeAnswer,
  observeSilence,
  type About,
  type FieldComparison,
} from './about.ts';

/** Names what two inspectors saw as a source of observations. */
export const ON_SITE = 'on-site';
/** Names what an officer decided as one. */
export const OFFICER = 'officer';

/** What two inspectors signed, as far as observing it needs it. */
export interface SignedReport extends Pick<OnSiteReport, 'inspectedOn' | 'results' | 'documents'> {
  readonly orderId: string;
  readonly questions: readonly OnSiteQuestion[];
  /** Who looked, each with their agency. */
  readonly witnesses: readonly string[];
  readonly signedAt: Date;
  /** SHA-256 of the report as recorded, hex. */
  readonly digest: string;
}

/** What was seen on the spot, in the same algebra as a machine's answer. */
export function observeReport(about: About, report: SignedReport): SourceObservation {
  const compare = (field: ClaimField): FieldComparison => {
    const codes = report.questions.filter((one) => one.field === field).map(({ code }) => code);
    const outcomes = report.results
      .filter(({ question }) => codes.includes(question))
      .map(({ outcome }) => outcome);
    return outcomes.length === 0 ? NOT_CLAIMED : together(outcomes);
  };
  const isDefinite = report.results.some(
    ({ outcome }) => outcome === 'CONFIRMED' || outcome === 'REFUTED',
  );
  const isOpen = report.results.some(
    ({ outcome }) => outcome === 'NOT_FOUND' || outcome === 'CANNOT_DETERMINE',
  );
  const observed = observeAnswer(
    about,
    {
      recordOutcome: isDefinite ? 'FOUND_ONE' : 'ABSENT_UNCOVERED',
      records: [],
      asOf: endOfBusinessDay(report.inspectedOn),
      observedAt: report.signedAt,
      evidenceId: report.orderId,
      rawDigest: report.digest,
    },
    {
      status: null,
      notes: isOpen ? [{ code: 'ON_SITE_UNDETERMINED', field: null, detail: null }] : [],
      compare,
    },
  );
  return {
    ...{ ...observed, reference: report.orderId, witnesses: report.witnesses },
    documents: report.documents.map(({ digest }) => digest),
  };
}

/** The order was canceled: nobody looks, which says nothing about the subject. */
export function observeOnSiteEnded(about: About, orderId: string): SourceObservation {
  const silence = observeSilence(about, {
    transport: 'UNSUPPORTED',
    hop: 'SOURCE',
    reason: 'SOURCE_UNSUPPORTED',
    retryAt: null,
  });
  const note = { code: 'ON_SITE_ENDED', field: null, detail: null } as const;
  return { ...silence, notes: [note], reference: orderId };
}

/** What an officer decided. There is no value against the subject. */
export interface DecidedByOfficer {
  readonly id: string;
  readonly outcome: 'CONFIRM' | 'LEAVE_OPEN';
  /** Fields that nothing else has settled. */
  readonly open: readonly ClaimField[];
  readonly documents: readonly BasisDocument[];
  /** The officer, with their agency. */
  readonly witness: string;
  readonly decidedAt: Date;
  /** SHA-256 of the decision as recorded, hex. */
  readonly digest: string;
}

/** An officer's word: it confirms what is open, or leaves it so, and never refutes. */
export function observeDecision(about: About, decision: DecidedByOfficer): SourceObservation {
  const confirms = decision.outcome === 'CONFIRM';
  const observed = observeAnswer(
    about,
    {
      recordOutcome: confirms ? 'FOUND_ONE' : 'ABSENT_UNCOVERED',
      records: [],
      asOf: null,
      observedAt: decision.decidedAt,
      evidenceId: decision.id,
      rawDigest: decision.digest,
    },
    {
      status: null,
      notes: [
        { code: confirms ? 'OFFICER_DECIDED' : 'OFFICER_LEFT_OPEN', field: null, detail: null },
      ],
      compare: (field) =>
        !decision.open.includes(field) ? NOT_CLAIMED : confirms ? HOLDS : NOT_HELD,
    },
  );
  return {
    ...{ ...observed, reference: decision.id, witnesses: [decision.witness] },
    documents: decision.documents.map(({ digest }) => digest),
  };
}

/** One refutation refutes the field, every result must confirm it, anything else leaves it open. */
function together(outcomes: readonly OnSiteOutcome[]): FieldComparison {
  if (outcomes.includes('REFUTED')) return DIFFERS;
  if (outcomes.every((one) => one === 'CONFIRMED')) return HOLDS;
  return outcomes.includes('NOT_FOUND') ? NOT_HELD : NOT_COMPARABLE;
}
