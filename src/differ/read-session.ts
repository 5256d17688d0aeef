import { compile, type DialectName, type Piece } from '../connector-kit/tables/statement.ts';
import type { TextRow } from '../connector-kit/tables/statement.ts';
import type { TableSession } from '../connector-kit/tables/table-database.ts';
import type { Snapshot } from '../store/snapshot.ts';

/** One snapshot of one database, as the comparing of collections needs it. */
export interface ReadSession {
  readonly dialect: DialectName;
  readonly isMariaDb: boolean;
  all(query: Piece): Promise<readonly TextRow[]>;
  /** The same as bytes of COPY BINARY, piece by piece. Null where the way there has no COPY. */
  readonly copy: ((query: Piece, take: (chunk: Buffer) => void) => Promise<void>) | null;
}

/** A snapshot of a PostgreSQL that the hub connects to by itself. */
export function sessionOfSnapshot(snapshot: Snapshot): ReadSession {
  return {
    dialect: 'postgresql',
    isMariaDb: false,
    all(query) {
      const { text, values } = compile('postgresql', query);
      return snapshot.rows(text, values);
    },
    copy(query, take) {
      const { text, values } = compile('postgresql', query);
      return snapshot.copy(text, values, take);
    },
  };
}

/** A snapshot of a source's tables, PostgreSQL or MySQL, read as its connector reads them. */
export function sessionOfTables(session: TableSession): ReadSession {
  const { dialect, isMariaDb } = session;
  return { dialect, isMariaDb, all: (query) => session.all(query), copy: null };
}
