import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startEmbeddedPostgres } from '../../src/store/embedded-postgres.ts';
import { createTemplate } from './database.ts';
import { keepServer } from './server.ts';

// Tests throw their data away: what makes writes durable only makes them slow.
const FAST = {
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  max_connections: '200',
};

/** One PostgreSQL and one migrated template for the whole run. */
export default async function globalSetup(): Promise<void> {
  if (process.env['TEST_POSTGRES_URL'] === undefined) {
    const folder = mkdtempSync(join(tmpdir(), 'hecha-test-'));
    const server = await startEmbeddedPostgres({ folder, log: () => undefined, settings: FAST });
    keepServer({ folder, stop: server.stop });
    process.env['TEST_POSTGRES_URL'] = server.url;
  }
  await createTemplate();
}
