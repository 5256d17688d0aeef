import pg from 'pg';

/** A line to PostgreSQL on which it tells of changes. */
export interface Listening {
  /** Ends it. Idempotent. */
  stop(): Promise<void>;
}

const RECONNECT_MS = 500;
const CONNECT_MS_MAX = 2_000;

/**
 * Calls `onNotice` for every notification on the channel, and once after each (re)connection, for
 * what was missed meanwhile. A line that breaks is opened again for as long as it takes.
 */
export function listen(
  url: string,
  channel: string,
  deps: { onNotice(): void; readonly applicationName: string },
): Listening {
  let client: pg.Client | null = null;
  let timer: NodeJS.Timeout | null = null;
  let stopped = false;

  function again(): void {
    client = null;
    if (!stopped) timer = setTimeout(() => void open(), RECONNECT_MS);
  }

  async function open(): Promise<void> {
    const opened = new pg.Client({
      connectionString: url,
      application_name: deps.applicationName,
      connectionTimeoutMillis: CONNECT_MS_MAX,
      keepAlive: true,
    });
    let lost = false;
    const lose = (): void => {
      if (lost) return;
      lost = true;
      opened.end().catch(ignore);
      again();
    };
    opened.on('error', lose);
    opened.on('end', lose);
    opened.on('notification', () => deps.onNotice());
    client = opened;
    try {
      await opened.connect();
      await opened.query(`listen ${opened.escapeIdentifier(channel)}`);
      deps.onNotice();
    } catch {
      lose();
    }
  }

  void open();
  return {
    async stop() {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
      await client?.end().catch(ignore);
    },
  };
}

function ignore(): void {
  // The line is given up anyway.
}
