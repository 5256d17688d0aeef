import { randomUUID } from 'node:crypto';

import type { Refusals } from '../audit/refusals.ts';
import { HubError } from '../errors.ts';
import type { Caller } from '../model/caller.ts';
import type { SubjectInCase } from '../model/case-file.ts';
import type { Clock } from '../model/clock.ts';
import {
  CONSENT_LIFE,
  CONSENT_USE_MS,
  consentStateAt,
  type ConsentSought,
  type ConsentStep,
  type HolderConsent,
  type UsableConsent,
} from '../model/consent.ts';
import { isUuid } from '../model/cursor.ts';
import { purposeOfCase } from '../model/purpose.ts';
import { checkLength, mistake, type Accepted, type UserError } from '../model/user-error.ts';
import type { Consents as SourceConsents } from '../sources/consents.ts';
import { isSourceFault, reasonOf } from '../sources/transport.ts';
import type { Database } from '../store/database.ts';
import { runOnce } from '../store/request-key.ts';
import {
  changeConsent,
  claimPoll,
  findConsent,
  insertConsent,
  listConsents,
  listOver,
} from './queries.ts';

/** The consent of holders to have their licenses read (持证人授权查询). */
export interface Consents {
  /**
   * Puts a request before the holder, by way of the source that has the licenses. On record before
   * the source hears of it. What the source made of it is in the state.
   *
   * @throws {HubError} CONFLICT when the key belongs to another request.
   */
  begin(caller: Caller, input: BeginConsent): Promise<Accepted<HolderConsent>>;
  /** As it stands now; asks the source, at most every two seconds. Null where there is none. */
  read(caller: Caller, id: string): Promise<HolderConsent | null>;
  /** Under which consent licenses of the type may be read now. Null where there is none. */
  findUsable(about: ConsentSought): Promise<UsableConsent | null>;
  /** The same for one of them. @throws {HubError} CONSENT_EXPIRED, CONSENT_MISSING. */
  requireUsable(consent: HolderConsent, typeCode: string): Promise<UsableConsent>;
  /** Writes down what is over by the clock. Never rejects. */
  expireDue(): Promise<void>;
  /** By the clock: a wait and a term end whether or not anybody has noticed. */
  stateOf(consent: HolderConsent): Promise<HolderConsent['state']>;
}

/** Whose consent is asked for, for which types, and what their device shows. */
export interface BeginConsent {
  readonly caseId: string;
  readonly subjectId: string;
  readonly shown: string;
  readonly typeCodes: readonly string[];
  readonly idempotencyKey: string;
}

/** What the room works with. */
export interface ConsentsDependencies {
  readonly db: Database;
  readonly clock: Clock;
  readonly refusals: Pick<Refusals, 'refuse'>;
  readonly log: { warn(facts: object, message: string): void };
  readonly sourceConsents: SourceConsents;
  findInCase(
    agencyCode: string,
    ids: { caseId: string; subjectId: string },
  ): Promise<Accepted<SubjectInCase>>;
  /** The source that gives licenses of this type away by consent. Null where none does. */
  sourceFor(subjectInCase: SubjectInCase, typeCode: string): string | null;
}

const SHOWN_LENGTH_MAX = 1_024;
const KEY_LENGTH_MAX = 64;
const POLL_PAUSE_MS = 2_000;
const WAITING_MAX = 3;
const OVER_AT_ONCE = 500;
/** GB/T 36903: a license type code has 21 characters. */
const TYPE_CODE = /^[0-9A-Z]{18}[0-9A-Z]{3}$/u;

/** The room that asks holders. */
export function createConsents(deps: ConsentsDependencies): Consents {
  const { db, clock, refusals, sourceConsents } = deps;

  async function begin(caller: Caller, input: BeginConsent): Promise<Accepted<HolderConsent>> {
    const refuse = (errors: readonly UserError[]) =>
      refusals.refuse(caller, 'beginHolderConsent', errors);
    const found = await deps.findInCase(caller.agencyCode, input);
    if (!found.ok) return refuse(found.errors);
    const [typeCode = ''] = input.typeCodes;
    const source = deps.sourceFor(found.value, typeCode);
    const terms = source === null ? null : sourceConsents.termsOf(source);
    const mistakes = [
      ...checkBegin(input, terms?.typesMax ?? 1),
      ...(terms === null ? [mistake('UNKNOWN_SOURCE', ['typeCodes'], NO_SOURCE)] : []),
      ...(await checkWaiting(caller.agencyCode, input)),
    ];
    if (source === null || terms === null || mistakes.length > 0) return refuse(mistakes);

    const at = clock.now();
    const { idempotencyKey, ...asked } = input;
    const wanted: HolderConsent = {
      ...{ id: randomUUID(), agencyCode: caller.agencyCode, source, state: 'REQUESTED' },
      ...{ caseId: input.caseId, subjectId: input.subjectId, typeCodes: input.typeCodes },
      ...{ version: 1, reference: null, fault: null, grantedAt: null, nextPollAt: at },
      ...{ requestedAt: at, requestedBy: caller.account },
      expiresAt: new Date(at.getTime() + terms.patienceMs),
    };
    const recorded = await db.transaction((trx) =>
      runOnce(
        trx,
        {
          ...{ agencyCode: caller.agencyCode, idempotencyKey, input: asked },
          operation: 'beginHolderConsent',
        },
        async () => {
          await insertConsent(trx, wanted, takerOf(caller));
          return { ok: true, value: wanted.id };
        },
      ),
    );
    if (!recorded.ok) return recorded;
    // The same request sent again is not put before the holder again.
    if (recorded.value === wanted.id) await putBefore(caller, wanted, { ...found.value, input });
    return { ok: true, value: (await find(caller.agencyCode, recorded.value)) ?? wanted };
  }

  async function putBefore(
    caller: Caller,
    consent: HolderConsent,
    about: SubjectInCase & { input: BeginConsent },
  ): Promise<void> {
    const { shown, typeCodes } = about.input;
    const { source } = consent;
    const purpose = purposeOfCase(caller, about);
    try {
      const reference = await sourceConsents.begin({ source, purpose, shown, typeCodes });
      await step(consent, 'BEGIN', { ...takerOf(caller), reference });
    } catch (error) {
      if (!isSourceFault(error)) throw error;
      await step(consent, 'FAIL', { ...takerOf(caller), fault: reasonOf(error) });
    }
  }

  async function read(caller: Caller, id: string): Promise<HolderConsent | null> {
    const consent = await find(caller.agencyCode, id);
    if (consent === null) return null;
    const now = clock.now();
    if (consentStateAt(consent, now) !== 'WAITING' || consent.reference === null) return consent;
    const next = new Date(now.getTime() + POLL_PAUSE_MS);
    if (!(await claimPoll(db, { id, now, next }))) return consent;
    const about = await deps.findInCase(caller.agencyCode, consent);
    if (!about.ok) return consent;
    const { source, reference } = consent;
    const purpose = purposeOfCase(caller, about.value);
    try {
      const answer = await sourceConsents.answerOf({ source, reference, purpose });
      if (answer === 'GRANTED') await step(consent, 'GRANT', takerOf(caller));
      if (answer === 'REFUSED') await step(consent, 'REFUSE', takerOf(caller));
    } catch (error) {
      // A source that does not say is asked again; until then nothing is known.
      if (!isSourceFault(error)) throw error;
      deps.log.warn({ source, reason: reasonOf(error) }, 'the state of a consent is not known');
    }
    return find(caller.agencyCode, id);
  }

  async function step(
    consent: HolderConsent,
    taken: ConsentStep,
    told: ReturnType<typeof takerOf> & { readonly reference?: string; readonly fault?: string },
  ): Promise<void> {
    const state = CONSENT_LIFE.after(consent.state, taken);
    if (state === null) return;
    await db.transaction((trx) => changeConsent(trx, consent, { ...told, state }));
  }

  async function checkWaiting(
    agencyCode: string,
    input: BeginConsent,
  ): Promise<readonly UserError[]> {
    const now = clock.now();
    const waiting = (await listConsents(db, { ...input, agencyCode })).filter((one) =>
      ['REQUESTED', 'WAITING'].includes(consentStateAt(one, now)),
    );
    return waiting.length < WAITING_MAX
      ? []
      : [mistake('TOO_MANY', [], `Wait: ${WAITING_MAX} requests are before this holder.`)];
  }

  async function find(agencyCode: string, id: string): Promise<HolderConsent | null> {
    return isUuid(id) ? findConsent(db, { agencyCode, id }) : null;
  }

  function takerOf(caller: Pick<Caller, 'account' | 'requestId'>) {
    return { at: clock.now(), by: caller.account, requestId: caller.requestId };
  }

  async function expireDue(): Promise<void> {
    const now = clock.now();
    const grantedBefore = new Date(now.getTime() - CONSENT_USE_MS);
    try {
      const taker = takerOf({ account: 'job:consents', requestId: `consents:${randomUUID()}` });
      for (const consent of await listOver(db, { now, grantedBefore, rows: OVER_AT_ONCE }))
        await step(consent, 'EXPIRE', taker);
    } catch (error) {
      deps.log.warn({ err: error }, 'consents that are over could not be marked');
    }
  }

  function usable(consent: HolderConsent, typeCode: string): UsableConsent {
    const state = consentStateAt(consent, clock.now());
    if (state === 'EXPIRED') throw new HubError('CONSENT_EXPIRED');
    const { source, reference } = consent;
    if (state !== 'GRANTED' || reference === null || !consent.typeCodes.includes(typeCode))
      throw new HubError('CONSENT_MISSING', { details: { state } });
    return { source, reference };
  }

  return {
    ...{ begin, read, expireDue },
    requireUsable: async (consent, typeCode) => usable(consent, typeCode),
    stateOf: async (consent) => consentStateAt(consent, clock.now()),
    async findUsable(about) {
      const now = clock.now();
      const [granted] = (await listConsents(db, about)).filter(
        (one) => consentStateAt(one, now) === 'GRANTED' && one.typeCodes.includes(about.typeCode),
      );
      return granted === undefined ? null : usable(granted, about.typeCode);
    },
  };
}

const NO_SOURCE = 'No source gives licenses of this type away by consent: ask without it.';

function checkBegin(input: BeginConsent, typesMax: number): readonly UserError[] {
  const { typeCodes } = input;
  return [
    ...checkLength(input.shown, ['shown'], SHOWN_LENGTH_MAX),
    ...checkLength(input.idempotencyKey, ['idempotencyKey'], KEY_LENGTH_MAX),
    ...(typeCodes.length < 1 || typeCodes.length > typesMax
      ? [mistake('TOO_MANY', ['typeCodes'], `Send 1 to ${typesMax} license types.`)]
      : []),
    ...typeCodes.flatMap((code, index) =>
      TYPE_CODE.test(code) && typeCodes.indexOf(code) === index
        ? []
        : [mistake('MALFORMED_CODE', ['typeCodes', String(index)], 'Send each type code once.')],
    ),
  ];
}
