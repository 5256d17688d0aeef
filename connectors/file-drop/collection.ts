import { createFilePattern, type FilePattern } from '../../src/connector-kit/files/file-pattern.ts';
import { HubError } from '../../src/errors.ts';
import type { Answering, RowFinder } from './answers.ts';
import type { CollectionSettings, FileDropSettings } from './settings.ts';

/** A kind of files, ready to be looked for and read. */
export interface FileCollection {
  readonly settings: CollectionSettings;
  readonly pattern: FilePattern;
  readonly finders: readonly RowFinder[];
  /** Columns without which a file is not what was agreed. */
  readonly required: readonly string[];
}

/**
 * The collections of the settings, in their order.
 *
 * @throws {HubError} UNSAFE_CONFIGURATION for settings that do not hold together.
 */
export function createCollections(
  settings: FileDropSettings,
  answering: Pick<Answering, 'finders' | 'columnsOf'>,
): readonly FileCollection[] {
  const { finders } = answering;
  const names = settings.collections.map(({ name }) => name);
  if (new Set(names).size < names.length) throw unsafe('collections', 'DUPLICATE_NAME');
  const stray = finders.find(({ collection }) => !names.includes(collection));
  if (stray !== undefined) throw unsafe('answers', 'UNKNOWN_COLLECTION');
  const { byHolder } = { byHolder: settings.answers['license.byHolder'] };
  if (byHolder !== undefined) {
    const { typeCode, typeCodeOfAll } = byHolder.keys;
    if ((typeCode === null) === (typeCodeOfAll === null)) throw unsafe('answers', 'TYPE_CODE');
  }
  return settings.collections.map((each) => createCollection(settings, each, answering));
}

function createCollection(
  { subdirectory }: FileDropSettings,
  settings: CollectionSettings,
  { finders, columnsOf }: Pick<Answering, 'finders' | 'columnsOf'>,
): FileCollection {
  const folder = subdirectory.replace(/\/$/u, '');
  const path = folder === '' ? settings.fileName : `${folder}/${settings.fileName}`;
  const pattern = createFilePattern(path, settings.name);
  const problem = judgeSequence(settings, pattern);
  if (problem !== null) throw unsafe('collections', problem);
  const own = finders.filter(({ collection }) => collection === settings.name);
  const columns = [
    ...settings.id,
    ...(settings.about === null ? [] : [settings.about]),
    ...(settings.operation === null ? [] : [settings.operation.column]),
    ...own.flatMap((finder) => finder.columns),
    ...columnsOf(settings.name),
  ];
  return { settings, pattern, finders: own, required: [...new Set(columns)] };
}

/** Why files of this kind cannot be brought into order. Null where they can. */
function judgeSequence(
  { mode, sequence }: CollectionSettings,
  { hasDay, hasSequence }: FilePattern,
): string | null {
  // The parts of one full file would each erase what the others show.
  if (mode === 'FULL') return hasSequence ? 'FULL_IN_PARTS' : null;
  if (!hasDay && !hasSequence) return 'DELTA_WITHOUT_ORDER';
  if (sequence === 'DAILY' && !hasDay) return 'DAILY_WITHOUT_DAY';
  return sequence === 'NUMBERED' && (hasDay || !hasSequence) ? 'NUMBERED_WITHOUT_NUMBER' : null;
}

function unsafe(field: string, reason: string): HubError {
  return new HubError('UNSAFE_CONFIGURATION', { details: { field, reason } });
}
