/** Where the report of a run is read from, as JSON lines. `:id` for the route itself. */
export function crossCheckLinesPathOf(id: string): string {
  return `/cross-check-runs/${id}/report.jsonl`;
}

/** The same as a workbook. `:id` for the route itself. */
export function crossCheckXlsxPathOf(id: string): string {
  return `/cross-check-runs/${id}/report.xlsx`;
}

/** The same as CSV. `:id` for the route itself. */
export function crossCheckCsvPathOf(id: string): string {
  return `/cross-check-runs/${id}/report.csv`;
}
