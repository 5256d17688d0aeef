import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { measure } from './measure.ts';
import { startServer } from './server.ts';
import { findByAntiJoin, findByDigests, prepareTables } from './tables.ts';

const rows = Number(process.env['ROWS'] ?? 5_000_000);
const rangeKeys = Number(process.env['RANGE_KEYS'] ?? 256);
const folder = await mkdtemp(join(tmpdir(), 'hecha-bench-reconcile-'));
const server = await startServer(folder);
try {
  const t = performance.now();
  await prepareTables(server, { rows, differences: Math.max(9, Math.round((900 * rows) / 5_000_000)), rangeKeys });
  console.log('prepared', (performance.now() - t) / 1000);
  for (let i = 0; i < 2; i++) {
    const a = await measure(server.postmaster, () => findByDigests(server));
    const b = await measure(server.postmaster, () => findByAntiJoin(server));
    console.log(a.cost, b.cost, a.result.ranges, a.result.found.length, b.result.length, JSON.stringify(a.result.found) === JSON.stringify(b.result), b.cost.cpuSeconds / a.cost.cpuSeconds);
  }
} finally {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}
