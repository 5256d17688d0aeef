import { createTemplate } from './database.ts';
import { keep, startTestServer } from './server.ts';

/**
 * One PostgreSQL and one migrated template for the whole run. TEST_ADMIN_URL names a server to use
 * instead, as a login that may create databases.
 */
export default async function globalSetup(): Promise<void> {
  const given = process.env['TEST_ADMIN_URL'];
  const server = given === undefined ? await startTestServer() : null;
  process.env['TEST_SERVER_URL'] = given ?? server?.url;
  try {
    const dropTemplate = await createTemplate();
    // Of a server of our own nothing remains anyway.
    keep({ stop: server?.stop ?? dropTemplate });
  } catch (error) {
    await server?.stop();
    throw error;
  }
}
