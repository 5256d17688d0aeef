import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';

import { FOOD_LICENSE } from '../../sandbox/license-faces.ts';
import { SUBJECTS } from '../../sandbox/fixtures-subjects.ts';
import {
  BeginHolderConsentDocument,
  ConsentedLicensesDocument,
  HolderConsentDocument,
  type BeginHolderConsentInput,
  type SubjectInput,
} from '../generated/operations.ts';
import { AGENCIES } from '../../src/catalog/starter/agencies.ts';
import { createTestClock, startTestHub, type TestHub } from '../support/hub.ts';
import {
  breakSource,
  callsOf,
  forgetCalls,
  MATTERS,
  mendSource,
  openCase,
  verify,
  type Verified,
} from '../support/journey.ts';

const E1 = { kind: 'ENTERPRISE', code: SUBJECTS.e1.code, name: SUBJECTS.e1.name } as const;
const NOON = '2026-09-16T04:00:00Z';

const clock = createTestClock(NOON);
let hub: TestHub;
let about: { caseId: string; subjectId: string };
beforeAll(async () => {
  hub = await startTestHub({ clock, sandbox: { typesByConsent: [FOOD_LICENSE] } });
  about = await open();
});
afterAll(() => hub.stop());
beforeEach(() => clock.set(NOON));

async function open(subject: SubjectInput = E1) {
  const opened = await openCase(hub, { matter: MATTERS.food, subjects: [subject] });
  return { caseId: opened.id, subjectId: opened.subjects[0]!.id };
}

async function control(path: string, record?: object): Promise<unknown> {
  const { controlUrl } = hub.sandbox.sources['license-library'];
  const init = record === undefined ? {} : { method: 'PUT', body: JSON.stringify(record) };
  return (await fetch(`${controlUrl}/records/${path}`, init)).json();
}

/** What a device of this holder shows now. */
async function show(holderCode: string): Promise<string> {
  const shown = `QR-${randomUUID()}`;
  await control(`shown-codes/${shown}`, { holderCode });
  return shown;
}

async function begin(more: Partial<BeginHolderConsentInput> = {}) {
  const input = { ...about, typeCodes: [FOOD_LICENSE], idempotencyKey: randomUUID(), ...more };
  const shown = more.shown ?? (await show(E1.code));
  const asked = { input: { ...input, shown } };
  return (await hub.get(BeginHolderConsentDocument, asked)).beginHolderConsent;
}

/** What the library said of the food license. */
const heard = ({ verdict }: Verified) =>
  verdict.observations.filter(({ source }) => source === 'license-library');

async function state(id: string) {
  clock.set(new Date(clock.now().getTime() + 2_000).toISOString());
  return (await hub.get(HolderConsentDocument, { id })).holderConsent!;
}

/** The holder decides what is before them. */
async function decide(consentId: string, verifyStatus: number): Promise<void> {
  const [row] = await hub.database
    .db('holder_consent')
    .where({ id: consentId })
    .select<{ reference: string }[]>('reference');
  const path = `consents/${row!.reference}`;
  const held = (await control(path)) as object;
  await control(path, { ...held, verifyStatus });
}

const licenses = (id: string) => hub.ask(ConsentedLicensesDocument, { id, typeCode: FOOD_LICENSE });

test('scenario 29: shown, begun, waited for, given, and then read and verified with', async () => {
  const before = await verify(hub, about);
  const { consent } = await begin();
  const waiting = await state(consent!.id);
  const early = await licenses(consent!.id);
  await decide(consent!.id, 2);
  const granted = await state(consent!.id);
  const read = await licenses(consent!.id);
  const after = await verify(hub, about);

  expect(heard(before)).toMatchObject([{ transport: 'NEEDS_CONSENT' }]);
  expect(before.verdict.code).not.toBe('REFUTED');
  expect([consent!.state, waiting.state, granted.state]).toEqual(['WAITING', 'WAITING', 'GRANTED']);
  expect(consent!.expiresAt).toBe('2026-09-16T04:03:00.000Z');
  expect(early.errors).toMatchObject([{ extensions: { code: 'CONSENT_MISSING' } }]);
  expect(read.data?.holderConsent?.licenses).toMatchObject({
    licenses: [{ status: 'VALID' }],
    provenance: { source: 'license-library', recordOutcome: 'FOUND_ONE' },
  });
  expect(heard(after)).toMatchObject([{ transport: 'ANSWERED', recordOutcome: 'FOUND_ONE' }]);
});

test('after three minutes it is over, also over a restart, and says nothing of the holder', async () => {
  const { consent } = await begin();
  await hub.restart();
  clock.set('2026-09-16T04:02:59Z');
  const late = await hub.get(HolderConsentDocument, { id: consent!.id });
  clock.set('2026-09-16T04:03:00Z');
  await decide(consent!.id, 2);
  const over = await hub.get(HolderConsentDocument, { id: consent!.id });
  const read = await licenses(consent!.id);
  await hub.hub.expireConsents();

  expect(late.holderConsent?.state).toBe('WAITING');
  expect(over.holderConsent?.state).toBe('EXPIRED');
  expect(read.errors).toMatchObject([{ extensions: { code: 'CONSENT_EXPIRED' } }]);
  const events = await hub.database
    .db('holder_consent_event')
    .where({ consent_id: consent!.id })
    .orderBy('number')
    .select<{ state: string }[]>('state');
  expect(events.map((event) => event.state)).toEqual(['REQUESTED', 'WAITING', 'EXPIRED']);
});

test('a given consent ends as well, and is good for its own case only', async () => {
  const { consent } = await begin();
  await decide(consent!.id, 2);
  await state(consent!.id);
  const other = await open();
  const elsewhere = await verify(hub, other);
  clock.set('2026-09-16T04:31:00Z');
  const ended = await hub.get(HolderConsentDocument, { id: consent!.id });
  const read = await licenses(consent!.id);

  expect(heard(elsewhere)).toMatchObject([{ transport: 'NEEDS_CONSENT' }]);
  expect(ended.holderConsent?.state).toBe('EXPIRED');
  expect(read.errors).toMatchObject([{ extensions: { code: 'CONSENT_EXPIRED' } }]);
});

test('another agency does not see it', async () => {
  const { consent } = await begin(await open());
  const stranger = { agencyCode: AGENCIES.healthInsurance.code };

  const seen = await hub.get(HolderConsentDocument, { id: consent!.id }, stranger);

  expect(seen.holderConsent).toBeNull();
});

test('a holder who will not is no mismatch, and neither is somebody else’s device', async () => {
  const refused = await open();
  const { consent } = await begin(refused);
  await decide(consent!.id, 3);
  const decided = await state(consent!.id);
  const afterRefusal = await verify(hub, refused);
  const foreign = await open({ ...E1, code: SUBJECTS.e4.code, name: SUBJECTS.e4.name });
  const begun = await begin({ ...foreign, shown: await show(E1.code) });
  await decide(begun.consent!.id, 2);
  await state(begun.consent!.id);
  const afterForeign = await verify(hub, foreign);

  expect(decided.state).toBe('REFUSED');
  expect([afterRefusal.verdict.code, afterForeign.verdict.code]).not.toContain('REFUTED');
  expect(heard(afterRefusal)).toMatchObject([{ transport: 'NEEDS_CONSENT' }]);
  expect(heard(afterForeign)).toMatchObject([{ transport: 'INTEGRITY_FAILED' }]);
});

test('the same request sent again is not put before the holder again', async () => {
  const fresh = await open();
  const input = { ...fresh, idempotencyKey: randomUUID(), shown: await show(E1.code) };
  await forgetCalls(hub);

  const first = await begin(input);
  const again = await begin(input);

  expect(again.consent!.id).toBe(first.consent!.id);
  const calls = await callsOf(hub, 'license-library');
  expect(calls.filter(({ operation }) => operation === 'beginVerify')).toHaveLength(1);
});

test('the source is asked at most every two seconds, and its fault changes nothing', async () => {
  const fresh = await open();
  const { consent } = await begin(fresh);
  await forgetCalls(hub);
  for (let asked = 0; asked < 5; asked += 1)
    await hub.get(HolderConsentDocument, { id: consent!.id });
  const calls = await callsOf(hub, 'license-library');
  await breakSource(hub, 'license-library', { kind: 'down' });
  const silent = await state(consent!.id);
  await mendSource(hub, 'license-library');

  expect(calls.filter(({ operation }) => operation === 'currentStatus')).toHaveLength(1);
  expect(silent.state).toBe('WAITING');
});

test('what cannot be begun is on record as failed, with the reason', async () => {
  const fresh = await open();

  const unknown = await begin({ ...fresh, shown: 'nobody shows this' });
  await breakSource(hub, 'license-library', { kind: 'down' });
  const down = await begin(fresh);
  await mendSource(hub, 'license-library');

  expect(unknown.consent).toMatchObject({ state: 'FAILED', fault: 'SOURCE_UNSUPPORTED:NOT_SHOWN' });
  expect(down.consent).toMatchObject({
    ...{ state: 'FAILED', fault: expect.stringMatching(/^SOURCE_UNREACHABLE/u) },
  });
});

test('what is wrong is named, and the holder is not bothered', async () => {
  const fresh = await open();
  await forgetCalls(hub);

  const wrong = await begin({ ...fresh, typeCodes: [FOOD_LICENSE, FOOD_LICENSE], shown: ' ' });
  const none = await begin({ ...fresh, typeCodes: [] });
  const foreign = await begin({ caseId: randomUUID(), subjectId: randomUUID() });

  expect(wrong.userErrors.map(({ code, field }) => [code, field.join('.')])).toEqual([
    ['LENGTH_OUT_OF_RANGE', 'shown'],
    ['MALFORMED_CODE', 'typeCodes.1'],
  ]);
  expect(none.userErrors.map(({ code }) => code)).toContain('TOO_MANY');
  expect(foreign.userErrors).toMatchObject([{ code: 'UNKNOWN_CASE' }]);
  expect(await callsOf(hub, 'license-library')).toEqual([]);
});

test('no more than three requests wait before one holder', async () => {
  const fresh = await open();
  for (let asked = 0; asked < 3; asked += 1) await begin(fresh);

  const fourth = await begin(fresh);

  expect(fourth.userErrors).toMatchObject([{ code: 'TOO_MANY' }]);
});
