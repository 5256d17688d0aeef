import { readRecords, type FileFormat } from '../connector-kit/files/file-format.ts';
import type { FileRecord } from '../connector-kit/files/file-record.ts';
import { HubError } from '../errors.ts';
import {
  EXCLUSION_GROUNDS,
  type ExclusionGround,
  type ListedMatter,
} from '../model/listed-matter.ts';
import type { Matter, PriorityField, PublicityGround } from '../model/matter.ts';
import { mistake, type UserError } from '../model/user-error.ts';

/** One matter as a file has it, and where. */
export interface FiledMatter {
  /** Line or row from 1, as an editor shows it. */
  readonly place: number;
  readonly entry: ListedMatter;
}

/** Everything a file says, or what cannot be read in it. */
export interface ReadList {
  readonly matters: readonly FiledMatter[];
  readonly errors: readonly UserError[];
}

const COLUMNS = {
  实施编码: 'code',
  事项名称: 'name',
  重点领域: 'priorityField',
  事项类型: 'itemType',
  索要单位代码: 'agencyCode',
  索要单位: 'agencyName',
  证明名称: 'certificate',
  设定依据: 'legalBasis',
  年使用频次: 'usesPerYear',
  获取难度: 'obtaining',
  证照类型代码: 'licenseTypeCode',
  可在线核查: 'onlineVerifiable',
  公开依据: 'publicity',
  排除情形: 'exclusions',
  排除说明: 'exclusionNote',
  承接单位: 'adoptingAgencies',
} as const;
const REQUIRED = [
  ...['code', 'name', 'itemType', 'agencyCode', 'agencyName', 'certificate', 'legalBasis'],
];

const ITEM_TYPES: Readonly<Record<string, Matter['itemType']>> = {
  ...{ 行政许可: 'LICENSE', 行政确认: 'CONFIRMATION', 行政给付: 'BENEFIT' },
};
const FIELDS: Readonly<Record<string, PriorityField>> = {
  ...{ 户籍管理: 'HOUSEHOLD_REGISTRATION', 市场主体准营: 'MARKET_ACCESS' },
  ...{ 资格考试: 'QUALIFICATION_EXAM', 社会保险: 'SOCIAL_INSURANCE' },
  ...{ 社会救助: 'SOCIAL_ASSISTANCE', 健康体检: 'HEALTH_EXAMINATION' },
  法律服务: 'LEGAL_SERVICE',
};
const OBTAINING: Readonly<Record<string, ListedMatter['obtaining']>> = {
  ...{ 易: 'EASY', 中: 'MODERATE', 难: 'HARD' },
};
const YES_OR_NO: Readonly<Record<string, boolean>> = { 是: true, 否: false };
const PUBLICITY: Readonly<Record<string, PublicityGround>> = {
  ...{ 社会公共利益: 'PUBLIC_INTEREST', 第三人利益: 'THIRD_PARTY_INTEREST' },
  核查难度较大: 'HARD_TO_VERIFY',
};
const GROUND_NAMES = [
  ...['国家安全', '国家秘密', '公共安全', '金融业审慎监管', '生态环境保护'],
  ...['人身健康生命财产安全', '重要涉外'],
];
const GROUNDS: Readonly<Record<string, ExclusionGround>> = Object.fromEntries(
  EXCLUSION_GROUNDS.map((ground, at) => [GROUND_NAMES[at] ?? ground, ground]),
);

const LIMITS = {
  ...{ lineBytesMax: 65_536, archiveBytesMax: 1_000_000, unpackedBytesMax: 50_000_000 },
  ...{ unpackedRatioMax: 200, entriesMax: 100, xmlDepthMax: 16 },
};

/**
 * Reads the list of matters in a CSV (UTF-8 with or without BOM, or GB18030) or XLSX file, with
 * one mistake for each cell that cannot be read: its row, its column, and why.
 */
export async function readListFile(
  bytes: Uint8Array,
  type: 'CSV' | 'XLSX',
  signal: AbortSignal,
): Promise<ReadList> {
  const plan = { aliases: COLUMNS, required: REQUIRED, limits: LIMITS, signal, onColumns() {} };
  const matters: FiledMatter[] = [];
  const errors: UserError[] = [];
  try {
    const batches = readRecords(chunksOf(bytes), { format: formatOf(bytes, type), plan });
    for await (const records of batches)
      for (const record of records) {
        const read = readMatter(record);
        errors.push(...read.errors);
        if (read.entry !== null) matters.push({ place: record.place, entry: read.entry });
      }
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    const why = [error.details['reason'], error.details['pointer']].filter(Boolean).join(' ');
    errors.push(
      mistake('FILE_NOT_READABLE', ['contentBase64'], `The file cannot be read: ${why}.`),
    );
  }
  return { matters, errors };
}

function formatOf(bytes: Uint8Array, type: 'CSV' | 'XLSX'): FileFormat {
  if (type === 'XLSX') return { type, sheet: null, columns: null };
  const charset = isUtf8(bytes) ? 'utf-8' : 'gb18030';
  const shape = { separator: ',', quote: '"', trailingSeparator: false, columns: null } as const;
  return { type, ...shape, charset, finalNewline: 'OPTIONAL' };
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    // Then it is read as the other charset that files come in.
    return false;
  }
}

async function* chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function readMatter(record: FileRecord): {
  readonly entry: ListedMatter | null;
  readonly errors: readonly UserError[];
} {
  const row = String(record.place);
  const wrong = (column: string, why: string) =>
    mistake('FILE_NOT_READABLE', ['rows', row, column], `Row ${row}, ${column}: ${why}`);
  if (record.type === 'REJECT')
    return { entry: null, errors: [wrong(record.field ?? '', `${record.reason}.`)] };
  const errors: UserError[] = [];
  const text = (column: string) => record.values[column] ?? '';
  const oneOf = <T>(column: string, words: Readonly<Record<string, T>>, absent: T): T => {
    const word = text(column);
    if (word === '') return absent;
    const found = Object.hasOwn(words, word) ? words[word] : undefined;
    if (found === undefined) errors.push(wrong(column, `write ${Object.keys(words).join(', ')}.`));
    return found ?? absent;
  };
  const uses = text('usesPerYear');
  if (!/^\d{0,9}$/u.test(uses)) errors.push(wrong('usesPerYear', 'write digits only.'));
  if (text('itemType') === '') errors.push(wrong('itemType', 'it is empty.'));
  const exclusions = splitWords(text('exclusions')).flatMap((word) => {
    const ground = Object.hasOwn(GROUNDS, word) ? GROUNDS[word] : undefined;
    if (ground === undefined)
      errors.push(wrong('exclusions', `write ${Object.keys(GROUNDS).join(', ')}.`));
    return ground === undefined ? [] : [ground];
  });
  const entry: ListedMatter = {
    ...{ code: text('code'), name: text('name'), certificate: text('certificate') },
    priorityField: oneOf<PriorityField | null>('priorityField', FIELDS, null),
    itemType: oneOf('itemType', ITEM_TYPES, 'LICENSE'),
    ...{ agencyCode: text('agencyCode'), agencyName: text('agencyName') },
    legalBasis: text('legalBasis'),
    usesPerYear: uses === '' ? null : Number(uses),
    obtaining: oneOf('obtaining', OBTAINING, 'MODERATE'),
    licenseTypeCode: text('licenseTypeCode') || null,
    onlineVerifiable: oneOf('onlineVerifiable', YES_OR_NO, false),
    publicity: oneOf<PublicityGround | null>('publicity', PUBLICITY, null),
    ...{ exemption: null, risk: null, policy: null },
    ...{ exclusions, exclusionNote: text('exclusionNote') || null },
    isActive: exclusions.length === 0,
    adoptingAgencies: splitWords(text('adoptingAgencies')),
  };
  return { entry: errors.length > 0 ? null : entry, errors };
}

function splitWords(text: string): readonly string[] {
  return text.split(/[;；、\s]+/u).filter((word) => word !== '');
}
