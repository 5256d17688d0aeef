import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Absolute; the folder of the project, without a slash at its end. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/u, '');

// The marker, an empty line or none, and the fenced block it owns.
const INCLUDE =
  /^<!-- include (?<path>[\w./-]+) -->\n\n?(?<fence>`{3,})(?<language>\w*)\n.*?^\k<fence>$/gmsu;
// As .gitignore has it, and git's own folder.
const IGNORED =
  /^(?:\.git|node_modules|dist[^/]*|\.hecha|coverage)$|\.tsbuildinfo$|\.local\.json$/u;
const MARKER = /^<!-- include .*-->$/gmu;

/** Every Markdown page of the project, in the order of their paths. */
export function listPages(): readonly string[] {
  return listFiles('*.md');
}

/**
 * Files of these patterns, or all, by their paths; `*` stands for anything, slashes included. Git
 * is not asked, so that an unpacked archive can be tested as well.
 */
export function listFiles(...patterns: readonly string[]): readonly string[] {
  const wanted = patterns.map(
    (pattern) => new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll(/\*+/gu, '.*')}$`, 'u'),
  );
  return walk('')
    .filter((path) => wanted.length === 0 || wanted.some((one) => one.test(path)))
    .toSorted();
}

function walk(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (IGNORED.test(path)) return [];
    if (entry.isDirectory()) return walk(path);
    return entry.isFile() ? [path] : [];
  });
}

/** The text of a file of the project. */
export function readPage(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/**
 * A page with each included block as its file is now.
 *
 * @throws {Error} that names the page when a marker has no block, or its file is not there.
 */
export function includeInto(page: string, text: string): string {
  const markers = text.match(MARKER)?.length ?? 0;
  const blocks = text.match(INCLUDE)?.length ?? 0;
  if (markers !== blocks) throw new Error(`${page}: an include is not followed by a fenced block.`);
  return text.replace(INCLUDE, (_block, path: string, fence: string, language: string) => {
    const included = readIncluded(page, path).trimEnd();
    return `<!-- include ${path} -->\n\n${fence}${language}\n${included}\n${fence}`;
  });
}

function readIncluded(page: string, path: string): string {
  try {
    return readPage(path);
  } catch (cause) {
    throw new Error(`${page} includes ${path}, which cannot be read.`, { cause });
  }
}
