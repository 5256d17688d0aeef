import type { ComparedTable } from './compared-table.ts';
import { openMysqlSide } from './mysql-side.ts';
import { openPostgresSide } from './postgres-side.ts';
import type { ReadSession } from './read-session.ts';
import type { Side } from './side.ts';

/**
 * A table or view as one side of a comparison, in whatever database the session reads.
 *
 * @throws {HubError} SOURCE_SCHEMA_DRIFT where the table or a column is missing.
 */
export function openTableSide(session: ReadSession, table: ComparedTable): Promise<Side> {
  return session.dialect === 'postgresql'
    ? openPostgresSide(session, table)
    : openMysqlSide(session, table);
}
