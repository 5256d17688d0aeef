import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const DIST = join(ROOT, 'dist');
const STAMP = 'sources.sha256';
const SOURCES = ['src', 'connectors', 'sandbox', 'tsconfig.json', 'tsconfig.build.json'];

/**
 * Compiles to dist/ unless dist/ is of these very sources. An installation without sources is left
 * alone. Made aside and renamed, so that two starts at once do not take each other's files away.
 */
export function buildIfStale() {
  if (!existsSync(join(ROOT, 'src', 'main.ts'))) return;
  const digest = digestOfSources();
  if (isCurrent(digest)) return;

  const aside = `${DIST}.new-${process.pid}`;
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  // Types are checked by `npm test`; here only the code is wanted, and soon.
  const args = [tsc, '-p', join(ROOT, 'tsconfig.build.json'), '--noCheck', '--outDir', aside];
  const built = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  if (built.status !== 0) throw new Error(`The build failed:\n${built.stdout}${built.stderr}`);
  writeFileSync(join(aside, STAMP), digest);
  replaceDist(aside, digest);
}

function replaceDist(aside, digest) {
  const old = `${DIST}.old-${process.pid}`;
  try {
    if (existsSync(DIST)) renameSync(DIST, old);
    renameSync(aside, DIST);
  } catch (error) {
    // Another start was faster; its build is of the same sources or ours would not matter.
    if (!isCurrent(digest)) throw error;
  } finally {
    for (const left of [aside, old]) rmSync(left, { recursive: true, force: true });
  }
}

function isCurrent(digest) {
  try {
    return readFileSync(join(DIST, STAMP), 'utf8') === digest;
  } catch {
    // Not built yet.
    return false;
  }
}

/** Names, sizes and times: what a file system knows without reading. */
function digestOfSources() {
  const hash = createHash('sha256');
  const add = (path) => {
    const stat = statSync(join(ROOT, path));
    if (stat.isDirectory())
      for (const name of readdirSync(join(ROOT, path)).sort()) add(join(path, name));
    else hash.update(`${path} ${stat.size} ${stat.mtimeMs}\n`);
  };
  for (const path of SOURCES) add(path);
  return hash.digest('hex');
}
