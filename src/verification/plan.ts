import { INBOX } from '../model/assistance.ts';
import type { BusinessDate } from '../model/business-date.ts';
import type { CaseFile, CaseSubject } from '../model/case-file.ts';
import { policyVersionOf, type Matter } from '../model/matter.ts';
import type { Dataset, Requirement, Rung } from '../model/policy.ts';
import { currentRegionCode } from '../model/region.ts';
import type { PlanStep, VerificationPlan } from '../model/verification.ts';
import type { RoutedAsk } from '../sources/routed-ask.ts';
import { capabilityOf } from './consult.ts';

interface Planning {
  readonly matter: Matter;
  readonly caseFile: CaseFile;
  readonly relevantOn: BusinessDate;
  readonly subject: CaseSubject;
  readonly routedAsk: Pick<RoutedAsk, 'plan'>;
}

/** What a verification would do: sources, order, quota it costs, how long it takes. Asks nobody. */
export function planOf(planning: Planning): VerificationPlan {
  const { matter, caseFile, relevantOn } = planning;
  const { policy } = matter;
  return {
    policyVersion: policyVersionOf(matter),
    legalBasis: caseFile.legalBasis,
    timing: policy.timing,
    relevantOn,
    exemption: policy.exemption,
    steps:
      policy.exemption === null
        ? policy.requirements.flatMap((requirement) => stepsOf(planning, requirement))
        : [],
  };
}

function stepsOf(planning: Planning, requirement: Requirement): readonly PlanStep[] {
  return requirement.ladder.flatMap((rung, index) =>
    stepsOfRung(planning, requirement, rung).map((step) => ({ ...step, rung: index + 1 })),
  );
}

function stepsOfRung(
  { routedAsk, subject }: Planning,
  requirement: Requirement,
  rung: Rung,
): readonly Omit<PlanStep, 'rung'>[] {
  const planFor = (dataset: Dataset, licenseTypeCode: string | null) =>
    routedAsk.plan({
      dataset,
      licenseTypeCode,
      regionCode: currentRegionCode(subject.regionCode),
      capability: capabilityOf(dataset),
    });
  const fields = requirement.fields.map(({ field }) => field);
  if (rung.method === 'ASSISTANCE')
    return [
      {
        requirement: requirement.id,
        method: 'ASSISTANCE',
        dataset: 'ASSISTANCE',
        source: planFor('ASSISTANCE', null)?.source ?? INBOX,
        rank: rung.rank,
        questions: rung.questions.length,
        expectedMs: null,
        workingDays: rung.workingDays,
        fields,
      },
    ];
  return rung.consult.map((consultation) => {
    const { dataset, rank } = consultation;
    const plan = planFor(dataset, consultation.licenseTypeCode);
    return {
      requirement: requirement.id,
      method: 'ONLINE',
      dataset,
      source: plan?.source ?? '',
      rank,
      questions: 1,
      expectedMs: plan?.medianMs ?? null,
      workingDays: null,
      fields,
    };
  });
}
