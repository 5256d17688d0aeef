import type { CrossCheck } from '../model/cross-check.ts';
import type { CrossCheckFinding } from '../model/cross-check-finding.ts';
import { REPORT_CSV_HEADING, reportCsvLine } from '../model/cross-check-report.ts';
import type { CrossCheckRun } from '../model/cross-check-run.ts';
import type { Database } from '../store/database.ts';
import { listFindingsOfKeys } from './finding-queries.ts';
import { reportLines } from './finish.ts';
import { listDifferences } from './difference-queries.ts';

/** Reports of runs as files, read page by page while they are sent. */
export interface Reports {
  /** JSON lines: the bytes that the root digest is made of, once the run is complete. */
  lines(run: CrossCheckRun): AsyncGenerator<string>;
  /** For a spreadsheet, with how each finding stands now. */
  csv(run: CrossCheckRun): AsyncGenerator<string>;
}

const ROWS = 500;

/** Reports over what runs have observed. */
export function createReports(deps: {
  readonly db: Database;
  definitionOf(run: CrossCheckRun): Promise<CrossCheck | null>;
}): Reports {
  const { db } = deps;

  async function* lines(run: CrossCheckRun): AsyncGenerator<string> {
    const check = await deps.definitionOf(run);
    if (check === null) throw new Error('a run has no definition');
    yield* reportLines(db, { run, check, result: run.result });
  }

  async function* csv(run: CrossCheckRun): AsyncGenerator<string> {
    yield REPORT_CSV_HEADING;
    let after = 0;
    for (;;) {
      const met = await listDifferences(db, { runId: run.id, after, subjects: ROWS });
      if (met.length === 0) return;
      const findings = await listFindingsOfKeys(db, run.checkId, met);
      const byKey = new Map(findings.map((one) => [keyOf(one), one]));
      yield met.map((one) => reportCsvLine(one, byKey.get(keyOf(one)) ?? null)).join('');
      after = met.at(-1)?.number ?? after;
    }
  }

  return { lines, csv };
}

function keyOf(
  one: Pick<CrossCheckFinding, 'commitmentId' | 'part' | 'class' | 'field' | 'valueTo'>,
): string {
  return JSON.stringify([one.commitmentId, one.part, one.class, one.field, one.valueTo]);
}
