import type { CreditStanding, SamplingPlan, VerificationStanding } from '../model/sampling.ts';
import type { Transaction } from '../store/database.ts';

/** A commitment that could be inspected, and how it stands. */
export interface Candidate {
  readonly id: string;
  readonly credit: CreditStanding;
  readonly verification: VerificationStanding;
  /** Inspectors of the plan's pool who handled its case (回避). */
  readonly barred: readonly string[];
}

/**
 * Commitments of the plan's agency and matters that were signed in its period and were neither
 * withdrawn nor ended with the case, at most `rows`, in the order of ids. The credit standing is
 * that of the check they were signed on, the verification that of now. Handled by: who opened the
 * case, checked or decided eligibility, asked a verification, accepted, or took a later step.
 */
export async function listCandidates(
  trx: Transaction,
  { agencyCode, matterCodes, from, through, inspectors }: SamplingPlan,
  rows: number,
): Promise<readonly Candidate[]> {
  const { rows: found } = await trx.raw<{ rows: Candidate[] }>(
    `
    select commitment.id,
      case
        when eligibility_check.outcome = 'ELIGIBLE' then 'GOOD'
        when eligibility_check.outcome = 'UNDETERMINED' then 'UNKNOWN'
        when findings @> '[{"effect": "WARN", "record": {"ground": "GRADE_D"}}]' then 'GRADE_D'
        else 'WARNED'
      end as credit,
      case
        when policy ->> 'exemption' is not null or verified.code = 'EXEMPT' then 'EXEMPT'
        when verified.code is null then 'NONE'
        when verified.code in ('CONFIRMED', 'REFUTED') then verified.code
        else 'OPEN'
      end as verification,
      array(
        select distinct by from (
          select accepted_by
          union all select checked_by
          union all select decided_by from eligibility_decision
            where check_id = eligibility_check_id
          union all select by from commitment_event where commitment_id = commitment.id
          union all select asked_by from verification where case_id = commitment.case_id
          union all select opened_by from case_file where id = commitment.case_id
        ) as handled (by)
        where by = any(:inspectors)
      ) as barred
    from commitment
    join eligibility_check on eligibility_check.id = eligibility_check_id
    join matter_version on matter_version.matter_code = commitment.matter_code
      and matter_version.version = commitment.matter_version
    cross join lateral (
      select state from commitment_event
      where commitment_id = commitment.id order by number desc limit 1
    ) as last
    left join lateral (
      select verdict.code
      from verification
      join verdict on verification_id = verification.id
      where verification.case_id = commitment.case_id
        and verification.subject_id = commitment.subject_id
      order by asked_at desc, verification.id desc, number desc
      limit 1
    ) as verified on true
    where commitment.agency_code = :agencyCode and commitment.matter_code = any(:matterCodes)
      and signed_on between :from and :through and state not in ('WITHDRAWN', 'TERMINATED')
    order by commitment.id
    limit :rows
    `,
    { agencyCode, matterCodes: [...matterCodes], from, through, rows, inspectors: [...inspectors] },
  );
  return found;
}
