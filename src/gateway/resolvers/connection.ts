import type { PageInfo } from '../../generated/graphql.ts';
import type { Page } from '../../model/page.ts';

/** A page in the shape of a connection. */
export function connectionOf<T>({ nodes, ...pageInfo }: Page<T>): {
  readonly nodes: readonly T[];
  readonly pageInfo: PageInfo;
} {
  return { nodes, pageInfo };
}
