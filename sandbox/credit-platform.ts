import { COMMITMENT_COLLECTIONS, createCommitmentRegister } from './credit-commitments.ts';
import { passThroughGbk } from './charsets.ts';
import type { Fault } from './faults.ts';
import { createRecordStore } from './records.ts';
import type { Shape } from './shape.ts';
import { isoInShanghai, lastTimeAt, nextMidnight } from './shanghai-time.ts';
import { isObject, jsonReply } from './wire.ts';
import type { SourceLogic, Trouble, WireReply, WireRequest } from './wire.ts';

export const CREDIT_CATEGORIES = ['法人及非法人组织', '自然人', '个体工商户'] as const;
export type CreditCategory = (typeof CREDIT_CATEGORIES)[number];

/** A subject as the credit platform holds it. Inner lists are served as they stand. */
export interface CreditRecord {
  /** The code as registered, e.g. the 15 digits of an old identity card. */
  readonly identify: string;
  readonly category: CreditCategory;
  readonly subjectName: string;
  /** True when the name passed through a system in GBK on its way here. */
  readonly lossy: boolean;
  readonly grade: { readonly value: string; readonly gradedOn: string | null } | null;
  readonly lists: readonly CreditListRecord[];
  readonly penalties: readonly CreditPenaltyRecord[];
  readonly commitments: readonly CreditCommitmentRecord[];
}

export interface CreditListRecord {
  readonly listName: string;
  readonly reason: string | null;
  readonly authority: string | null;
  readonly listedOn: string | null;
  readonly removedOn: string | null;
}

/** An administrative penalty (双公示 keys). */
export interface CreditPenaltyRecord {
  readonly CF_WSH: string;
  readonly CF_WFXW: string;
  readonly CF_NR: string;
  readonly CF_CFJG: string;
  readonly CF_JDRQ: string;
  readonly CF_GSJZQ: string | null;
}

/** A commitment in the keys of the national collection template. */
export interface CreditCommitmentRecord {
  readonly code: string;
  readonly subjectName: string;
  readonly subjectCategory: string;
  readonly identify: string;
  readonly commitmentTypeId: string;
  readonly reason: string;
  readonly content: string;
  readonly commitmentDate: string;
  readonly commitmentValidity: string | null;
  readonly acceptanceUnit: string;
  readonly acceptanceUnitIdentify: string;
  readonly publicationType: string;
  readonly fulfillmentStatus: string | null;
  readonly unperformedCommitmentContent: string | null;
  readonly fulfillmentStatusDate: string | null;
}

export interface CreditPlatformOptions {
  readonly appKey: string;
  readonly profiles: readonly CreditRecord[];
  /** Subjects a day; null for no quota. */
  readonly subjectsPerDayMax: number | null;
}

/** Subjects the platform takes in one call. */
export const SUBJECTS_MAX = 50;
const HOLDINGS_HOUR = 2;
const STRANGER = '91350100M000100Y43';

const PROFILE_SHAPE: Shape = {
  identify: { type: 'text' },
  category: { type: 'choice', of: CREDIT_CATEGORIES },
  subjectName: { type: 'text' },
  lossy: { type: 'flag' },
  grade: { type: 'object', nullable: true },
  lists: { type: 'list' },
  penalties: { type: 'list' },
  commitments: { type: 'list' },
};

interface Question {
  readonly category: string;
  readonly identify: string;
  readonly subjectName: string | null;
}

interface Result {
  readonly category: string;
  readonly identify: string;
  readonly found: boolean;
  readonly profile: unknown;
}

/** The public credit platform (公共信用信息平台) as docs/sources/credit-platform.md describes it. */
export function createCreditPlatform(options: CreditPlatformOptions): SourceLogic {
  const records = createRecordStore({
    profiles: { shape: PROFILE_SHAPE, idOf: (record) => String(record['identify']) },
    ...COMMITMENT_COLLECTIONS,
  });
  options.profiles.forEach((each) => records.put('profiles', each.identify, each));
  const register = createCommitmentRegister(records);
  const meter = { day: 0, subjects: 0 };
  const asOf = (now: number): string =>
    records.find<{ value: string }>('settings', 'as-of')?.value ??
    isoInShanghai(lastTimeAt(HOLDINGS_HOUR, now));
  const query = (request: WireRequest, fault: Fault | null): WireReply => {
    const asked = readQuestions(request.json);
    if (typeof asked === 'string') return refuse(400, 40001, '参数错误', { field: asked });
    const day = nextMidnight(request.now);
    meter.subjects = (meter.day === day ? meter.subjects : 0) + asked.length;
    meter.day = day;
    if (options.subjectsPerDayMax !== null && meter.subjects > options.subjectsPerDayMax) {
      return quotaReply(day, request);
    }
    const results = asked.map((question) =>
      answerOne(question, records.find<CreditRecord>('profiles', question.identify)),
    );
    return envelope(asOf(request.now), mixUp(results, fault), fault);
  };
  return {
    id: 'credit-platform',
    operations: ['query', 'ping', 'push', 'push-status'],
    records,
    describe,
    answer(request, fault) {
      const { operation } = describe(request);
      if (operation === 'unknown') return refuse(404, 40401, '接口不存在', null);
      if (request.headers['x-app-key'] !== options.appKey) return unauthorized();
      if (operation === 'query') return query(request, fault);
      if (operation === 'push') return register.push(request, fault);
      if (operation === 'push-status') return register.status(request, fault);
      return jsonReply(200, {
        code: 0,
        message: '成功',
        data: { time: isoInShanghai(request.now) },
      });
    },
    trouble: reportTrouble,
    controls: [],
    stop() {
      // Nothing runs by itself.
    },
  };
}

function describe(request: WireRequest): { operation: string; keys: readonly string[] } {
  if (request.path === '/api/v1/ping' && request.method === 'GET') {
    return { operation: 'ping', keys: [] };
  }
  if (request.method === 'POST' && request.path === '/api/v1/commitments') {
    return { operation: 'push', keys: codesOf(request.json) };
  }
  if (request.method === 'POST' && request.path === '/api/v1/commitments/status') {
    return { operation: 'push-status', keys: [] };
  }
  if (request.path !== '/api/v1/profiles/query' || request.method !== 'POST') {
    return { operation: 'unknown', keys: [] };
  }
  const asked = readQuestions(request.json);
  const keys = typeof asked === 'string' ? [] : asked.map((each) => each.identify);
  return { operation: 'query', keys };
}

function codesOf(json: unknown): readonly string[] {
  const commitments = isObject(json) ? json['commitments'] : undefined;
  const all: readonly unknown[] = Array.isArray(commitments) ? commitments : [];
  return all.map((one) => (isObject(one) ? String(one['code']) : ''));
}

/** The questions, or the path of the field that is wrong. */
function readQuestions(json: unknown): readonly Question[] | string {
  const subjects = isObject(json) ? json['subjects'] : undefined;
  if (!Array.isArray(subjects) || subjects.length < 1 || subjects.length > SUBJECTS_MAX) {
    return 'subjects';
  }
  const questions: Question[] = [];
  for (const [index, subject] of subjects.entries()) {
    const { category, identify, subjectName } = isObject(subject) ? subject : {};
    const isCategory = CREDIT_CATEGORIES.some((each) => each === category);
    if (!isCategory) return `subjects[${index}].category`;
    if (typeof identify !== 'string' || identify === '') return `subjects[${index}].identify`;
    const name = subjectName ?? null;
    if (name !== null && typeof name !== 'string') return `subjects[${index}].subjectName`;
    questions.push({ category: String(category), identify, subjectName: name });
  }
  return questions;
}

/** Name and code must agree where a name is given; the code must be the one registered. */
function answerOne(question: Question, held: CreditRecord | null): Result {
  const { category, identify, subjectName } = question;
  const name = held?.lossy === true ? passThroughGbk(held.subjectName) : held?.subjectName;
  const found =
    held !== null && held.category === category && (subjectName === null || subjectName === name);
  if (!found) return { category, identify, found: false, profile: null };
  const { lossy: _lossy, ...profile } = held;
  return { category, identify, found: true, profile: { ...profile, subjectName: name } };
}

/** Answers that belong to other questions than those asked. */
function mixUp(results: readonly Result[], fault: Fault | null): readonly Result[] {
  if (fault?.kind !== 'integrity') return results;
  const stranger = { ...(results[0] as Result), identify: STRANGER };
  if (fault.how === 'missing') return results.slice(1);
  if (fault.how === 'extra') return [...results, stranger];
  return results.length > 1 ? [...results].reverse() : [stranger];
}

function envelope(asOf: string, results: readonly Result[], fault: Fault | null): WireReply {
  const ok = (data: unknown): WireReply => jsonReply(200, { code: 0, message: '成功', data });
  if (fault?.kind !== 'drift') return ok({ asOf, results });
  switch (fault.how) {
    case 'field-missing':
      return ok({ asOf, results: results.map(({ found: _found, ...rest }) => rest) });
    case 'field-renamed':
      return ok({
        asOf,
        results: results.map(({ profile, ...rest }) => ({ ...rest, subjectProfile: profile })),
      });
    case 'type-changed':
      return ok({
        asOf,
        results: results.map((each) => ({ ...each, found: each.found ? 'Y' : 'N' })),
      });
    case 'new-status-code':
      return jsonReply(200, { code: 20001, message: '数据校验中', data: null });
    case 'list-instead-of-object':
      return ok(results);
  }
}

function refuse(status: number, code: number, message: string, data: unknown): WireReply {
  return jsonReply(status, { code, message, data });
}

function unauthorized(): WireReply {
  return refuse(401, 40101, '密钥无效', null);
}

function quotaReply(resetAt: number, request: WireRequest): WireReply {
  const seconds = Math.max(1, Math.ceil((resetAt - request.now) / 1000));
  const data = { resetAt: isoInShanghai(resetAt) };
  return jsonReply(
    429,
    { code: 42901, message: '调用额度已用完', data },
    { 'retry-after': String(seconds) },
  );
}

function reportTrouble(trouble: Trouble, request: WireRequest): WireReply {
  switch (trouble.kind) {
    case 'error':
      return refuse(500, 50001, '系统内部错误', null);
    case 'unauthorized':
      return unauthorized();
    case 'quota':
      return quotaReply(trouble.resetAt, request);
    case 'outage':
      return jsonReply(
        503,
        { code: 50301, message: '系统维护', data: { until: isoInShanghai(trouble.until) } },
        { 'retry-after': new Date(trouble.until).toUTCString() },
      );
  }
}
