import { expect, test } from '@jest/globals';

import { fileDrop } from '../../connectors/file-drop/connector.ts';
import { runConformance } from '../../src/connector-kit/conformance/conformance.ts';
import { OPEN_NETWORK } from '../../src/connector-kit/network.ts';
import { systemClock } from '../../src/model/clock.ts';
import { dropSettings, PLACES, startDropRig } from './file-drop-rig.ts';
import { createDropTwin, KNOWN, OTHER, PAGE_ROWS } from './file-drop-twin.ts';

const RUN_MS_MAX = 120_000;

/** Rules of what files do not have: look-ups of their own, pushes, a quota, canaries. */
const OF_OTHERS = [
  'absence-needs-canary',
  'lookup-many',
  'lookup-withheld',
  'lookup-blank',
  'raw-kept',
  'reread-equals-lookup',
  'canaries-right',
  'idempotent-claim',
  'batch-order',
  'batch-duplicates',
  'batch-empty',
  'batch-max',
  'poison-key',
  'abort-frees-socket',
  'one-attempt',
  'quota-named',
  'push-receipts',
  'push-once',
  'push-batch',
  'push-acknowledged',
  'push-trouble',
  'file-fresh',
  'file-none',
];
/** A directory has neither host key nor password, and no sockets. */
const OF_SERVERS = ['check-tells-apart', 'close-ends-sockets'];

test.each(PLACES)(
  'file-drop keeps the contract (%s)',
  async (place) => {
    const rig = await startDropRig();
    const twin = await createDropTwin(rig, place);
    const [base] = dropSettings({ type: 'DIRECTORY', path: rig.drop.directory }).collections;
    if (base === undefined) throw new Error('There is a collection.');
    const collection = { ...base, mode: 'FULL', fileName: '{yyyymmdd}.txt', rowsMin: 0 } as const;
    const key = (code: string) => ({ kind: 'ENTERPRISE', code, name: null }) as const;

    const report = await runConformance(
      {
        kind: fileDrop,
        settings: {
          ...dropSettings(rig.placeOf(place)),
          subdirectory: 'incoming/{TABLE}/',
          collections: [collection, { ...collection, name: OTHER }],
          limits: { pageRowsMax: PAGE_ROWS, rejectsMax: 50 },
        },
        secrets: { password: rig.password, privateKey: null, passphrase: null },
        network: OPEN_NETWORK,
        clock: systemClock,
        questions: {
          'enterprise.registration': {
            hit: key(KNOWN.code),
            miss: key('91370800MA0CAN029X'),
            many: null,
            withheld: null,
            poison: null,
            blank: null,
          },
        },
        push: {},
        twin,
        logged: null,
      },
      { signal: AbortSignal.timeout(RUN_MS_MAX) },
    );
    await rig.stop();

    expect(report.lines.filter(({ result }) => result === 'FAIL')).toEqual([]);
    const skipped = report.lines.filter(({ result }) => result === 'SKIP').map(({ rule }) => rule);
    const known = place === 'SFTP' ? OF_OTHERS : [...OF_OTHERS, ...OF_SERVERS];
    expect(skipped.filter((rule) => !known.includes(rule))).toEqual([]);
  },
  RUN_MS_MAX,
);
