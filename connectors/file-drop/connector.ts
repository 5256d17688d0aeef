import {
  CONTRACT_VERSION,
  type Canary,
  type Connector,
  type ConnectorKind,
} from '../../src/connector-kit/connector.ts';
import { createPlaceOpener, originsOfPlace } from '../../src/connector-kit/files/place-settings.ts';
import { MAPPED_CAPABILITIES } from '../../src/connector-kit/mapping/keys.ts';
import { createAnswering } from './answers.ts';
import { checkFiles } from './check.ts';
import { createCollections } from './collection.ts';
import { discoverFiles } from './discovery.ts';
import { scanFiles, type ScanDeps } from './scan.ts';
import {
  fileDropSecrets,
  fileDropSettings,
  type FileDropSecrets,
  type FileDropSettings,
} from './settings.ts';

/**
 * Files that a source drops in a directory or over SFTP (文件交换): docs/sources/file-drop.md.
 * Every call opens the place for itself and closes it, so that nothing is kept in between.
 */
export const fileDrop: ConnectorKind<FileDropSettings, FileDropSecrets> = {
  kind: 'file-drop',
  title: { zh: '文件交换', en: 'File drop' },
  version: '1.0.0',
  contract: CONTRACT_VERSION,
  settings: fileDropSettings,
  secrets: fileDropSecrets,
  origins: ({ place }) => originsOfPlace(place),
  create({ settings, secrets, network }) {
    const answering = createAnswering(settings);
    const { answers } = answering;
    const collections = createCollections(settings, answering);
    const openPlace = createPlaceOpener({ place: settings.place, secrets, network });
    const deps: ScanDeps = { openPlace, settings, collections };
    return {
      capabilities: {},
      // Read where the rows are answered from.
      canaries: listCanaries(settings),
      holdings: {
        collections: collections.map((each) => each.settings.name),
        scan: (request, call) => scanFiles(deps, request, call),
        answers,
      },
      push: null,
      reread: null,
      check: (signal) => checkFiles(deps, signal),
      discover: (signal) => discoverFiles(deps, signal),
      async close() {
        // Every call closes what it has opened.
      },
    } satisfies Connector;
  },
};

function listCanaries({ answers, register }: FileDropSettings): readonly Canary[] {
  const ofRegister = register?.canary ?? null;
  return [
    ...MAPPED_CAPABILITIES.flatMap((name) => {
      const canary = answers[name]?.canary ?? null;
      return canary === null ? [] : [{ capability: name, ...canary } as Canary];
    }),
    ...(ofRegister === null
      ? []
      : [{ capability: 'enterprise.registration', ...ofRegister } satisfies Canary]),
  ];
}
