import { fileDrop } from '../../../connectors/file-drop/connector.ts';
import { OPEN_NETWORK } from '../../../src/connector-kit/network.ts';
import { systemClock } from '../../../src/model/clock.ts';
import { dropSettings, startDropRig } from '../file-drop-rig.ts';
import { createDropTwin, KNOWN, OTHER, PAGE_ROWS } from '../file-drop-twin.ts';
import { need } from '../questions.ts';
import { CANARY_SUBJECTS } from '../rig.ts';
import { NO_KEYS, type SubjectPlan } from './started-subject.ts';

/** Nightly files behind an SFTP server, each showing everything there is. */
export const FILE_DROP: SubjectPlan = {
  kind: 'file-drop',
  async start() {
    const rig = await startDropRig();
    const place = rig.placeOf('SFTP');
    const base = need(dropSettings(place).collections[0]);
    const collection = { ...base, mode: 'FULL', fileName: '{yyyymmdd}.txt', rowsMin: 0 } as const;
    return {
      stop: () => rig.stop(),
      subject: {
        kind: fileDrop,
        settings: {
          ...dropSettings(place),
          subdirectory: 'incoming/{TABLE}/',
          collections: [collection, { ...collection, name: OTHER }],
          limits: { pageRowsMax: PAGE_ROWS, rejectsMax: 50 },
        },
        secrets: { password: rig.password },
        network: OPEN_NETWORK,
        clock: systemClock,
        questions: {
          'enterprise.registration': {
            ...NO_KEYS,
            hit: { kind: 'ENTERPRISE', code: KNOWN.code, name: null },
            miss: CANARY_SUBJECTS.absent,
          },
        },
        push: {},
        twin: await createDropTwin(rig, 'SFTP'),
        logged: null,
      },
    };
  },
};
