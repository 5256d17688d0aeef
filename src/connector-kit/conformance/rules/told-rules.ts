import { isDeepStrictEqual } from 'node:util';

import type { Origin } from '../../network.ts';
import { describeKind } from '../description.ts';
import { fail, PASS, skip, type Rule } from '../rule.ts';
import { CALL_MS_MAX } from '../trial.ts';

const discoverLists: Rule = {
  id: 'discover-lists',
  title: { zh: '可列出来源内容', en: 'What a source holds is listed with its fields' },
  why: 'A mapping that is drafted from a wrong list maps one column to the meaning of another.',
  async try(trial) {
    return trial.withConnector(async ({ discover }) => {
      if (discover === null) return skip('not offered');
      const collections = await discover(trial.callWithin(CALL_MS_MAX).signal);
      if (collections.length === 0) return fail('nothing is listed');
      const empty = collections.find(({ name, fields }) => name === '' || fields.length === 0);
      if (empty !== undefined) return fail('a collection without a name or fields');
      const isTwice = collections.some(({ fields }) => {
        return new Set(fields.map(({ pointer }) => pointer)).size !== fields.length;
      });
      return isTwice ? fail('a field is listed twice') : PASS;
    });
  },
};

const originsTold: Rule = {
  id: 'origins-told',
  title: { zh: '只连接已申报的地址', en: 'It goes only where its settings say' },
  why: 'Credentials are bound to the places that were approved, and so is the way out of the hub.',
  async try({ subject, transcript }) {
    const told = subject.kind.origins(subject.kind.settings.parse(subject.settings));
    const asked = transcript.origins();
    const stray = asked.filter((origin) => !told.some((each) => isDeepStrictEqual(each, origin)));
    if (stray.length > 0) return fail(`${stray.length} connections elsewhere: ${protocols(stray)}`);
    return asked.length === 0 ? skip('nothing was connected') : PASS;
  },
};

const faultsNamed: Rule = {
  id: 'faults-named',
  title: { zh: '故障均有代码、位置与原因', en: 'Every fault says what, where and why' },
  why: 'An operator repairs by code, hop and reason; whatever else is thrown is masked as a bug.',
  try({ transcript }) {
    const bad = transcript.badFaults();
    return Promise.resolve(bad.length === 0 ? PASS : fail(bad.join('; ')));
  },
};

const secretNeverShown: Rule = {
  id: 'secret-never-shown',
  title: { zh: '密钥从不外露', en: 'A secret is never shown' },
  why: 'Faults, checks, logs and evidence are read by people who must not hold the credentials.',
  try({ subject, transcript }) {
    transcript.note('description', describeKind(subject.kind));
    if (subject.logged !== null) transcript.note('log', subject.logged());
    const leaks = transcript.leaks();
    return Promise.resolve(leaks.length === 0 ? PASS : fail(`seen in ${leaks.join(', ')}`));
  },
};

/** What was shown while the other rules were tried. Tried last. */
export const TOLD_RULES: readonly Rule[] = [
  discoverLists,
  originsTold,
  faultsNamed,
  secretNeverShown,
];

function protocols(origins: readonly Origin[]): string {
  return [...new Set(origins.map(({ protocol }) => protocol))].join(', ');
}
