import {
  IntakePassesDocument,
  PassRejectsDocument,
  RunPassesDocument,
  SourceIntakeDocument,
  type SourceRevisionInput,
} from '../generated/operations.ts';
import { createOperators } from '../registry/operators.ts';
import type { TestHub } from '../support/hub.ts';

const OPERATOR = { role: 'OPERATOR' } as const;

/** What an operator does and sees of a source that hands over rows. */
export function createKeeper(hub: TestHub, id: string) {
  const operators = createOperators(hub);
  return {
    /** From nothing to ACTIVE, by two operators. */
    async activate(
      kind: string,
      told: Pick<SourceRevisionInput, 'settings' | 'policy'>,
      secrets = {},
      dataset: 'LICENSE' | 'REGISTRATION' = 'REGISTRATION',
    ) {
      const { one, two } = operators;
      const routes = [{ dataset, rank: 50 }];
      const registered = await one.register(id, { kind, ...told, routes, note: '接入' });
      expectNone(registered.userErrors);
      if (Object.keys(secrets).length > 0) await one.setSecrets(id, secrets);
      expectNone((await one.check(id)).errors);
      const checked = (await operators.find(id))?.candidate;
      if (checked?.state !== 'CHECKED') throw new Error(JSON.stringify(checked?.checks));
      expectNone(await one.move(id, 'SUBMIT'));
      expectNone(await two.move(id, 'APPROVE'));
      expectNone(await one.move(id, 'ACTIVATE'));
      await operators.untilAsked(id, `${kind}@1.0.0+r1`);
    },
    async run() {
      const { runPasses } = await hub.get(RunPassesDocument, { input: { id } }, OPERATOR);
      expectNone(runPasses.userErrors);
      return runPasses.collections;
    },
    async collections() {
      const { registeredSource } = await hub.get(SourceIntakeDocument, { id }, OPERATOR);
      return registeredSource?.intake ?? [];
    },
    async passes() {
      const { intakePasses } = await hub.get(
        IntakePassesDocument,
        { source: id, first: 100 },
        OPERATOR,
      );
      return intakePasses.nodes;
    },
    async rejects(pass: string) {
      const { intakePass } = await hub.get(PassRejectsDocument, { id: pass, first: 100 }, OPERATOR);
      return intakePass?.rejects.nodes ?? [];
    },
  };
}

function expectNone(errors: readonly object[]): void {
  if (errors.length > 0) throw new Error(JSON.stringify(errors));
}
