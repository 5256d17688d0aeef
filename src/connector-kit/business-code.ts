import { z } from 'zod';

import { HubError } from '../errors.ts';
import { titled } from './connector.ts';
import { driftFault, sourceFault } from './fault.ts';
import { readInstant } from './held-instant.ts';
import type { ReplyHead } from './http-status.ts';

/**
 * What a business code that is no success amounts to.
 *
 * - `AUTH`: credentials or grants refused; no retry helps.
 * - `QUOTA`: no more calls for now.
 * - `TRANSIENT`: trouble of the source that passes.
 * - `CONFIG`: the question, or what it names, is not offered; an operator must look.
 * - `KEY`: one of the keys cannot be worked on. A batch is then halved until the key is found.
 */
export const CODE_CLASSES = ['AUTH', 'QUOTA', 'TRANSIENT', 'CONFIG', 'KEY'] as const;
export type CodeClass = (typeof CODE_CLASSES)[number];

/** What the business codes of a source mean; spread into the settings of a kind. */
export const CODE_SHAPE = {
  ok: z
    .array(z.string().min(1).max(64))
    .min(1)
    .max(20)
    .meta(titled('成功代码', 'Codes of success'))
    .describe('Codes with which the source gives an answer.'),
  none: z
    .array(z.string().min(1).max(64))
    .max(20)
    .default([])
    .meta(titled('查无代码', 'Codes of absence'))
    .describe('Codes that say that the source looked and holds nothing. Never codes of trouble.'),
  faults: z
    .record(z.string().min(1).max(64), z.enum(CODE_CLASSES))
    .default({})
    .meta(titled('错误代码分类', 'Codes of trouble'))
    .describe('AUTH, QUOTA, TRANSIENT, CONFIG or KEY, by code. A code that is nowhere is drift.'),
};

/** What the business codes of a source mean. */
export interface CodeRule {
  readonly ok: readonly string[];
  readonly none: readonly string[];
  readonly faults: Readonly<Record<string, CodeClass>>;
}

/** Longer waits than this are not believed. */
const RESET_MS_MAX = 7 * 86_400_000;

/**
 * For how long a quota lasts whose end the source names.
 *
 * @param held as `readInstant` takes it. What is no instant says nothing: the fault counts more.
 * @param head null for recorded bytes, where the wait is over anyhow.
 */
export function findResetMs(held: unknown, head: ReplyHead | null): number | null {
  if (head === null) return null;
  try {
    const resetAt = readInstant(held, '');
    const now = head.serverDate ?? head.receivedAt;
    if (resetAt === null) return null;
    return Math.min(Math.max(resetAt.getTime() - now.getTime(), 0), RESET_MS_MAX);
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    return null;
  }
}

/** Every code that a rule knows. */
export function codesOf({ ok, none, faults }: CodeRule): readonly string[] {
  return [...ok, ...none, ...Object.keys(faults)];
}

/**
 * Whether there is an answer to be read (`ANSWER`) or the source says that there is nothing.
 *
 * @param said the code, null where the reply has none, and for how long a quota lasts by the
 * source's word, null where it does not say.
 * @throws {HubError} the fault of the code's class, reason `CODE_<code>`; SOURCE_SCHEMA_DRIFT,
 * reason `UNKNOWN_CODE`, for a code in no list, which must not pass for an answer.
 */
export function judgeCode(
  { code, resetInMs }: { readonly code: string | null; readonly resetInMs: number | null },
  rule: CodeRule,
  pointer: string,
): 'ANSWER' | 'NONE' {
  if (code === null) throw driftFault(pointer);
  if (rule.ok.includes(code)) return 'ANSWER';
  if (rule.none.includes(code)) return 'NONE';
  const known = Object.hasOwn(rule.faults, code) ? rule.faults[code] : undefined;
  if (known === undefined) throw driftFault(pointer, 'UNKNOWN_CODE');
  throw classFault(known, { reason: wordOf(`CODE_${code}`), resetInMs });
}

/** A fixed word: codes of sources may hold anything. */
function wordOf(text: string): string {
  return text
    .toUpperCase()
    .replace(/[^A-Z0-9_-]/gu, '_')
    .slice(0, 64);
}

/** The fault of a class; `resetInMs` where a quota says when it ends. */
export function classFault(
  name: CodeClass,
  { reason, resetInMs = null }: { readonly reason: string; readonly resetInMs?: number | null },
): HubError {
  const facts = { hop: 'SOURCE', reason } as const;
  switch (name) {
    case 'AUTH':
      return sourceFault('SOURCE_UNAUTHORIZED', facts);
    case 'QUOTA':
      return sourceFault('SOURCE_QUOTA_EXHAUSTED', {
        ...facts,
        ...(resetInMs === null ? {} : { retryAfterMs: resetInMs }),
      });
    case 'TRANSIENT':
      return sourceFault('SOURCE_UNREACHABLE', facts);
    case 'CONFIG':
      return sourceFault('SOURCE_UNSUPPORTED', facts);
    case 'KEY':
      return sourceFault('SOURCE_UNSUPPORTED', { ...facts, isKeyRefused: true });
  }
}
