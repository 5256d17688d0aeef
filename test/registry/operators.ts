import { CANARIES } from '../../sandbox/fixtures.ts';
import type { Caller } from '../../src/model/caller.ts';
import {
  CheckSourceDocument,
  MoveSourceDocument,
  RegisteredSourceDocument,
  RegisteredSourcesDocument,
  RegisterSourceDocument,
  ReviseSourceDocument,
  SetSourceSecretsDocument,
  type MoveSourceInput,
  type RegisterSourceInput,
  type SourceRevisionInput,
  type SourceStep,
} from '../generated/operations.ts';
import type { TestHub } from '../support/hub.ts';

const OWNER = '11370800MB28559184';
const LOOK_MS = 50;
/** A change reaches every replica within this. */
const REACHES_MS = 2_000;

export type Operators = ReturnType<typeof createOperators>;

/** Two operators of the data center, and what they see. */
export function createOperators(hub: TestHub) {
  const canary = {
    present: { kind: 'ENTERPRISE', code: CANARIES.presentCode, name: null },
    absent: { kind: 'ENTERPRISE', code: CANARIES.absentCode, name: null },
  };

  function operator(account: Caller['account']) {
    const as = { role: 'OPERATOR', account } as const;
    return {
      async register(
        id: string,
        revision: SourceRevisionInput,
        more: Partial<RegisterSourceInput> = {},
      ) {
        const input = { id, title: '任城区信用平台', ownerAgency: OWNER, revision, ...more };
        const { registerSource } = await hub.get(RegisterSourceDocument, { input }, as);
        return registerSource;
      },
      async revise(id: string, revision: SourceRevisionInput) {
        const input = { id, revision };
        const { reviseSource } = await hub.get(ReviseSourceDocument, { input }, as);
        if (reviseSource.source === null) throw new Error(JSON.stringify(reviseSource.userErrors));
        return reviseSource.source;
      },
      async trySecrets(id: string, secrets: Record<string, unknown>, revision?: number) {
        const input = { id, secrets, ...(revision === undefined ? {} : { revision }) };
        const { setSourceSecrets } = await hub.get(SetSourceSecretsDocument, { input }, as);
        return { file: setSourceSecrets.source, errors: setSourceSecrets.userErrors };
      },
      async setSecrets(id: string, secrets: Record<string, unknown>, revision?: number) {
        const { errors } = await this.trySecrets(id, secrets, revision);
        if (errors.length > 0) throw new Error(JSON.stringify(errors));
      },
      async check(id: string) {
        const { checkSource } = await hub.get(CheckSourceDocument, { input: { id } }, as);
        return { file: checkSource.source, errors: checkSource.userErrors };
      },
      async move(id: string, step: SourceStep, more: Partial<MoveSourceInput> = {}) {
        const input = { id, step, ...more };
        const { moveSource } = await hub.get(MoveSourceDocument, { input }, as);
        return moveSource.userErrors;
      },
    };
  }

  const seen = { role: 'OPERATOR' } as const;

  async function until(holds: () => boolean, what: string): Promise<void> {
    const endsAt = Date.now() + REACHES_MS;
    while (!holds()) {
      if (Date.now() > endsAt) throw new Error(`not within ${REACHES_MS} ms: ${what}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  const stateOf = (id: string) => hub.hub.sources.states().find((one) => one.id === id);

  return {
    canary,
    one: operator('operator-1'),
    two: operator('operator-2'),
    list: async () => (await hub.get(RegisteredSourcesDocument, {}, seen)).registeredSources,
    find: async (id: string) =>
      (await hub.get(RegisteredSourceDocument, { id }, seen)).registeredSource,
    /** Waits until this replica asks the source by that connector; null: no longer asks it. */
    untilAsked: (id: string, connector: string | null) =>
      until(() => (stateOf(id)?.connector ?? null) === connector, `${id} is ${connector}`),
    untilPaused: (id: string, isPaused: boolean) =>
      until(() => (stateOf(id)?.health.paused != null) === isPaused, `${id} paused: ${isPaused}`),
  };
}
