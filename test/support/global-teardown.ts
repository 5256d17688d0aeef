import { rmSync } from 'node:fs';

import { keptServer } from './server.ts';

export default async function globalTeardown(): Promise<void> {
  const server = keptServer();
  if (server === null) return;
  await server.stop();
  rmSync(server.folder, { recursive: true, force: true });
}
