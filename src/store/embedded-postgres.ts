import { join } from 'node:path';

import { findPlace } from './embedded-account.ts';
import { findBinaries } from './embedded-binaries.ts';
import { prepareCluster } from './embedded-cluster.ts';
import { withFolderLock } from './embedded-lock.ts';
import { adoptOrLaunch } from './embedded-start.ts';

/** A PostgreSQL of our own, for one machine with nothing installed. */
export interface EmbeddedPostgres {
  /** Of the maintenance database, with the password; replace the path for other databases. */
  readonly url: string;
  readonly port: number;
  /** True when the server was running already: left behind by a killed process, or another's. */
  readonly adopted: boolean;
  /** E.g. 18.4. */
  readonly version: string;
  /**
   * Ends the server and waits. May be called twice. Does nothing to a server whose own process
   * still runs: it goes down with that one.
   */
  stop(): Promise<void>;
}

/**
 * Starts, or adopts, the PostgreSQL server whose files are in `folder`, which serves one hub. Works
 * as root and as an ordinary user, and on an npm installation whose scripts did not run. Survives
 * what an unattended machine does: an interrupted first start is begun anew, a server whose process
 * was killed goes down with it (or, where the system cannot tie them, is adopted), a killed server
 * recovers with every row it acknowledged, two starts at once give one server.
 *
 * The server listens on 127.0.0.1 only, on a port the system chooses, and knows one login; the
 * password is in `pg.secret` in the folder, mode 0600. Must be called in the main thread, whose end
 * is the server's end.
 *
 * @throws {Error} that names the folder and says what to do.
 */
export async function startEmbeddedPostgres(options: {
  /** Made when it is not there. The files may be elsewhere for root: see `findPlace`. */
  readonly folder: string;
  readonly log: (message: string) => void;
  /** Server settings that replace the defaults, which are durable. For tests: fsync=off. */
  readonly settings?: Readonly<Record<string, string>>;
}): Promise<EmbeddedPostgres> {
  const { log, settings = {} } = options;
  const place = findPlace(options.folder, log);
  return withFolderLock(join(place.folder, 'start.lock'), async () => {
    const { initdb, postgres } = await findBinaries(place, log);
    const login = prepareCluster(place, { initdb, isDurable: settings['fsync'] !== 'off' });
    const server = await adoptOrLaunch({ program: postgres, place, login, settings, log });
    const url = `postgres://${login.user}:${login.password}@127.0.0.1:${server.port}/postgres`;
    return { url, ...server };
  });
}
