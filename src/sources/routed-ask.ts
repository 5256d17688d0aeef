import type { CapabilityName } from '../connector-kit/connector.ts';
import type { Dataset } from '../model/policy.ts';
import { chooseSources, type RoutedSource } from '../model/route.ts';
import type { CallPlan, Observation, Question, Sources } from './sources.ts';

/** One question to whichever source is responsible. */
export interface RoutedQuestion<N extends CapabilityName> extends Omit<Question<N>, 'source'> {
  readonly dataset: Dataset;
  /** Region of the subject. Null where its identifier tells none. */
  readonly regionCode: string | null;
  /** Null for questions that are not about licenses. */
  readonly licenseTypeCode: string | null;
}

/** Asks the sources that are responsible, one after another, until one has found something. */
export interface RoutedAsk {
  /**
   * The first answer that found a record. Where all that answered found none, the first of them,
   * and its absence covers only if no responsible source stayed silent. Where none answered, what
   * became of the first. Null where nobody is responsible.
   *
   * @throws {HubError} AUDIT_UNAVAILABLE.
   */
  ask<N extends CapabilityName>(question: RoutedQuestion<N>): Promise<Observation<N> | null>;
  /** The sources in the order they would be asked. */
  choose(question: RouteSought): readonly string[];
  /** Of the first. Null where nobody is responsible. */
  plan(question: RouteSought): (CallPlan & { readonly source: string }) | null;
}

type RouteSought = Pick<
  RoutedQuestion<CapabilityName>,
  'dataset' | 'regionCode' | 'licenseTypeCode' | 'capability'
>;

/** Questions over the sources that are routed at the moment of asking. */
export function createRoutedAsk(deps: {
  readonly sources: Pick<Sources, 'ask' | 'plan'>;
  routed(): readonly RoutedSource[];
}): RoutedAsk {
  const { sources } = deps;

  function choose(question: RouteSought): readonly string[] {
    return chooseSources(deps.routed(), question).filter(
      (source) => sources.plan(source, question.capability) !== null,
    );
  }

  async function ask<N extends CapabilityName>(
    question: RoutedQuestion<N>,
  ): Promise<Observation<N> | null> {
    const observed: Observation<N>[] = [];
    for (const source of choose(question)) {
      const one = await sources.ask<N>({ ...question, source });
      if (hasFound(one)) return one;
      observed.push(one);
    }
    return withoutRecord(observed);
  }

  return {
    ask,
    choose,
    plan(question) {
      const [source] = choose(question);
      const plan = source === undefined ? null : sources.plan(source, question.capability);
      return plan === null || source === undefined ? null : { ...plan, source };
    },
  };
}

function hasFound(observation: Observation<CapabilityName>): boolean {
  return observation.transport === 'ANSWERED' && observation.records.length > 0;
}

/** None found anything: that is an absence only when all of them say so. */
function withoutRecord<N extends CapabilityName>(
  observed: readonly Observation<N>[],
): Observation<N> | null {
  const isAllCovered = observed.every(
    (one) => one.transport === 'ANSWERED' && one.recordOutcome === 'ABSENT_COVERED',
  );
  const answered = observed.find((one) => one.transport === 'ANSWERED');
  if (answered?.transport !== 'ANSWERED') return observed[0] ?? null;
  return isAllCovered ? answered : { ...answered, recordOutcome: 'ABSENT_UNCOVERED' };
}
