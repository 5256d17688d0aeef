import type { Log } from '../log.ts';
import { connectionStringOf, type Database } from '../store/database.ts';
import { listen, type Listening } from '../store/listen.ts';
import type { CalendarTable } from './calendar.ts';
import { findCalendarTable, findCalendarVersion } from './queries.ts';

const CHANNEL = 'hecha_calendar';
/** A lost notification costs no more than this. */
const LOOK_MS = 1_000;

/** Keeps the calendar of this replica equal to the one in the database. */
export interface CalendarLine {
  /** Takes the calendar, and follows it from then on. Never rejects. */
  start(): Promise<void>;
  /** Takes the calendar where it has changed. Never rejects. */
  look(): Promise<void>;
  stop(): Promise<void>;
}

/** Follows nothing before it is started. */
export function followCalendar(deps: {
  db: Database;
  log: Pick<Log, 'warn'>;
  take(table: CalendarTable): void;
}): CalendarLine {
  const { db, log } = deps;
  let seen: string | null = null;
  let last: Promise<void> = Promise.resolve();
  let isFailing = false;
  let stopped = false;
  let line: Listening | null = null;
  let looking: NodeJS.Timeout | null = null;

  /** One after the other, so that an older table never replaces a newer one. */
  function look(): Promise<void> {
    last = last.then(read);
    return last;
  }

  async function read(): Promise<void> {
    if (stopped) return;
    try {
      const version = await findCalendarVersion(db);
      if (version !== seen) {
        const table = await findCalendarTable(db);
        if (table !== null) deps.take(table);
        seen = version;
      }
      isFailing = false;
    } catch (error) {
      if (!isFailing) log.warn({ err: error }, 'calendar cannot be read; it stays as it is');
      isFailing = true;
    }
  }

  return {
    look,
    async start() {
      line = listen(connectionStringOf(db), CHANNEL, {
        onNotice: () => void look(),
        applicationName: 'hecha-calendar',
      });
      looking = setInterval(() => void look(), LOOK_MS);
      await look();
    },
    async stop() {
      stopped = true;
      if (looking !== null) clearInterval(looking);
      await line?.stop();
      await last;
    },
  };
}
