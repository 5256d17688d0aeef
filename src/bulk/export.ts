import type { Bulk, BulkReject, BulkRow } from '../model/bulk.ts';
import type { CaseSubject } from '../model/case-file.ts';
import type { Verdict } from '../model/verification.ts';
import type { Database } from '../store/database.ts';
import { listRejects, listRows } from './report-queries.ts';

/** One line of the file, and what became of it. */
export type ExportedLine =
  | {
      readonly type: 'ROW';
      readonly line: number;
      readonly row: BulkRow;
      readonly subject: CaseSubject;
      /** The verdict that counts now. Null until there is one. */
      readonly verdict: Verdict | null;
    }
  | { readonly type: 'REJECT'; readonly line: number; readonly reject: BulkReject };

/** Rows that are read at a time. */
const PAGE_ROWS = 500;

/** Every line in order, each once, while rows are settled or not; holds one page in memory. */
export function createExport(deps: {
  readonly db: Database;
  readonly records: {
    listSubjects(
      agencyCode: string,
      ids: readonly string[],
    ): Promise<readonly (CaseSubject | null)[]>;
  };
  listVerdicts(verificationIds: readonly string[]): Promise<readonly (readonly Verdict[])[]>;
}) {
  const { db, records } = deps;

  async function* exportLines(bulk: Bulk): AsyncGenerator<readonly ExportedLine[]> {
    const rejects = pagesOf((after) => readRejects(bulk, after));
    let left: readonly ExportedLine[] = [];
    for await (const rows of pagesOf((after) => readRows(bulk, after))) {
      const last = rows.at(-1)?.line ?? 0;
      // Until the rejects are beyond these rows, more of them may belong between.
      while ((left.at(-1)?.line ?? 0) <= last) {
        const more = await rejects.next();
        if (more.done === true) break;
        left = [...left, ...more.value];
      }
      yield [...rows, ...left.filter(({ line }) => line <= last)].toSorted(inOrder);
      left = left.filter(({ line }) => line > last);
    }
    if (left.length > 0) yield left;
    yield* rejects;
  }

  async function readRows(bulk: Bulk, after: number): Promise<Numbered> {
    const all = { state: null, verdict: null };
    const rows = await listRows(db, { bulkId: bulk.id, ...all, after, rows: PAGE_ROWS });
    const subjects = await records.listSubjects(
      bulk.agencyCode,
      rows.map(({ subjectId }) => subjectId),
    );
    const ids = rows.flatMap(({ verificationId }) => verificationId ?? []);
    const verdicts = await deps.listVerdicts(ids);
    const byId = new Map(ids.map((id, at) => [id, verdicts[at]?.at(-1) ?? null]));
    const lines = rows.map((row, at): ExportedLine => {
      const subject = subjects[at] ?? null;
      if (subject === null) throw new Error('a row of a list has no subject');
      const verdict = byId.get(row.verificationId ?? '') ?? null;
      return { type: 'ROW', line: row.line, row, subject, verdict };
    });
    return { lines, last: rows.at(-1)?.line ?? 0 };
  }

  async function readRejects(bulk: Bulk, after: number): Promise<Numbered> {
    const found = await listRejects(db, { bulkId: bulk.id, after, rows: PAGE_ROWS });
    const lines = found.map(({ number: _number, ...reject }): ExportedLine => ({
      ...{ type: 'REJECT', line: reject.line, reject },
    }));
    return { lines, last: found.at(-1)?.number ?? 0 };
  }

  return exportLines;
}

interface Numbered {
  readonly lines: readonly ExportedLine[];
  /** What the next page comes after. */
  readonly last: number;
}

async function* pagesOf(
  read: (after: number) => Promise<Numbered>,
): AsyncGenerator<readonly ExportedLine[]> {
  let after = 0;
  for (;;) {
    const { lines, last } = await read(after);
    if (lines.length === 0) return;
    yield lines;
    after = last;
  }
}

function inOrder(left: ExportedLine, right: ExportedLine): number {
  return left.line - right.line;
}
