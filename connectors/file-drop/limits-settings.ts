import { z } from 'zod';

import { titled } from '../../src/connector-kit/connector.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;

function limit(bounds: { readonly min: number; readonly max: number; readonly usual: number }) {
  return z.number().int().min(bounds.min).max(bounds.max).default(bounds.usual);
}

/** What files may cost the hub at most. */
export const limitsSetting = z
  .strictObject({
    fileBytesMax: limit({ min: KIB, max: 16 * GIB, usual: GIB })
      .meta(titled('文件大小上限', 'Bytes of a file'))
      .describe('Bytes of one file, at most.'),
    rowsMax: limit({ min: 1, max: 100_000_000, usual: 5_000_000 })
      .meta(titled('行数上限', 'Rows of a file'))
      .describe('Records of one file, at most.'),
    rejectsMax: limit({ min: 0, max: 100_000, usual: 1_000 })
      .meta(titled('拒收行数上限', 'Rejects of a file'))
      .describe('Records of one file that may be rejected before the whole file is.'),
    lineBytesMax: limit({ min: 256, max: 16 * MIB, usual: MIB })
      .meta(titled('行长度上限', 'Bytes of a line'))
      .describe('Bytes of one line, or of one record of XML, at most.'),
    archiveBytesMax: limit({ min: KIB, max: 256 * MIB, usual: 64 * MIB })
      .meta(titled('电子表格大小上限', 'Bytes of a spreadsheet'))
      .describe('Bytes of one XLSX file, which is kept in memory while it is read.'),
    unpackedBytesMax: limit({ min: KIB, max: 4 * GIB, usual: GIB })
      .meta(titled('解压大小上限', 'Unpacked bytes'))
      .describe('Bytes that one part of an archive may become.'),
    unpackedRatioMax: limit({ min: 2, max: 1_000, usual: 200 })
      .meta(titled('压缩比上限', 'Compression ratio'))
      .describe('How many times its packed size a part of an archive may become.'),
    entriesMax: limit({ min: 8, max: 10_000, usual: 1_000 })
      .meta(titled('压缩条目上限', 'Archive entries'))
      .describe('Parts of an archive, at most.'),
    xmlDepthMax: limit({ min: 3, max: 64, usual: 16 })
      .meta(titled('XML 层级上限', 'XML depth'))
      .describe('How deep the records of an XML file, with all they hold, may be.'),
    pageRowsMax: limit({ min: 1, max: 1_000, usual: 1_000 })
      .meta(titled('每页行数', 'Rows of a page'))
      .describe('Rows that are handed over at a time, at most.'),
  })
  .prefault({})
  .meta(titled('限制', 'Limits'))
  .describe('What files may cost the hub at most.');

export type FileDropLimits = z.infer<typeof limitsSetting>;
