/** Where the rows of a list are sent to. `:id` for the route itself. */
export function uploadPathOf(id: string): string {
  return `/bulk-verifications/${id}/rows`;
}

/** Where its lines are read from. `:id` for the route itself. */
export function exportPathOf(id: string): string {
  return `/bulk-verifications/${id}/export.csv`;
}
