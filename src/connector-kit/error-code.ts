/**
 * The code of an error of Node, OpenSSL, undici or the operating system. Null for anything else.
 * Looks at the field and not at the class, so that two realms or two copies of a library agree.
 */
export function codeOfError(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}
