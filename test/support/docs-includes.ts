import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Absolute; the folder of the project, without a slash at its end. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/u, '');

// The marker, an empty line or none, and the fenced block it owns.
const INCLUDE =
  /^<!-- include (?<path>[\w./-]+) -->\n\n?(?<fence>`{3,})(?<language>\w*)\n.*?^\k<fence>$/gmsu;
const MARKER = /^<!-- include .*-->$/gmu;

/** Every Markdown page of the project, in the order of their paths. */
export function listPages(): readonly string[] {
  return listFiles('*.md');
}

/** Files that git knows, or would take in, of these patterns; deleted ones are left out. */
export function listFiles(...patterns: readonly string[]): readonly string[] {
  const list = (...flags: readonly string[]) =>
    execFileSync('git', ['ls-files', '-z', ...flags, '--', ...patterns], { cwd: ROOT })
      .toString()
      .split('\0')
      .filter((path) => path !== '');
  const gone = new Set(list('--deleted'));
  const found = new Set(list('--cached', '--others', '--exclude-standard'));
  return [...found].filter((path) => !gone.has(path)).sort();
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
