import { z } from 'zod';

import { decodeReply, parseShape } from '../../src/connector-kit/decode.ts';
import { driftFault, integrityFault } from '../../src/connector-kit/fault.ts';
import type { HttpReply } from '../../src/connector-kit/http.ts';

/** 承诺人类别, as the platform asks for it. */
type Category = '法人及非法人组织' | '自然人' | '个体工商户';

/** A subject as the platform is asked: by the code alone, in the form the platform may hold. */
export interface Asked {
  readonly category: Category;
  readonly identify: string;
}

const text = z.string().nullable();

const profileShape = z.object({
  subjectName: text,
  category: z.string(),
  identify: z.string(),
  grade: z.object({ value: z.string(), gradedOn: text }).nullable(),
  lists: z.array(
    z.object({
      listName: z.string(),
      reason: text,
      authority: text,
      listedOn: text,
      removedOn: text,
    }),
  ),
  penalties: z.array(
    z.object({
      /** 行政处罚决定书文号 */
      CF_WSH: text,
      /** 违法行为 */
      CF_WFXW: text,
      /** 处罚内容 */
      CF_NR: text,
      /** 处罚机关 */
      CF_CFJG: text,
      /** 处罚决定日期 */
      CF_JDRQ: text,
      /** 公示截止期 */
      CF_GSJZQ: text,
    }),
  ),
  commitments: z.array(
    z.object({
      /** 承诺编码 */
      code: z.string(),
      /** 承诺人代码 */
      identify: z.string(),
      /** 承诺类型 */
      commitmentTypeId: z.string(),
      /** 承诺事由 */
      reason: text,
      /** 承诺作出日期 */
      commitmentDate: text,
      /** 承诺履行状态 */
      fulfillmentStatus: text,
    }),
  ),
});
export type HeldProfile = z.infer<typeof profileShape>;

const envelopeShape = z.object({ code: z.literal(0), data: z.unknown() });
const dataShape = z.object({
  asOf: z.string(),
  results: z.array(
    z.object({
      category: z.string(),
      identify: z.string(),
      found: z.boolean(),
      profile: profileShape.nullable(),
    }),
  ),
});

/** What one call brought: the profile of each subject asked, null where the platform has none. */
export interface PlatformReply {
  readonly profiles: ReadonlyMap<
    string,
    { readonly held: HeldProfile; readonly at: string } | null
  >;
  readonly asOf: Date;
  readonly raw: Uint8Array;
}

/** The question in the platform's words. No name: with one, "no record" would mean nothing. */
export function writeQuestion(subjects: readonly Asked[]): string {
  return JSON.stringify({ subjects: subjects.map((each) => ({ ...each, subjectName: null })) });
}

/**
 * What the platform said, by `keyOf` of each subject.
 *
 * @throws {HubError} SOURCE_SCHEMA_DRIFT; SOURCE_INTEGRITY_FAILED unless the results are exactly
 * those asked for, in the order asked, each about its own subject.
 */
export function readReply(reply: HttpReply, asked: readonly Asked[]): PlatformReply {
  return readResults(readData(reply), { asked, raw: reply.raw });
}

/**
 * What a recorded reply said of these subjects, whoever else it was about.
 *
 * @throws {HubError} SOURCE_SCHEMA_DRIFT; SOURCE_INTEGRITY_FAILED where one is not in it once.
 */
export function readRecorded(raw: Uint8Array, asked: readonly Asked[]): PlatformReply {
  const { asOf, results } = readData({ raw, headers: {} });
  const own = results.filter((echo) => asked.some((subject) => isAbout(echo, subject)));
  return readResults({ asOf, results: own }, { asked, raw });
}

function readData(reply: Pick<HttpReply, 'raw' | 'headers'>): z.infer<typeof dataShape> {
  const { data } = parseShape(envelopeShape, decodeReply(reply));
  return parseShape(dataShape, data, '/data');
}

function readResults(
  { asOf, results }: z.infer<typeof dataShape>,
  { asked, raw }: { readonly asked: readonly Asked[]; readonly raw: Uint8Array },
): PlatformReply {
  if (results.length !== asked.length) throw integrityFault('RESULT_COUNT', '/data/results');
  const profiles = new Map<string, { held: HeldProfile; at: string } | null>();
  results.forEach(({ found, profile, ...echo }, index) => {
    const subject = asked[index];
    const at = `/data/results/${index}`;
    if (subject === undefined || !isAbout(echo, subject)) throw integrityFault('OTHER_SUBJECT', at);
    if (found !== (profile !== null)) throw driftFault(`${at}/profile`);
    if (profile !== null && !isAbout(profile, subject)) {
      throw integrityFault('OTHER_SUBJECT', `${at}/profile`);
    }
    const held = profile === null ? null : { held: profile, at: `${at}/profile` };
    profiles.set(keyOf(subject), held);
  });
  return { profiles, asOf: readInstant(asOf), raw };
}

/** @throws {HubError} SOURCE_SCHEMA_DRIFT unless the platform answered with success. */
export function requireSuccess(reply: HttpReply): void {
  parseShape(envelopeShape, decodeReply(reply));
}

/** Tells subjects of one question apart. */
export function keyOf({ category, identify }: Asked): string {
  return `${category} ${identify}`;
}

function isAbout(echo: { category: string; identify: string }, subject: Asked): boolean {
  return echo.category === subject.category && echo.identify === subject.identify;
}

/** ISO 8601 with offset. */
function readInstant(written: string): Date {
  const isInstant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/u;
  const milliseconds = isInstant.test(written) ? Date.parse(written) : Number.NaN;
  if (Number.isNaN(milliseconds)) throw driftFault('/data/asOf', 'BAD_DATE');
  return new Date(milliseconds);
}
