import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as after } from 'node:timers/promises';

import type { CapabilityName } from '../connector-kit/connector.ts';
import { HubError } from '../errors.ts';
import type { Log } from '../log.ts';
import { canonicalJson } from '../model/canonical-json.ts';
import type { Clock } from '../model/clock.ts';
import { maskSubjectName } from '../model/masking.ts';
import type { Purpose } from '../model/purpose.ts';
import { shadowIdOf } from '../model/shadow.ts';
import type { Verdict } from '../model/verification.ts';
import type { Observation, Sources } from '../sources/sources.ts';
import type { Database } from '../store/database.ts';
import { isSpare, pauseAfter } from './live-budget.ts';
import { liveKeyOf } from './live-key.ts';
import { deleteAnswers, insertAnswer, type ShadowAnswer } from './live-queries.ts';
import { comparePair, placeOf, type Place } from './pair.ts';
import { listOfVerdict, type JudgedRow } from './queries.ts';

/** Asks revisions in the shadow what their source has just been asked. */
export interface LiveShadow {
  /** A verdict was given. Returns at once and never throws; what it leads to is nobody's wait. */
  offer(verdict: Verdict): void;
  /** Removes pairs that are too old or too many. */
  purge(): Promise<void>;
  /** Drops what waits, and waits for what is under way. */
  stop(): Promise<void>;
}

/** A revision in the shadow, as this replica can ask it. */
export interface Candidate {
  readonly revision: number;
  /** Part of the live questions it is asked as well, 0 to 1. */
  readonly share: number;
  /** False for what may not be asked twice, and for what it does not offer. */
  mayBeAsked(capability: CapabilityName): boolean;
}

/** What it works with. */
export interface LiveShadowDependencies {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Pick<Log, 'warn'>;
  /** Those that are asked for real. */
  readonly sources: Pick<Sources, 'states'>;
  /** Revisions in the shadow, by `shadowIdOf`. */
  readonly candidates: Pick<Sources, 'ask' | 'readStates'>;
  /** Null where none of the source is in the shadow. */
  candidateOf(source: string): Candidate | null;
}

const WAITING_MAX = 100;
/** The live answer is on its way out before anything is asked. */
const LEAD_MS = 50;
const ROWS_MAX = 10_000;
const KEPT_DAYS = 30;
const DAY_MS = 86_400_000;

/** One queue a source, so that a slow candidate holds up its own only. */
export function createLiveShadow(deps: LiveShadowDependencies): LiveShadow {
  const { db, clock, log } = deps;
  const queues = new Map<string, string[]>();
  const working = new Map<string, Promise<void>>();
  const stopping = new AbortController();

  function offer(verdict: Verdict): void {
    if (stopping.signal.aborted || verdict.cause !== 'ASKED') return;
    const answered = verdict.observations.filter(
      ({ method, transport }) => method === 'ONLINE' && transport === 'ANSWERED',
    );
    for (const source of new Set(answered.map((one) => one.source))) {
      const share = deps.candidateOf(source)?.share ?? 0;
      const queue = queues.get(source) ?? [];
      // What does not fit is not asked: a shadow that lags behind would ask in bad times.
      if (!isSampled(verdict.id, share) || queue.length >= WAITING_MAX) continue;
      queues.set(source, [...queue, verdict.id]);
      if (!working.has(source))
        working.set(
          source,
          work(source).finally(() => working.delete(source)),
        );
    }
  }

  /** Never rejects. */
  async function work(source: string): Promise<void> {
    for (;;) {
      await after(LEAD_MS, null, { signal: stopping.signal }).catch(() => null);
      const [verdictId, ...rest] = queues.get(source) ?? [];
      if (verdictId === undefined || stopping.signal.aborted) return;
      queues.set(source, rest);
      try {
        await askBeside(source, verdictId);
      } catch (error) {
        const code = error instanceof HubError ? error.code : 'BUG';
        log.warn({ source, code }, 'a revision in the shadow could not be asked');
      }
    }
  }

  async function askBeside(source: string, verdictId: string): Promise<void> {
    const candidate = deps.candidateOf(source);
    if (candidate === null || !(await isSpare(deps, source))) return;
    for (const row of await listOfVerdict(db, { verdictId, source })) {
      const capability = row.capability as CapabilityName;
      const place = placeOf(row);
      if (place === null || !candidate.mayBeAsked(capability)) continue;
      const answer = await askOne(row, { source, revision: candidate.revision, capability, place });
      if (answer !== null) await insertAnswer(db, answer);
      const pauseMs = pauseAfter(await deps.candidates.readStates(), source);
      await after(pauseMs, null, { signal: stopping.signal }).catch(() => null);
    }
  }

  /** Null where the hub itself did not let the question go out, which says nothing. */
  async function askOne(
    row: JudgedRow,
    of: {
      readonly source: string;
      readonly revision: number;
      readonly capability: CapabilityName;
      readonly place: Place;
    },
  ): Promise<ShadowAnswer | null> {
    const key = liveKeyOf(row, of.place.consultation);
    if (key === null || stopping.signal.aborted) return null;
    const askedAt = clock.now();
    const began = performance.now();
    const said: Observation<CapabilityName> = await deps.candidates.ask({
      ...{ source: shadowIdOf(of.source), capability: of.capability, key },
      ...{ purpose: purposeOf(row), maxAgeMs: 0, urgency: 'BATCH' },
    });
    if (said.transport !== 'ANSWERED' && said.hop === 'HUB') return null;
    const pair =
      said.transport === 'ANSWERED'
        ? comparePair(row, of.place, { ok: true, told: said })
        : comparePair(row, of.place, { ok: false, untold: said });
    const { code, refutation, requirements } = pair.after;
    const judged = canonicalJson({ code, refutation, requirements });
    return {
      ...{ id: randomUUID(), source: of.source, revision: of.revision },
      ...{ verdictId: row.verdict_id, position: row.at, askedAt },
      tookMs: Math.round(performance.now() - began),
      isUnanswered: said.transport !== 'ANSWERED',
      ...{ cause: pair.cause, before: pair.before, after: code },
      judgedDigest: createHash('sha256').update(judged).digest('hex'),
      verificationId: row.verification_id,
      agencyCode: row.agency_code,
      subjectName: maskSubjectName({ kind: row.kind, name: row.name }, 'OFFICER'),
    };
  }

  return {
    offer,
    purge() {
      const since = new Date(clock.now().getTime() - KEPT_DAYS * DAY_MS);
      return deleteAnswers(db, { since, rowsMax: ROWS_MAX });
    },
    async stop() {
      stopping.abort();
      queues.clear();
      await Promise.all(working.values());
    },
  };
}

/** The same verdict is in the sample or not, whoever asks; ids are random. */
function isSampled(verdictId: string, share: number): boolean {
  return Number.parseInt(verdictId.slice(0, 8), 16) / 0x1_0000_0000 < share;
}

/** The question is the hub's own, for the case that the live one was for. */
function purposeOf(row: JudgedRow): Purpose {
  return {
    caseId: row.case_id,
    caseNumber: row.case_number,
    matterCode: row.matter_code,
    matterName: row.matter_name,
    legalBasis: row.legal_basis,
    agencyCode: row.agency_code,
    actor: 'job:shadow',
    requestId: `shadow-${row.verdict_id}`,
  };
}
