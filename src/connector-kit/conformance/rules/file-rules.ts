import type { Connector } from '../../connector.ts';
import { fail, PASS, skip, type Rule, type Verdict } from '../rule.ts';
import type { FileIdentifiers } from '../subject.ts';
import { CALL_MS_MAX, type Trial } from '../trial.ts';

const fileFresh: Rule = {
  id: 'file-fresh',
  title: {
    zh: '每次下载使用新地址',
    en: 'A file can be opened again, each time by a fresh address',
  },
  why: 'An address that serves once and is used twice gives a broken file, or another one.',
  try: (trial) =>
    tryFiles(trial, async (connector, { held }) => {
      const sizes = [await sizeOf(trial, connector, held), await sizeOf(trial, connector, held)];
      const isWhole = sizes.every((size) => size !== null && size > 0);
      return isWhole ? PASS : fail('a file that is held did not come twice');
    }),
};

const fileNone: Rule = {
  id: 'file-none',
  title: { zh: '无文件时如实返回', en: 'Where there is no file, none is opened' },
  why: 'A page of an error passed on as a license is a forgery made by the hub.',
  try: (trial) =>
    tryFiles(trial, async (connector, { absent }) => {
      const size = await sizeOf(trial, connector, absent);
      return size === null ? PASS : fail('a file of a license that nobody has');
    }),
};

/** Bytes of the file, read to its end. Null where the source has none to give. */
async function sizeOf(
  trial: Trial,
  { files }: Connector,
  identifier: string,
): Promise<number | null> {
  const file = (await files?.open(identifier, trial.callWithin(CALL_MS_MAX))) ?? null;
  if (file === null) return null;
  let bytes = 0;
  for await (const chunk of file.bytes) bytes += chunk.length;
  return bytes;
}

function tryFiles(
  trial: Trial,
  attempt: (connector: Connector, told: FileIdentifiers) => Promise<Verdict>,
): Promise<Verdict> {
  return trial.withConnector(async (connector) => {
    const told = trial.subject.files ?? null;
    if (connector.files === undefined) return skip('no files');
    return told === null ? skip('no license to try it on') : attempt(connector, told);
  });
}

/** Files come whole, or not at all. */
export const FILE_RULES: readonly Rule[] = [fileFresh, fileNone];
