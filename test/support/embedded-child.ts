import { startEmbeddedPostgres } from '../../src/store/embedded-postgres.ts';
import { FAST_SETTINGS } from './server.ts';

/**
 * A process of its own that starts PostgreSQL in the folder it is given, says so in one line of
 * JSON, and stops it when its input ends. To be killed by tests.
 */
const [folder = ''] = process.argv.slice(2);
const messages: string[] = [];
try {
  const { stop, ...server } = await startEmbeddedPostgres({
    folder,
    log: (message) => messages.push(message),
    settings: FAST_SETTINGS,
  });
  process.stdin.resume().once('end', () => void stop());
  console.log(JSON.stringify({ ...server, messages, error: null }));
} catch (error) {
  console.log(JSON.stringify({ messages, error: (error as Error).message }));
}
