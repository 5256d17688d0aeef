import { GraphQLError } from 'graphql';

import { PAGE_ROWS_MAX, type PageRequest } from '../model/page.ts';

/** Which page a field's arguments ask for. @throws {GraphQLError} BAD_USER_INPUT. */
export function pageRequestOf(given: {
  readonly first: number;
  readonly after?: string | null | undefined;
}): PageRequest {
  checkFirst(given.first);
  return { first: given.first, after: given.after ?? null };
}

/** @throws {GraphQLError} BAD_USER_INPUT unless 1 to 100. */
export function checkFirst(first: unknown): void {
  if (typeof first === 'number' && first >= 1 && first <= PAGE_ROWS_MAX) return;
  throw new GraphQLError(`\`first\` must be 1 to ${PAGE_ROWS_MAX}.`, {
    extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } },
  });
}
