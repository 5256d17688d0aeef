import { mistake, type UserError } from './user-error.ts';

/** What a state allows: each step, and the state it leads to. What is not there is refused. */
export type TransitionTable<S extends string, T extends string> = Readonly<
  Record<S, Readonly<Partial<Record<T, S>>>>
>;

/** The life of a kind of thing, read from its table. */
export interface StateMachine<S extends string, T extends string> {
  /** In the order of the table. */
  readonly states: readonly S[];
  /** Every step that some state allows, in the order of the table. */
  readonly steps: readonly T[];
  /** The state after a step. Null where the state does not allow it. */
  after(state: S, step: T): S | null;
  /** The steps a state allows, in the order of its row. */
  stepsFrom(state: S): readonly T[];
  /** True where nothing can follow. */
  isFinal(state: S): boolean;
  /**
   * STEP_NOT_ALLOWED with the state, the steps that it allows, and one sentence of why. `field`
   * is the path of the input field that names the thing.
   */
  refuse(state: S, step: T, field: readonly string[]): UserError;
}

/** Makes the machine of one table. */
export function createStateMachine<S extends string, T extends string>(
  table: TransitionTable<S, T>,
): StateMachine<S, T> {
  const states = Object.keys(table) as S[];
  const stepsFrom = (state: S): readonly T[] => Object.keys(table[state]) as T[];
  const steps = [...new Set(states.flatMap(stepsFrom))];

  function refuse(state: S, step: T, field: readonly string[]): UserError {
    const allowed = stepsFrom(state);
    const why =
      allowed.length === 0
        ? `${state} is final: nothing follows it.`
        : `${state} allows ${allowed.join(', ')}, not ${step}.`;
    return { ...mistake('STEP_NOT_ALLOWED', field, why), state, allowed };
  }

  return {
    states,
    steps,
    after: (state, step) => table[state][step] ?? null,
    stepsFrom,
    isFinal: (state) => stepsFrom(state).length === 0,
    refuse,
  };
}
