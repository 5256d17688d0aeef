import { HubError } from '../../errors.ts';
import type { Network, Origin } from '../network.ts';
import { timeoutFault } from '../network-fault.ts';
import { sourceFault } from '../fault.ts';
import { connectMysql } from './mysql-wire.ts';
import { connectPostgres } from './postgres-wire.ts';
import { beginCommands, endSession, setupCommands } from './session-setup.ts';
import { readSqlError } from './sql-fault.ts';
import { compile, type DialectName, type Piece, type TextRow } from './statement.ts';
import type { DatabaseSettings } from './table-settings.ts';
import type { Connect, Wire } from './wire.ts';
import { createWirePool, type WirePool } from './wire-pool.ts';

/** A database of an agency, as this hub sees it: to be read, and nothing else. */
export interface TableDatabase {
  readonly dialect: DialectName;
  readonly isEncrypted: boolean;
  /**
   * One read-only snapshot, for one reader; `end` it. Each of its statements ends after
   * `timeoutMs` at the server and a little later here, and all of it when the signal is aborted:
   * then the server is told to drop the session, and the socket is freed at once.
   *
   * @throws {HubError} a `SOURCE_…` fault.
   */
  open(options: SessionOptions): Promise<TableSession>;
  /** Does something in a snapshot of its own. */
  read<T>(options: SessionOptions, work: (session: TableSession) => Promise<T>): Promise<T>;
  /** Frees all sockets, and waits until the server was told of what was dropped. */
  close(): Promise<void>;
}

/** For how long, at most, and on which connection. */
export interface SessionOptions {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** True for a check: a connection that is open proves nothing of one that is to be opened. */
  readonly isFresh?: boolean;
}

/** A snapshot that is open. */
export interface TableSession {
  readonly dialect: DialectName;
  readonly isMariaDb: boolean;
  /** @throws {HubError} a `SOURCE_…` fault; the snapshot is then of no further use. */
  all(query: Piece): Promise<readonly TextRow[]>;
  /** Gives the connection back. Never throws. */
  end(): Promise<void>;
}

/** What a database is opened with. */
export interface TableDatabaseDeps {
  readonly settings: DatabaseSettings;
  readonly password: string;
  readonly network: Network;
}

const CONNECT_MS_MAX = 3_000;
/** How much longer than the server this side waits before it calls the network dead. */
const ANSWER_MARGIN_MS = 500;
const BYTES_MAX = 64 * 1024 * 1024;
const WATCH_MS = 50;

/** The place these settings lead to. */
export function originOfDatabase({ dialect, host, port }: DatabaseSettings): Origin {
  return { protocol: dialect, host: host.toLowerCase(), port };
}

/** Opens nothing yet. */
export function createTableDatabase(deps: TableDatabaseDeps): TableDatabase {
  const { settings } = deps;
  const { dialect } = settings;
  const pool = createWirePool({
    connectionsMax: settings.connectionsMax,
    connect: (signal) => connectWire(deps, signal),
  });
  const endings = new Set<Promise<void>>();

  /** Frees the socket at once, and tells the server, which would not notice by itself. */
  function drop(wire: Wire): void {
    wire.destroy();
    const ending = endAtServer(deps, wire.id).finally(() => endings.delete(ending));
    endings.add(ending);
  }

  async function open(options: SessionOptions): Promise<TableSession> {
    const { signal, timeoutMs, isFresh = false } = options;
    for (;;) {
      const { wire, isUsed } = await pool.take(signal, isFresh);
      const watch: Watch = { wire, signal, timeoutMs, drop: () => drop(wire) };
      try {
        for (const text of beginCommands(dialect, wire, timeoutMs)) {
          await guard(watch, () => wire.command(text));
        }
      } catch (error) {
        const wasLost = error instanceof HubError && error.code === 'SOURCE_UNREACHABLE';
        wire.destroy();
        pool.give(wire);
        // A connection that died while nobody used it says nothing about the source.
        if (isUsed && wasLost && !signal.aborted) continue;
        throw error;
      }
      return createSession(watch, dialect, pool);
    }
  }

  async function read<T>(
    options: SessionOptions,
    work: (session: TableSession) => Promise<T>,
  ): Promise<T> {
    const session = await open(options);
    try {
      return await work(session);
    } finally {
      await session.end();
    }
  }

  return {
    dialect,
    isEncrypted: settings.encryption === 'TLS',
    open,
    read,
    async close() {
      await pool.close();
      await Promise.all(endings);
    },
  };
}

function createSession(watch: Watch, dialect: DialectName, pool: WirePool): TableSession {
  const { wire } = watch;
  let isOpen = true;
  return {
    dialect,
    isMariaDb: wire.isMariaDb,
    all(query) {
      const statement = compile(dialect, query);
      return guard(watch, () => wire.run(statement));
    },
    async end() {
      if (!isOpen) return;
      isOpen = false;
      try {
        const idle = new AbortController();
        if (wire.isUsable()) {
          await guard({ ...watch, signal: idle.signal }, () => wire.command('rollback'));
        }
      } catch {
        // Whatever went wrong, nothing was written; the connection is not used again.
        wire.destroy();
      }
      pool.give(wire);
    },
  };
}

interface Watch {
  readonly wire: Wire;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  drop(): void;
}

/**
 * The outcome of one statement, or the fault it ended with: the deadline of the call, an answer
 * that never comes, or one that never ends.
 */
function guard<T>(watch: Watch, run: () => Promise<T>): Promise<T> {
  const { wire, signal, timeoutMs } = watch;
  if (signal.aborted) {
    watch.drop();
    return Promise.reject(timeoutFault());
  }
  const bytesMax = wire.bytesRead() + BYTES_MAX;
  const endsAt = performance.now() + timeoutMs + ANSWER_MARGIN_MS;
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      clearInterval(timer);
      signal.removeEventListener('abort', abort);
    };
    const give = (fault: Error): void => {
      settle();
      watch.drop();
      reject(fault);
    };
    const abort = (): void => give(timeoutFault());
    const timer = setInterval(() => {
      if (performance.now() > endsAt) give(timeoutFault());
      if (wire.bytesRead() > bytesMax) give(tooLarge());
    }, WATCH_MS);
    signal.addEventListener('abort', abort, { once: true });
    run().then(
      (value) => {
        settle();
        resolve(value);
      },
      (error: unknown) => {
        settle();
        reject(readSqlError(error));
      },
    );
  });
}

function tooLarge(): Error {
  return sourceFault('SOURCE_MALFORMED', { hop: 'SOURCE', reason: 'TOO_LARGE' });
}

async function connectWire(deps: TableDatabaseDeps, signal: AbortSignal): Promise<Wire> {
  const { settings, password, network } = deps;
  const { dialect, host, port, database, user, encryption, caPem } = settings;
  const { address } = await network.resolve(originOfDatabase(settings));
  const isOver = (): boolean => signal.aborted;
  if (isOver()) throw timeoutFault();
  const connect: Connect = dialect === 'postgresql' ? connectPostgres : connectMysql;
  // Not `AbortSignal.any` with `AbortSignal.timeout`: Node 20 may collect that and never fire.
  const late = new AbortController();
  const giveUp = (): void => late.abort();
  const timer = setTimeout(giveUp, CONNECT_MS_MAX);
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    const wire = await connect(
      {
        address,
        host,
        port,
        database,
        user,
        password,
        tls: encryption === 'TLS' ? { caPem } : null,
        connectTimeoutMs: CONNECT_MS_MAX,
      },
      late.signal,
    );
    const watch = {
      wire,
      signal: late.signal,
      timeoutMs: CONNECT_MS_MAX,
      drop: () => wire.destroy(),
    };
    for (const text of setupCommands(dialect)) await guard(watch, () => wire.command(text));
    return wire;
  } catch (error) {
    if (isOver()) throw timeoutFault();
    if (late.signal.aborted) {
      throw sourceFault('SOURCE_UNREACHABLE', { hop: 'NETWORK', reason: 'CONNECT_TIMEOUT' });
    }
    throw readSqlError(error);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', giveUp);
  }
}

/** Best effort: where it fails, the server's own limit of time ends the statement. */
async function endAtServer(deps: TableDatabaseDeps, id: string): Promise<void> {
  try {
    const wire = await connectWire(deps, AbortSignal.timeout(CONNECT_MS_MAX));
    try {
      await wire.command(endSession(deps.settings.dialect, id));
    } finally {
      await wire.end();
    }
  } catch {
    // The session may have ended by itself, or nothing can be reached at all.
  }
}
