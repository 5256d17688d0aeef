import { z } from 'zod';

const NAME = '[A-Za-z_][A-Za-z0-9_]{0,62}';

/** Name of a column, exactly as the database spells it. */
export const columnName = z
  .string()
  .regex(new RegExp(`^${NAME}$`, 'u'), { error: 'letters, digits and _, at most 63' });

/** Name of a table or view, with its schema (PostgreSQL) or database (MySQL) where one is named. */
export const tableName = z.string().regex(new RegExp(`^${NAME}(?:\\.${NAME})?$`, 'u'), {
  error: 'a name, or schema and name, of letters, digits and _',
});

/** The two parts of a table name; the schema is null where none is named. */
export function splitTableName(table: string): {
  readonly schema: string | null;
  readonly name: string;
} {
  const [first = '', second] = table.split('.');
  return second === undefined ? { schema: null, name: first } : { schema: first, name: second };
}
