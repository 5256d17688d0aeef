/** A page of a list that grows. `endCursor` is null exactly when the page is empty. */
export interface Page<T> {
  readonly nodes: readonly T[];
  readonly hasNextPage: boolean;
  readonly endCursor: string | null;
}

/** Which page: at most 100 rows, after an opaque cursor. */
export interface PageRequest {
  readonly first: number;
  readonly after: string | null;
}

/** Rows of a page at most, as the schema promises. */
export const PAGE_ROWS_MAX = 100;
