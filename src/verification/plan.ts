import type { BusinessDate } from '../model/business-date.ts';
import type { CaseFile } from '../model/case-file.ts';
import { policyVersionOf, type Matter } from '../model/matter.ts';
import type { Requirement, Rung } from '../model/policy.ts';
import type { PlanStep, VerificationPlan } from '../model/verification.ts';
import type { Sources } from '../sources/sources.ts';
import { capabilityOf, type Routes } from './consult.ts';

interface Planning {
  readonly matter: Matter;
  readonly caseFile: CaseFile;
  readonly relevantOn: BusinessDate;
  readonly sources: Sources;
  readonly routes: Routes;
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
  { sources, routes }: Planning,
  requirement: Requirement,
  rung: Rung,
): readonly Omit<PlanStep, 'rung'>[] {
  const fields = requirement.fields.map(({ field }) => field);
  if (rung.method === 'ASSISTANCE')
    return [
      {
        requirement: requirement.id,
        method: 'ASSISTANCE',
        dataset: 'ASSISTANCE',
        source: routes.ASSISTANCE,
        rank: rung.rank,
        questions: rung.questions.length,
        expectedMs: null,
        workingDays: rung.workingDays,
        fields,
      },
    ];
  return rung.consult.map(({ dataset, rank }) => ({
    requirement: requirement.id,
    method: 'ONLINE',
    dataset,
    source: routes[dataset],
    rank,
    questions: 1,
    expectedMs: sources.plan(routes[dataset], capabilityOf(dataset))?.medianMs ?? null,
    workingDays: null,
    fields,
  }));
}
