import type { CheckLine } from '../../src/connector-kit/connector.ts';
import { driftFault, sourceFault } from '../../src/connector-kit/fault.ts';
import type { DropPlace } from '../../src/connector-kit/files/drop-place.ts';
import type { DroppedFile } from '../../src/connector-kit/files/file-pattern.ts';
import { listReady } from '../../src/connector-kit/files/readiness.ts';
import { HubError } from '../../src/errors.ts';
import type { FileCollection } from './collection.ts';
import { openInspected, type FileDeps } from './dropped-pass.ts';
import { readFirst } from './records.ts';
import { readRow } from './row.ts';
import type { ScanDeps } from './scan.ts';

const ADVICE: Readonly<Record<string, string>> = {
  network: 'Check host and port, the route to the server, and the zones of the hub.',
  'host key': 'Ask the operator of the server for its host key and compare the fingerprint.',
  credentials: 'Check user, password and key, and what the server has granted to them.',
  directory: 'Check the directory: whether it is there, and whether it may be read.',
};
const READ_ADVICE = 'Compare the newest file with the page that describes it and with the mapping.';
const NO_FILE_ADVICE = 'Wait for the first file, or compare the pattern with the names there are.';

const PLACE_PROBES = ['network', 'host key', 'credentials', 'directory'] as const;
type PlaceProbe = (typeof PLACE_PROBES)[number];

/** Reach, host key, credentials, directory, and one line for each collection. Never rejects. */
export async function checkFiles(
  deps: ScanDeps,
  signal: AbortSignal,
): Promise<readonly CheckLine[]> {
  const opened = await attempt(() => deps.openPlace(signal));
  const lines = describePlace(opened, deps.settings.place.type);
  const place = opened.value;
  for (const collection of deps.collections) {
    const probe = `read ${collection.settings.name}`;
    if (place === null) {
      lines.push({ probe, result: 'SKIP', code: 'OK', advice: null, tookMs: 0 });
      continue;
    }
    const { readiness, limits } = deps.settings;
    const read = await attempt(() => readNewest({ place, collection, readiness, limits, signal }));
    lines.push(describeRead(probe, read));
  }
  lines.push({ probe: 'clock', result: 'SKIP', code: 'OK', advice: null, tookMs: 0 });
  await attempt(async () => place?.close());
  return lines;
}

/** The newest file that is whole, as far as that shows without waiting. Null for none. */
export async function findNewest({
  place,
  collection,
  readiness,
  signal,
}: FileDeps): Promise<DroppedFile | null> {
  const find = () => collection.pattern.find(place);
  const files = await find();
  if (readiness.type === 'STABLE') return files.at(-1) ?? null;
  return (await listReady(place, files, { readiness, find, signal })).at(-1) ?? null;
}

/** Whether there is a file; its first records must be rows that every mapping can read. */
async function readNewest(deps: FileDeps): Promise<boolean> {
  const newest = await findNewest(deps);
  if (newest === null) return false;
  const held = await openInspected(deps, newest);
  try {
    const { columns, records } = await readFirst(held, deps);
    requireRows(deps.collection, { columns, records });
  } finally {
    await held.open.close();
  }
  return true;
}

function requireRows(
  collection: FileCollection,
  { columns, records }: Awaited<ReturnType<typeof readFirst>>,
): void {
  const isClosed = collection.settings.format.type !== 'XML';
  const context = { collection, order: '', columns: isClosed ? columns : null };
  const rows = records.filter((record) => record.type === 'ROW');
  const isAllRejected = records.length > 0 && !rows.some((row) => readRow(row, 1, context).ok);
  if (isAllRejected) {
    throw sourceFault('SOURCE_MALFORMED', { hop: 'SOURCE', reason: 'ALL_REJECTED' });
  }
  const [first] = rows;
  if (first === undefined) return;
  const fault = collection.finders.map((finder) => finder.find(first.values).fault)[0] ?? null;
  if (fault !== null) throw driftFault(String(fault.details['pointer'] ?? ''));
}

interface Attempt<T> {
  readonly value: T | null;
  readonly fault: HubError | null;
  readonly tookMs: number;
}

async function attempt<T>(run: () => Promise<T>): Promise<Attempt<T>> {
  const startedAt = performance.now();
  const took = (): number => Math.round(performance.now() - startedAt);
  try {
    return { value: await run(), fault: null, tookMs: took() };
  } catch (error) {
    // A check reports whatever happens; a bug shows as a fault without a reason.
    const fault =
      error instanceof HubError
        ? error
        : new HubError('SOURCE_MALFORMED', { details: { hop: 'CONNECTOR' }, cause: error });
    return { value: null, fault, tookMs: took() };
  }
}

/** What comes before the fault has passed; what comes after it was not tried. */
function describePlace(
  { fault, tookMs }: Attempt<DropPlace>,
  type: 'DIRECTORY' | 'SFTP',
): CheckLine[] {
  const failed = fault === null ? null : probeOf(fault, type);
  const at = failed === null ? PLACE_PROBES.length : PLACE_PROBES.indexOf(failed);
  return PLACE_PROBES.map((probe, index) => {
    const isMeant = type === 'SFTP' || probe === 'directory';
    const result = !isMeant || index > at ? 'SKIP' : index === at ? 'FAIL' : 'PASS';
    const isHere = index === at && fault !== null;
    return {
      probe,
      result: isHere ? 'FAIL' : result,
      code: isHere ? fault.code : 'OK',
      advice: isHere ? (ADVICE[probe] ?? null) : null,
      tookMs: isHere || probe === 'directory' ? tookMs : 0,
    };
  });
}

function probeOf({ code, details }: HubError, type: 'DIRECTORY' | 'SFTP'): PlaceProbe {
  if (type === 'DIRECTORY') return 'directory';
  if (details['reason'] === 'HOST_KEY') return 'host key';
  if (details['reason'] === 'LOGIN') return 'credentials';
  const isInside = details['hop'] === 'SOURCE' || code === 'SOURCE_UNAUTHORIZED';
  return isInside ? 'directory' : 'network';
}

function describeRead(probe: string, { value, fault, tookMs }: Attempt<boolean>): CheckLine {
  if (fault !== null) {
    return { probe, result: 'FAIL', code: fault.code, advice: READ_ADVICE, tookMs };
  }
  const isThere = value === true;
  return {
    probe,
    result: isThere ? 'PASS' : 'WARN',
    code: 'OK',
    advice: isThere ? null : NO_FILE_ADVICE,
    tookMs,
  };
}
