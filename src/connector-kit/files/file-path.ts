import { outsideFault } from './drop-place.ts';

const PATH_CHARACTERS_MAX = 1_024;
const NAME_BYTES_MAX = 255;

/** Controls, broken characters, line ends, and the backslash that divides names elsewhere. */
const FORBIDDEN = /[\p{Cc}\p{Cs}\u2028\u2029\\]/u;

/** Whether a text may be one name of a path: not empty, not `.` or `..`, nothing that divides. */
export function isFileName(text: string): boolean {
  if (text === '' || text === '.' || text === '..') return false;
  if (text.includes('/') || FORBIDDEN.test(text)) return false;
  return Buffer.byteLength(text) <= NAME_BYTES_MAX;
}

/** Whether a text is a path under a root: names divided by single slashes. `''` is the root. */
export function isPathInside(text: string): boolean {
  if (text.length > PATH_CHARACTERS_MAX) return false;
  return text === '' || text.split('/').every(isFileName);
}

/** The path, known to stay under its root as far as its text goes. @throws {HubError} OUTSIDE. */
export function requireInside(path: string): string {
  if (!isPathInside(path)) throw outsideFault();
  return path;
}

/** Whether a resolved absolute path is the resolved root or stands under it. */
export function isUnder(root: string, resolved: string): boolean {
  return resolved === root || resolved.startsWith(root.endsWith('/') ? root : `${root}/`);
}

/** The path of a name in a directory. */
export function joinPath(directory: string, name: string): string {
  return directory === '' ? name : `${directory}/${name}`;
}

/** The directory a path stands in, `''` for the root, and its last name. */
export function splitPath(path: string): { readonly directory: string; readonly name: string } {
  const at = path.lastIndexOf('/');
  return { directory: path.slice(0, Math.max(at, 0)), name: path.slice(at + 1) };
}
