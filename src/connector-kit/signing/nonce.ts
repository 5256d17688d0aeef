import { randomBytes } from 'node:crypto';

/**
 * Gives 32 hex digits that are never the same twice: a random start that two processes do not
 * share, and a count. A gateway refuses a nonce that it has seen.
 */
export function createNonceSource(): () => string {
  const start = randomBytes(10).toString('hex');
  let count = 0;
  return () => {
    count += 1;
    return `${start}${count.toString(16).padStart(12, '0')}`;
  };
}
