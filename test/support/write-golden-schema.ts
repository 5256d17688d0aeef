import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { migrate } from '../../src/store/migrate.ts';
import { createEmptyDatabase, MIGRATIONS } from './database.ts';
import { printSchema } from './schema-print.ts';
import { startTestServer } from './server.ts';

/** Writes migrations/schema.golden.sql anew, from the migrations. Its diff is for review. */
const server = await startTestServer();
process.env['TEST_SERVER_URL'] = server.url;
try {
  const { db, drop } = await createEmptyDatabase();
  await migrate(db, MIGRATIONS);
  await writeFile(join(MIGRATIONS, 'schema.golden.sql'), await printSchema(db));
  await drop();
} finally {
  await server.stop();
}
