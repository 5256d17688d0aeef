import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { z } from 'zod';

import { fileDrop } from '../../connectors/file-drop/connector.ts';
import { fileDropSettings, type FileDropSecrets } from '../../connectors/file-drop/settings.ts';
import { createFileDrop, type FileDrop } from '../../sandbox/file-drop.ts';
import { startSftpServer, type SftpServer } from '../../sandbox/sftp.ts';
import type { Connector } from '../../src/connector-kit/connector.ts';
import { OPEN_NETWORK } from '../../src/connector-kit/network.ts';
import type { ScanPage, ScanRequest } from '../../src/connector-kit/scan.ts';
import type { HubError } from '../../src/errors.ts';
import { systemClock } from '../../src/model/clock.ts';
import { within } from './rig.ts';

export type SettingsInput = z.input<typeof fileDropSettings>;
type PartialSettings = Partial<Omit<SettingsInput, 'collections'>> & {
  readonly collection?: Partial<SettingsInput['collections'][number]>;
};

export const PLACES = ['DIRECTORY', 'SFTP'] as const;
export type PlaceType = (typeof PLACES)[number];

const USER = 'hecha';
const PASSWORD = 'a-password-of-the-sandbox';
const NO_SECRETS: FileDropSecrets = { password: null, privateKey: null, passphrase: null };

/** Registrations, one a row, as a nightly file holds them. */
export const REGISTRATIONS = {
  columns: ['PRIPID', 'UNISCID', 'ENTNAME', 'REGSTATE_CN', 'OPTO'],
  mapping: {
    fields: {
      code: { from: '/UNISCID' },
      name: { from: '/ENTNAME' },
      entityId: { from: '/PRIPID' },
      status: { from: '/REGSTATE_CN', pairs: { 存续: 'ACTIVE', 注销: 'DEREGISTERED' } },
      validUntil: { from: '/OPTO' },
    },
  },
} as const;

/** A directory with files, an SFTP server before it, and connectors to either. */
export interface DropRig {
  readonly drop: FileDrop;
  readonly sftp: SftpServer;
  readonly password: string;
  placeOf(place: PlaceType): SettingsInput['place'];
  connect(
    place: PlaceType,
    settings?: PartialSettings,
    secrets?: Partial<FileDropSecrets>,
  ): Connector;
  clear(): Promise<void>;
  stop(): Promise<void>;
}

export async function startDropRig(options: { publicKey?: string } = {}): Promise<DropRig> {
  const base = await realpath(await mkdtemp(join(tmpdir(), 'hecha-drop-')));
  const root = join(base, 'root');
  const drop = createFileDrop(root);
  await drop.drop('incoming/nothing', Buffer.from(''), { type: 'NONE' });
  const sftp = await startSftpServer({
    root: base,
    user: USER,
    password: PASSWORD,
    publicKey: options.publicKey ?? null,
  });
  const placeOf = (place: PlaceType): SettingsInput['place'] =>
    place === 'DIRECTORY'
      ? { type: 'DIRECTORY', path: root }
      : {
          type: 'SFTP',
          host: sftp.host,
          port: sftp.port,
          user: USER,
          path: '/root',
          hostKeySha256: [sftp.hostKeySha256],
        };
  return {
    drop,
    sftp,
    placeOf,
    password: PASSWORD,
    connect(place, settings = {}, secrets = {}) {
      return fileDrop.create({
        settings: fileDropSettings.parse(dropSettings(placeOf(place), settings)),
        secrets: { ...NO_SECRETS, ...(place === 'SFTP' ? { password: PASSWORD } : {}), ...secrets },
        clock: systemClock,
        network: OPEN_NETWORK,
      });
    },
    clear: () => drop.remove('.'),
    async stop() {
      await sftp.stop();
      await rm(base, { recursive: true, force: true });
    },
  };
}

/** Settings of one collection, deltas of GBK text unless told otherwise. */
export function dropSettings(
  place: SettingsInput['place'],
  { collection = {}, ...others }: PartialSettings = {},
): SettingsInput {
  return {
    place,
    subdirectory: 'incoming/',
    readiness: { type: 'MARKER' },
    collections: [
      {
        name: 'E_BASEINFO',
        format: { type: 'TXT', charset: 'gb18030' },
        id: ['PRIPID'],
        mode: 'DELTA',
        ...collection,
      },
    ],
    answers: {
      'enterprise.registration': {
        collection: collection.name ?? 'E_BASEINFO',
        mapping: REGISTRATIONS.mapping,
        absence: 'COVERED',
        kinds: ['ENTERPRISE', 'INDIVIDUAL_BUSINESS'],
        keys: { code: 'UNISCID' },
      },
    },
    ...others,
  };
}

/** What a scan gave, to its end or its fault. */
export interface Scanned {
  readonly pages: readonly ScanPage[];
  readonly fault: HubError | null;
}

/** Scans to the end, remembering which passes were completed. */
export async function scanAll(
  connector: Connector,
  request: Partial<ScanRequest> & { done?: Set<string>; pagesMax?: number } = {},
): Promise<Scanned> {
  const { done = new Set<string>(), pagesMax = Infinity, ...asked } = request;
  const pages: ScanPage[] = [];
  const holdings = connector.holdings;
  if (holdings === null) throw new Error('This connector holds rows.');
  try {
    const scan = holdings.scan(
      {
        collection: holdings.collections[0] ?? '',
        since: null,
        resume: null,
        isDone: (pass) => Promise.resolve(done.has(pass)),
        ...asked,
      },
      within(60_000),
    );
    for await (const page of scan) {
      pages.push(page);
      if (page.complete) done.add(page.pass);
      if (pages.length >= pagesMax) break;
    }
    return { pages, fault: null };
  } catch (fault) {
    return { pages, fault: fault as HubError };
  }
}

export function rowsOf({ pages }: Scanned) {
  return pages.flatMap(({ rows }) => rows);
}

export function rejectsOf({ pages }: Scanned) {
  return pages.flatMap(({ rejects }) => rejects);
}

/** Code, reason of a fault. */
export function wordsOf({ fault }: Scanned): readonly unknown[] | null {
  return fault === null ? null : [fault.code, fault.details['reason']];
}
