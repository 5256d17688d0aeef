/**
 * The `code` of an error: an SQLSTATE of PostgreSQL or a name of the operating system. Null when
 * there is none. Looks at the shape and not the class: an error of Node itself is no `Error` of
 * another realm, such as a test's.
 */
export function codeOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}
