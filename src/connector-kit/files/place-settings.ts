import { z } from 'zod';

import { HubError } from '../../errors.ts';
import { titled } from '../connector.ts';
import type { Network, Origin } from '../network.ts';
import { openDirectoryPlace } from './directory-place.ts';
import { readFileError, type DropPlace } from './drop-place.ts';
import { openSftpPlace } from './sftp-place.ts';
import { judgePrivateKey, sftpOrigin } from './sftp-session.ts';

const pathSetting = z
  .string()
  .regex(/^\/[^\p{Cc}]{0,1023}$/u, { error: 'an absolute path without control characters' })
  .meta(titled('目录', 'Directory'))
  .describe('Absolute path of the directory; nothing outside it is ever read or written.');

/** Where a source drops its files (交换目录), as operators say it. */
export const placeSetting = z
  .discriminatedUnion('type', [
    z.strictObject({
      type: z
        .literal('DIRECTORY')
        .meta(titled('类型', 'Type'))
        .describe('A directory of the hub’s own machine.'),
      path: pathSetting,
    }),
    z.strictObject({
      type: z.literal('SFTP').meta(titled('类型', 'Type')).describe('A server that speaks SFTP.'),
      host: z
        .string()
        .regex(/^[A-Za-z0-9.:-]{1,253}$/u, { error: 'a host name or an address' })
        .meta(titled('主机', 'Host'))
        .describe('Host name or address of the server.'),
      port: z
        .number()
        .int()
        .min(1)
        .max(65_535)
        .default(22)
        .meta(titled('端口', 'Port'))
        .describe('TCP port of the server.'),
      user: z
        .string()
        .regex(/^[^\p{Cc}]{1,128}$/u, { error: 'no control characters' })
        .meta(titled('用户名', 'User'))
        .describe('User that the hub signs in as.'),
      path: pathSetting,
      hostKeySha256: z
        .array(
          z
            .string()
            .regex(/^SHA256:[A-Za-z0-9+/]{43}$/u, { error: 'SHA256: and 43 characters of Base64' }),
        )
        .min(1)
        .max(8)
        .meta(titled('主机密钥指纹', 'Host key fingerprints'))
        .describe('Fingerprints of the host keys of the server, as ssh-keygen -lf prints them.'),
    }),
  ])
  .meta(titled('位置', 'Place'))
  .describe('Where the files are dropped.');

export type PlaceSettings = z.infer<typeof placeSetting>;

/** What an SFTP place needs to be let in; all null for a directory. */
export const placeSecrets = z.strictObject({
  password: z
    .string()
    .min(1)
    .max(1_024)
    .nullable()
    .default(null)
    .meta(titled('密码', 'Password'))
    .describe('Password of the user; null where a private key is used.'),
  privateKey: z
    .string()
    .startsWith('-----BEGIN ')
    .max(16_384)
    .nullable()
    .default(null)
    .meta(titled('私钥', 'Private key'))
    .describe('Private key of the user, OpenSSH or PEM; null where a password is used.'),
  passphrase: z
    .string()
    .min(1)
    .max(1_024)
    .nullable()
    .default(null)
    .meta(titled('私钥口令', 'Passphrase'))
    .describe('Passphrase of the private key; null where it has none.'),
});

export type PlaceSecrets = z.infer<typeof placeSecrets>;

/** The places these settings lead to: exactly one. */
export function originsOfPlace(place: PlaceSettings): readonly Origin[] {
  if (place.type === 'SFTP') return [sftpOrigin(place)];
  return [{ protocol: 'file', host: place.path, port: 0 }];
}

/**
 * Opens the place for one call; whoever opens it closes it. At the deadline its connection is cut.
 *
 * @throws {HubError} EGRESS_DENIED from the network; otherwise as each kind of place.
 */
export type PlaceOpener = (signal: AbortSignal) => Promise<DropPlace>;

/** @throws {HubError} UNSAFE_CONFIGURATION for an SFTP place without a proof of who asks. */
export function createPlaceOpener(deps: {
  readonly place: PlaceSettings;
  readonly secrets: PlaceSecrets;
  readonly network: Network;
}): PlaceOpener {
  const { place, secrets, network } = deps;
  if (place.type === 'DIRECTORY') {
    return async (signal) => {
      try {
        return await openDirectoryPlace(await network.openDirectory(place.path), signal);
      } catch (error) {
        throw readFileError(error);
      }
    };
  }
  const { password, privateKey, passphrase } = secrets;
  if (password === null && privateKey === null) throw unsafe('password', 'MISSING');
  const problem = privateKey === null ? null : judgePrivateKey(privateKey, passphrase);
  if (problem !== null) throw unsafe('privateKey', problem);
  const { host, port, user, hostKeySha256: hostKeys, path } = place;
  const account = { host, port, user, hostKeys, password, privateKey, passphrase };
  return (signal) => openSftpPlace({ network, account, path }, signal);
}

function unsafe(field: string, reason: string): HubError {
  return new HubError('UNSAFE_CONFIGURATION', { details: { field, reason } });
}
