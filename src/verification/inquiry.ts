import type { BusinessDate } from '../model/business-date.ts';
import type { Caller } from '../model/caller.ts';
import type { CaseFile, CaseSubject } from '../model/case-file.ts';
import type { Matter } from '../model/matter.ts';
import type { VerificationPolicy } from '../model/policy.ts';
import { purposeOfCase } from '../model/purpose.ts';
import type { Claim } from '../model/verification.ts';
import type { Urgency } from '../sources/policy.ts';
import type { Inquiry } from './consult.ts';

/** The day whose legal situation counts, as the policy says. */
export function relevantDay(
  policy: VerificationPolicy,
  days: { acceptedOn: BusinessDate; askedOn: BusinessDate },
): BusinessDate {
  return policy.dateThatCounts === 'ACCEPTED_ON' ? days.acceptedOn : days.askedOn;
}

/** A question ready for the ladder: who, what is claimed, which day counts, and why. */
export function inquiryOf(
  about: {
    caller: Pick<Caller, 'account' | 'requestId'>;
    caseFile: CaseFile;
    subject: CaseSubject;
    matter: Matter;
    relevantOn: BusinessDate;
    /** Default INTERACTIVE. */
    urgency?: Urgency;
  },
  claims: readonly Claim[],
): Inquiry {
  const { subject, relevantOn, urgency = 'INTERACTIVE' } = about;
  return {
    subject,
    relevantOn,
    urgency,
    purpose: purposeOfCase(about.caller, about),
    claimsOf: (requirement) =>
      new Map(
        claims
          .filter((claim) => claim.requirement === requirement)
          .map(({ field, value }) => [field, value]),
      ),
  };
}
