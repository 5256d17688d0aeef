import { FAULT_CODES } from '../../../errors.ts';
import type { CheckLine } from '../../connector.ts';
import { combine, fail, PASS, skip, tryEach, type Rule, type Verdict } from '../rule.ts';
import { CALL_MS_MAX, settleWithin, underFault, type Trial } from '../trial.ts';
import type { Twin } from '../twin.ts';

/** What a check is given while the source is in trouble. */
const CHECK_MS_MAX = 1_000;
const CODES: readonly string[] = ['OK', ...FAULT_CODES];

const checkWell: Rule = {
  id: 'check-well',
  title: { zh: '来源正常时检查通过', en: 'A check passes while the source is well' },
  why: 'A check that fails at a source that is well is soon ignored.',
  async try(trial) {
    const lines = await checkOnce(trial);
    const bad = lines.find((line) => !isWellFormed(line));
    if (bad !== undefined) return fail(`${bad.probe}: unknown code, or trouble without advice`);
    const failed = lines.find(({ result }) => result === 'FAIL');
    return failed === undefined ? PASS : fail(`${failed.probe}: ${failed.code}`);
  },
};

const checkPerPart: Rule = {
  id: 'check-per-part',
  title: { zh: '逐项检查', en: 'A check has a line for each part' },
  why: 'Credentials that are good for one table and not for the next look good in one single line.',
  async try(trial) {
    const { twin } = trial;
    const parts = await listParts(trial);
    const lines = await checkOnce(trial);
    const missing = parts.find((part) => linesOf(lines, part).length === 0);
    if (missing !== undefined) return fail(`${missing} has no line`);
    if (twin?.part == null || !twin.faults.includes('PART_DENIED')) {
      return parts.length === 0 ? skip('there is no part that can be read') : PASS;
    }
    const { part } = twin;
    const denied = await underFault(twin, 'PART_DENIED', () => checkOnce(trial));
    const isSeen = linesOf(denied, part).some(({ result }) => result === 'FAIL');
    if (!isSeen) return fail(`${part} was denied and did not fail`);
    const others = denied.filter((line) => !linesOf(denied, part).includes(line));
    const hurt = others.find(({ result }) => result === 'FAIL');
    return hurt === undefined ? PASS : fail(`${part} was denied and ${hurt.probe} failed`);
  },
};

const checkTellsApart: Rule = {
  id: 'check-tells-apart',
  title: { zh: '区分断网、证书与密码', en: 'A check tells network, TLS and password apart' },
  why: 'Three different people repair a route, a certificate and a password.',
  async try(trial) {
    const { twin } = trial;
    if (twin === null) return skip('needs a simulated source');
    const faults = (['REFUSED', 'BAD_TLS', 'UNAUTHORIZED'] as const).filter((fault) =>
      twin.faults.includes(fault),
    );
    const seen = new Map<string, string>();
    for (const fault of faults) {
      const lines = await underFault(twin, fault, () => checkOnce(trial));
      const failed = lines.find(({ result }) => result === 'FAIL');
      if (failed === undefined) return fail(`${fault}: nothing failed`);
      const sign = `${failed.probe} ${failed.code}`;
      const same = seen.get(sign);
      if (same !== undefined) return fail(`${fault} looks like ${same}: ${sign}`);
      seen.set(sign, fault);
    }
    return faults.length < 2 ? skip('the twin plays fewer than two of them') : PASS;
  },
};

const checkNeverCached: Rule = {
  id: 'check-never-cached',
  title: { zh: '检查结果不缓存', en: 'A check is never cached' },
  why: 'A source that died after the last check would be called healthy for as long as it is dead.',
  async try(trial) {
    const { twin } = trial;
    const fault = twin === null ? undefined : findDeath(twin);
    if (twin === null || fault === undefined) return skip('needs a simulated source that dies');
    return trial.withConnector(async (connector) => {
      const check = () => connector.check(trial.callWithin(CHECK_MS_MAX).signal);
      if (hasFailed(await check())) return fail('failed while the source was well');
      const dead = await underFault(twin, fault, check);
      if (!hasFailed(dead)) return fail(`did not notice ${fault}`);
      return hasFailed(await check()) ? fail('did not notice that the source is back') : PASS;
    });
  },
};

const checkNeverThrows: Rule = {
  id: 'check-never-throws',
  title: { zh: '检查从不抛错', en: 'A check never throws and ends in time' },
  why: 'What an operator needs most of a check is a line when everything is broken.',
  async try(trial) {
    const { twin } = trial;
    const late = async (): Promise<Verdict> =>
      trial.withConnector(async (connector) => {
        const settled = await settleWithin(
          () => connector.check(AbortSignal.abort()),
          CHECK_MS_MAX,
        );
        if (settled.kind !== 'GIVEN') return fail(`aborted: ${settled.kind}`);
        return hasFailed(settled.value) || settled.value.length === 0
          ? PASS
          : fail('aborted: nothing failed');
      });
    const faults = (twin?.faults ?? []).filter((fault) => fault !== 'UNKNOWN_STATUS');
    const under = await tryEach(faults, String, async (fault) => {
      if (twin === null) return PASS;
      return underFault(twin, fault, () =>
        trial.withConnector(async (connector) => {
          const { signal } = trial.callWithin(CHECK_MS_MAX);
          const settled = await settleWithin(() => connector.check(signal), 2 * CHECK_MS_MAX);
          return settled.kind === 'GIVEN' ? PASS : fail(settled.kind);
        }),
      );
    });
    return combine([await late(), under], '');
  },
};

/** What an operator is told by a check. */
export const CHECK_RULES: readonly Rule[] = [
  checkWell,
  checkPerPart,
  checkTellsApart,
  checkNeverCached,
  checkNeverThrows,
];

async function checkOnce(trial: Trial): Promise<readonly CheckLine[]> {
  return trial.withConnector((connector) => connector.check(trial.callWithin(CALL_MS_MAX).signal));
}

/** Whatever a check can read: capabilities with a canary, and collections. */
async function listParts(trial: Trial): Promise<readonly string[]> {
  return trial.withConnector(async ({ canaries, capabilities, holdings }) => [
    ...new Set(canaries.map(({ capability }) => capability).filter((name) => name in capabilities)),
    ...(holdings?.collections ?? []),
  ]);
}

function linesOf(lines: readonly CheckLine[], part: string): readonly CheckLine[] {
  return lines.filter(({ probe }) => probe.split(' ').includes(part));
}

function hasFailed(lines: readonly CheckLine[]): boolean {
  return lines.some(({ result }) => result === 'FAIL');
}

function isWellFormed({ probe, result, code, advice, tookMs }: CheckLine): boolean {
  const isTrouble = result === 'WARN' || result === 'FAIL';
  return probe !== '' && CODES.includes(code) && tookMs >= 0 && !(isTrouble && advice === null);
}

function findDeath({ faults }: Twin) {
  return (['REFUSED', 'FAILING', 'HANG'] as const).find((fault) => faults.includes(fault));
}
