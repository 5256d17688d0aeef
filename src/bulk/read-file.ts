import { isUtf8 } from 'node:buffer';
import { setImmediate as nextTurn } from 'node:timers/promises';

import { readDelimited } from '../connector-kit/files/delimited.ts';
import type { FileRecord, ReadPlan } from '../connector-kit/files/file-record.ts';
import { HubError } from '../errors.ts';
import type { BulkReject } from '../model/bulk.ts';
import type { Matter } from '../model/matter.ts';
import { checkSubject, type ParsedSubject } from '../model/named-subject.ts';
import { CLAIM_FIELDS, type ClaimField, type VerificationPolicy } from '../model/policy.ts';
import type { SubjectKind } from '../model/subject-code.ts';
import { mistake, type UserError } from '../model/user-error.ts';
import type { Claim } from '../model/verification.ts';

/** A row that can be asked about. */
export interface FiledRow {
  /** Line of the file from 1, as an editor shows it. */
  readonly line: number;
  readonly subject: ParsedSubject;
  readonly claims: readonly Claim[];
}

/** Everything a file says: what can be asked about, and what is wrong with the rest. */
export interface ReadFile {
  readonly rows: readonly FiledRow[];
  /** In the order of lines; a line may have several. */
  readonly rejects: readonly BulkReject[];
  /** Why the file as a whole is not taken. Empty where its rows could be read. */
  readonly errors: readonly UserError[];
}

/** How claims of one subject are judged; the verification room fulfills it. */
export type CheckClaims = (
  policy: VerificationPolicy,
  claims: readonly Claim[],
) => readonly UserError[];

/** What the rows of a file are about. */
interface FileOf {
  readonly matter: Matter;
  readonly standardOf: StandardOf;
  readonly checkClaims: CheckClaims;
}

/** By which standard a kind of subject is judged. */
export type StandardOf = (kind: SubjectKind) => VerificationPolicy;

/** Rows of one file. */
export const ROWS_MAX = 50_000;
const LINE_BYTES_MAX = 16_384;
const SLICE_BYTES = 65_536;

const ALIASES: Readonly<Record<string, string>> = {
  ...{ 姓名: 'name', 名称: 'name', 主体名称: 'name', 企业名称: 'name', 单位名称: 'name' },
  ...{ 身份证号: 'code', 身份证号码: 'code', 公民身份号码: 'code', 证件号码: 'code' },
  ...{ 统一社会信用代码: 'code', 代码: 'code', 主体代码: 'code' },
};
const REQUIRED = ['name', 'code'];
const FORMAT = {
  ...{ separator: ',', quote: '"', trailingSeparator: false, columns: null },
  finalNewline: 'OPTIONAL',
} as const;
const LIMITS = {
  ...{ lineBytesMax: LINE_BYTES_MAX, archiveBytesMax: 0, unpackedBytesMax: 0 },
  ...{ unpackedRatioMax: 0, entriesMax: 0, xmlDepthMax: 0 },
};

/**
 * Reads a list of subjects from CSV (RFC 4180), in UTF-8 with or without a byte order mark, or in
 * GB18030. The heading names `name` and `code`, or 姓名, 名称, 身份证号, 统一社会信用代码; a further
 * column is a claim and is called `requirement.FIELD`. What kind of subject a code belongs to
 * follows from the code.
 */
export async function readBulkFile(
  bytes: Uint8Array,
  about: FileOf & { readonly signal: AbortSignal },
): Promise<ReadFile> {
  let columns: readonly string[] = [];
  const onColumns = (named: readonly string[]): void => {
    columns = named.filter((name) => !REQUIRED.includes(name));
  };
  const plan: ReadPlan = {
    ...{ aliases: ALIASES, required: REQUIRED, limits: LIMITS, signal: about.signal, onColumns },
  };
  const charset = isUtf8(bytes) ? 'utf-8' : 'gb18030';
  const taker = createTaker(about);
  try {
    const batches = readDelimited(slicesOf(bytes, about.signal), {
      ...{ format: { ...FORMAT, charset }, plan },
    });
    for await (const records of batches) {
      const unknown = columns.findIndex((name) => claimOf(name) === null);
      if (unknown >= 0) return refused(`UNKNOWN_COLUMN ${unknown + 1} beside name and code`);
      for (const record of records) taker.take(record);
      if (taker.count() > ROWS_MAX)
        return refusedBy(mistake('TOO_MANY', ['file'], `Send at most ${ROWS_MAX} rows.`));
    }
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    return refused([error.details['reason'], error.details['pointer']].filter(Boolean).join(' '));
  }
  return taker.count() === 0 ? refused('NO_ROWS') : { ...taker.read(), errors: [] };
}

function createTaker({ matter, standardOf, checkClaims }: FileOf) {
  const rows: FiledRow[] = [];
  const rejects: BulkReject[] = [];
  const lines = new Map<string, number>();
  let count = 0;

  function take(record: FileRecord): void {
    count += 1;
    const { place: line } = record;
    const reject = (field: string | null, reason: string, message: string) =>
      rejects.push({ line, field, reason, message });
    if (record.type === 'REJECT') {
      reject(record.field, record.reason, 'Correct the line.');
      return;
    }
    const { name, code, ...claimed } = record.values;
    const { subject, errors } = checkAnyKind(matter, { name: name ?? '', code: code ?? '' });
    const given = Object.entries(claimed).flatMap(([column, value]) => {
      const claim = claimOf(column);
      return claim === null || value === null ? [] : [{ column, claim: { ...claim, value } }];
    });
    const claims = given.map(({ claim }) => claim);
    for (const one of errors) reject(one.field[0] ?? null, one.code, one.message);
    const standard = subject === null ? matter.policy : standardOf(subject.kind);
    for (const one of checkClaims(standard, claims))
      reject(given[Number(one.field[1])]?.column ?? null, one.code, one.message);
    const before = subject === null ? undefined : lines.get(subject.code);
    if (before !== undefined)
      reject('code', 'DUPLICATE_SUBJECT', `Line ${before} names this subject already.`);
    if (subject === null || rejects.at(-1)?.line === line) return;
    lines.set(subject.code, line);
    rows.push({ line, subject, claims });
  }

  return { take, count: () => count, read: () => ({ rows, rejects }) };
}

/** A code tells its kind: the first kind that the matter is for and that fits. */
function checkAnyKind(matter: Matter, given: { readonly name: string; readonly code: string }) {
  const [first = 'ENTERPRISE', ...others] = matter.policy.subjectKinds;
  const checked = checkSubject({ ...given, kind: first }, []);
  if (checked.subject !== null) return checked;
  const fitting = others
    .map((kind) => checkSubject({ ...given, kind }, []))
    .find(({ subject }) => subject !== null);
  return fitting ?? checked;
}

/** The claim that a column is about. Null where it is about none. */
function claimOf(column: string): Omit<Claim, 'value'> | null {
  const at = column.lastIndexOf('.');
  const field = CLAIM_FIELDS.find((one: ClaimField) => one === column.slice(at + 1));
  return at < 1 || field === undefined ? null : { requirement: column.slice(0, at), field };
}

function refused(why: string): ReadFile {
  return refusedBy(mistake('FILE_NOT_READABLE', ['file'], `The file cannot be read: ${why}.`));
}

function refusedBy(error: UserError): ReadFile {
  return { rows: [], rejects: [], errors: [error] };
}

/** Between two slices the process attends to others. */
async function* slicesOf(bytes: Uint8Array, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += SLICE_BYTES) {
    signal.throwIfAborted();
    yield bytes.subarray(from, from + SLICE_BYTES);
    await nextTurn();
  }
}
