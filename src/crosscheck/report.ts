import type { CrossCheck } from '../model/cross-check.ts';
import type { CrossCheckFinding } from '../model/cross-check-finding.ts';
import { REPORT_CSV_HEADING, reportCsvLine } from '../model/cross-check-report.ts';
import type { CrossCheckRun } from '../model/cross-check-run.ts';
import {
  reportSheets,
  SHEET_ROWS_MAX,
  type ReportSheet,
  type StandingDifference,
} from '../model/cross-check-sheets.ts';
import type { Database } from '../store/database.ts';
import { countCauses, countDifferences, listDifferences } from './difference-queries.ts';
import { listFindingsOfKeys } from './finding-queries.ts';
import { reportLines } from './finish.ts';

/** Reports of runs as files, read page by page while they are sent. */
export interface Reports {
  /** JSON lines: the bytes that the root digest is made of, once the run is complete. */
  lines(run: CrossCheckRun): AsyncGenerator<string>;
  /** For a spreadsheet, with how each finding stands now. */
  csv(run: CrossCheckRun): AsyncGenerator<string>;
  /** The same as sheets of a workbook, of sums and of the first differences. */
  sheets(run: CrossCheckRun): Promise<readonly ReportSheet[]>;
}

const ROWS = 500;
/** More than there can be by class, field and codes. */
const COUNTS_MAX = 10_000;
const CAUSES_MAX = 1_000;

/** Reports over what runs have observed. */
export function createReports(deps: {
  readonly db: Database;
  definitionOf(run: CrossCheckRun): Promise<CrossCheck | null>;
}): Reports {
  const { db } = deps;

  async function requireDefinition(run: CrossCheckRun): Promise<CrossCheck> {
    const check = await deps.definitionOf(run);
    if (check === null) throw new Error('a run has no definition');
    return check;
  }

  async function* lines(run: CrossCheckRun): AsyncGenerator<string> {
    const check = await requireDefinition(run);
    yield* reportLines(db, { run, check, result: run.result });
  }

  /** Page by page, each with how its findings stand now. */
  async function* pagesOf(run: CrossCheckRun): AsyncGenerator<readonly StandingDifference[]> {
    let after = 0;
    for (;;) {
      const met = await listDifferences(db, { runId: run.id, after, subjects: ROWS });
      if (met.length === 0) return;
      const findings = await listFindingsOfKeys(db, run.checkId, met);
      const byKey = new Map(findings.map((one) => [keyOf(one), one]));
      yield met.map((one) => ({ met: one, finding: byKey.get(keyOf(one)) ?? null }));
      after = met.at(-1)?.number ?? after;
    }
  }

  async function* csv(run: CrossCheckRun): AsyncGenerator<string> {
    yield REPORT_CSV_HEADING;
    for await (const page of pagesOf(run))
      yield page.map(({ met, finding }) => reportCsvLine(met, finding)).join('');
  }

  async function sheets(run: CrossCheckRun): Promise<readonly ReportSheet[]> {
    const check = await requireDefinition(run);
    const differences = await countDifferences(db, run.id, COUNTS_MAX);
    const causes = await countCauses(db, run.id, CAUSES_MAX);
    const listed: StandingDifference[] = [];
    for await (const page of pagesOf(run)) {
      listed.push(...page.slice(0, SHEET_ROWS_MAX - listed.length));
      if (listed.length === SHEET_ROWS_MAX) break;
    }
    const listedOf = differences.reduce((sum, { subjects }) => sum + subjects, 0);
    return reportSheets({ run, check, differences, causes, listed, listedOf });
  }

  return { lines, csv, sheets };
}

function keyOf(
  one: Pick<CrossCheckFinding, 'commitmentId' | 'part' | 'class' | 'field' | 'valueTo'>,
): string {
  return JSON.stringify([one.commitmentId, one.part, one.class, one.field, one.valueTo]);
}
