import { INBOX } from '../model/assistance.ts';
import type { BusinessDate } from '../model/business-date.ts';
import type { CaseFile, CaseSubject } from '../model/case-file.ts';
import { termsOf } from '../model/ladder.ts';
import type { Matter } from '../model/matter.ts';
import { OFFICER, ON_SITE } from '../model/observe/person.ts';
import { appliedVersionOf, type PolicyChoice } from '../model/policy-choice.ts';
import {
  personRanks,
  type Dataset,
  type Requirement,
  type Rung,
  type VerificationPolicy,
} from '../model/policy.ts';
import { currentRegionCode } from '../model/region.ts';
import type { PlanStep, VerificationPlan } from '../model/verification.ts';
import { questionsOf } from '../model/work-order.ts';
import type { RoutedAsk } from '../sources/routed-ask.ts';
import { capabilityOf } from './consult.ts';

interface Planning {
  /** With the policy that was chosen. */
  readonly matter: Matter;
  readonly choice: PolicyChoice;
  readonly caseFile: CaseFile;
  readonly relevantOn: BusinessDate;
  readonly subject: CaseSubject;
  readonly routedAsk: Pick<RoutedAsk, 'plan'>;
}

/** What a verification would do: sources, order, quota it costs, how long it takes. Asks nobody. */
export function planOf(planning: Planning): VerificationPlan {
  const { matter, choice, caseFile, relevantOn } = planning;
  const { policy } = matter;
  return {
    policyVersion: appliedVersionOf(matter, choice),
    choice,
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
  const { length } = requirement.ladder;
  const listed = requirement.ladder.flatMap((rung, index) =>
    stepsOfRung(planning, requirement, rung).map((step) => ({ ...step, rung: index + 1 })),
  );
  const people = stepsOfPeople(planning.matter.policy, requirement);
  return [...listed, ...people.map((step, at) => ({ ...step, rung: length + 1 + at }))];
}

/** The rungs that end every ladder: who looks, where an agency was asked, and who decides. */
function stepsOfPeople(
  policy: VerificationPolicy,
  requirement: Requirement,
): readonly Omit<PlanStep, 'rung'>[] {
  const { onSite, decision } = termsOf(policy);
  const common = {
    ...{ requirement: requirement.id, rank: personRanks(requirement).rank, expectedMs: null },
    fields: requirement.fields.map(({ field }) => field),
  };
  const asksAgency = requirement.ladder.some(({ method }) => method === 'ASSISTANCE');
  const look =
    asksAgency && onSite !== null
      ? [
          {
            ...{ ...common, method: 'ON_SITE' as const, dataset: 'ON_SITE' as const },
            ...{ source: ON_SITE, workingDays: onSite.workingDays },
            questions: questionsOf(requirement).length,
          },
        ]
      : [];
  return [
    ...look,
    {
      ...{ ...common, method: 'DECISION', dataset: 'DECISION', source: OFFICER },
      ...{ questions: 1, workingDays: decision.workingDays },
    },
  ];
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
