import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import { SUBJECTS } from '../../sandbox/fixtures-subjects.ts';
import {
  CertificateRoutesDocument,
  ChooseCertificateDocument,
  ConcludeCommitmentDocument,
  DecideEligibilityDocument,
  DraftFormatTextDocument,
  FulfillCommitmentDocument,
  PublicCommitmentsDocument,
  PublishFormatTextDocument,
  ReadCommitmentDocument,
  SubjectFileDocument,
  WithdrawCommitmentDocument,
} from '../generated/operations.ts';
import { checkSubject, elementsWithout, publishText, trySign } from '../support/commitments.ts';
import { createTestClock, startTestHub, type TestHub } from '../support/hub.ts';
import { breakSource, MATTERS, matterCode, mendSource, verify } from '../support/journey.ts';

const NOON = '2026-09-18T04:00:00Z';
const clock = createTestClock(NOON);
const { e1, e2, e4, h1, p1 } = SUBJECTS;
const E1 = { kind: 'ENTERPRISE', code: e1.code, name: e1.name } as const;
const E2 = { kind: 'ENTERPRISE', code: e2.code, name: e2.name } as const;
const E4 = { kind: 'ENTERPRISE', code: e4.code, name: e4.name } as const;
const H1 = { kind: 'INDIVIDUAL_BUSINESS', code: h1.code, name: h1.name } as const;
const P1 = { kind: 'PERSON', code: p1.code, name: p1.name } as const;
const HUMAN_RESOURCES = { agencyCode: '11370800MB3TE0D44P' };
const HEALTH = { agencyCode: '11370800MB3TE0E59X' };

let hub: TestHub;
let waterText: string;
beforeAll(async () => {
  hub = await startTestHub({ clock, policy: { failuresMax: 1_000 } });
  waterText = await publishText(hub, MATTERS.waterTransport);
});
afterAll(() => hub.stop());
beforeEach(() => clock.set(NOON));

const water = (subject: typeof E1 | typeof E2 | typeof E4) =>
  checkSubject(hub, { matter: MATTERS.waterTransport, subject });

describe('scenario 1, a commitment is signed', () => {
  test('its code is region of acceptance, day and serial, and its file and life begin', async () => {
    const checked = await water(E1);
    const first = await trySign(hub, checked, { textDigest: waterText });
    const second = await trySign(hub, await water(E4), { textDigest: waterText });

    expect(checked.check).toMatchObject({ outcome: 'ELIGIBLE', mayCommit: true });
    expect(first.commitment).toMatchObject({
      ...{ state: 'SIGNED', version: 1, publicity: 'NOT_ASKED', textDigest: waterText },
      allowedSteps: ['WITHDRAW', 'TERMINATE', 'CONCLUDE'],
    });
    expect(first.commitment!.code).toMatch(/^37080020260918\d{6}$/u);
    expect(Number(second.commitment!.code)).toBe(Number(first.commitment!.code) + 1);
    const { subjectFile } = await hub.get(SubjectFileDocument, { subjectId: checked.subjectId });
    expect(subjectFile!.entries).toEqual([
      expect.objectContaining({ kind: 'COMMITMENT_SIGNED', reference: first.commitment!.code }),
    ]);
  });

  test('the same signing again is the first one, and another under its key is a conflict', async () => {
    const checked = await water(E1);
    const more = { textDigest: waterText, idempotencyKey: 'counter-7' };
    const first = await trySign(hub, checked, more);

    const again = await trySign(hub, checked, more);
    const other = await water(E4);

    expect(again.commitment).toEqual(first.commitment);
    await expect(trySign(hub, other, more)).rejects.toThrow(/CONFLICT/u);
  });

  test('a subject commits once in a case, and not beside the certificate route', async () => {
    const checked = await water(E1);
    await trySign(hub, checked, { textDigest: waterText });
    const { caseId, subjectId } = checked;

    const twice = await trySign(hub, checked, { textDigest: waterText });
    const { chooseCertificate } = await hub.get(ChooseCertificateDocument, {
      input: { caseId, subjectId, ground: 'NOT_CHOSEN' },
    });

    expect(twice.userErrors).toMatchObject([{ code: 'ALREADY_COMMITTED' }]);
    expect(chooseCertificate.userErrors).toMatchObject([{ code: 'ALREADY_COMMITTED' }]);
  });

  test('a text that is not the published one, a proxy, a check of yesterday: all named', async () => {
    const checked = await water(E1);
    clock.set('2026-09-19T04:00:00Z');

    const { userErrors } = await trySign(hub, checked, {
      ...{ textDigest: 'ab'.repeat(32), signerCapacity: 'PROXY', proxyBasis: '授权委托书' },
      validUntil: '2026-09-01',
    });

    expect(userErrors.map(({ code, field }) => [code, ...field])).toEqual([
      ['NOT_ELIGIBLE', 'eligibilityCheckId'],
      ['TEXT_DIFFERS', 'textDigest'],
      ['PROXY_NOT_ALLOWED', 'signerCapacity'],
      ['DATE_OUT_OF_RANGE', 'validUntil'],
    ]);
  });
});

describe('scenario 19, an applicant who may not commit', () => {
  test('a standing entry of serious dishonesty blocks, with evidence, and no officer lifts it', async () => {
    const checked = await water(E2);
    const { decideEligibility } = await hub.get(DecideEligibilityDocument, {
      input: { checkId: checked.check.id, reason: '企业说明情况' },
    });
    const signed = await trySign(hub, checked, { textDigest: waterText });

    expect(checked.check).toMatchObject({ outcome: 'BLOCKED', mayCommit: false });
    const block = checked.check.findings.find(({ effect }) => effect === 'BLOCK');
    expect(block).toMatchObject({ ground: 'SERIOUSLY_DISHONEST', source: 'credit-platform' });
    expect(block!.evidenceDigest).toMatch(/^[0-9a-f]{64}$/u);
    expect(decideEligibility.userErrors).toMatchObject([{ code: 'NOT_ELIGIBLE' }]);
    expect(signed.userErrors).toMatchObject([{ code: 'NOT_ELIGIBLE' }]);
  });

  test('a broken commitment of more than five years ago has no effect', async () => {
    const { check } = await water(E2);

    const old = check.findings.find(({ reference }) => reference === '37080020210209000002');

    expect(old).toMatchObject({ effect: 'NONE', why: 'NO_LONGER_A_BASIS' });
  });

  test('a mark on an individual business warns, and an officer may weigh it', async () => {
    const digest = await publishText(hub, MATTERS.sanitation, HEALTH);
    const checked = await checkSubject(hub, { matter: MATTERS.sanitation, subject: H1 }, HEALTH);
    const before = await trySign(
      ...([hub, checked, { textDigest: digest, agreesToPublicity: true }, HEALTH] as const),
    );
    const input = { checkId: checked.check.id, reason: '已申请恢复正常记载' };

    const { decideEligibility } = await hub.get(DecideEligibilityDocument, { input }, HEALTH);
    const after = await trySign(
      ...([hub, checked, { textDigest: digest, agreesToPublicity: true }, HEALTH] as const),
    );

    expect(checked.check.outcome).toBe('WARNED');
    expect(before.userErrors).toMatchObject([{ code: 'NOT_ELIGIBLE' }]);
    expect(decideEligibility.check).toMatchObject({ mayCommit: true });
    expect(after.commitment).toMatchObject({ state: 'SIGNED', publicity: 'PUBLIC' });
  });

  test('a silent source leaves it undetermined, which is no block', async () => {
    await breakSource(hub, 'credit-platform', { kind: 'refuse' });
    try {
      const { check } = await water(E1);

      expect(check).toMatchObject({
        ...{ outcome: 'UNDETERMINED', unanswered: ['CREDIT'], mayCommit: false },
      });
    } finally {
      await mendSource(hub, 'credit-platform');
    }
  });
});

describe('scenario 20, a withdrawal', () => {
  test('before the conclusion the case returns to the certificate route, and it is no breach', async () => {
    const digest = await publishText(hub, MATTERS.exam, HUMAN_RESOURCES);
    const matter = MATTERS.exam;
    const checked = await checkSubject(hub, { matter, subject: P1 }, HUMAN_RESOURCES);
    const more = { textDigest: digest, signerCapacity: 'SELF', signerName: '张三' } as const;
    const { commitment } = await trySign(hub, checked, more, HUMAN_RESOURCES);
    const input = { commitmentId: commitment!.id, version: 1, reason: '已取得证明' };

    const { withdrawCommitment } = await hub.get(
      WithdrawCommitmentDocument,
      { input },
      HUMAN_RESOURCES,
    );

    expect(withdrawCommitment.commitment).toMatchObject({ state: 'WITHDRAWN', allowedSteps: [] });
    const { certificateRoutes } = await hub.get(
      CertificateRoutesDocument,
      { caseId: checked.caseId },
      HUMAN_RESOURCES,
    );
    expect(certificateRoutes).toEqual([{ ground: 'WITHDRAWN' }]);
    const { subjectFile } = await hub.get(
      SubjectFileDocument,
      { subjectId: checked.subjectId },
      HUMAN_RESOURCES,
    );
    expect(subjectFile!.entries.map(({ kind }) => kind)).toEqual([
      'COMMITMENT_SIGNED',
      'COMMITMENT_WITHDRAWN',
    ]);
    expect(withdrawCommitment.commitment!.signerName).toBe('张*');
  });

  test('after the conclusion it is refused, with the state and what may be done', async () => {
    const { commitment } = await trySign(hub, await water(E1), { textDigest: waterText });
    const commitmentId = commitment!.id;
    await hub.get(ConcludeCommitmentDocument, { input: { commitmentId, version: 1 } });

    const { withdrawCommitment } = await hub.get(WithdrawCommitmentDocument, {
      input: { commitmentId, version: 2, reason: '反悔' },
    });

    expect(withdrawCommitment.userErrors).toMatchObject([
      {
        ...{ code: 'STEP_NOT_ALLOWED', state: 'CONCLUDED' },
        allowed: ['FULFILL', 'FIND_PARTLY', 'FIND_UNFULFILLED'],
      },
    ]);
    const { commitment: read } = await hub.get(ReadCommitmentDocument, { id: commitmentId });
    expect(read!.state).toBe('CONCLUDED');
  });

  test('on old news, without a reason, or by another agency nothing is withdrawn', async () => {
    const { commitment } = await trySign(hub, await water(E1), { textDigest: waterText });
    const commitmentId = commitment!.id;

    const stale = await hub.get(WithdrawCommitmentDocument, {
      input: { commitmentId, version: 9, reason: '已取得证明' },
    });
    const silent = await hub.get(WithdrawCommitmentDocument, {
      input: { commitmentId, version: 1 },
    });
    const foreign = await hub.get(
      WithdrawCommitmentDocument,
      { input: { commitmentId, version: 1, reason: '已取得证明' } },
      HEALTH,
    );

    expect(stale.withdrawCommitment.userErrors).toMatchObject([{ code: 'STALE_VERSION' }]);
    expect(silent.withdrawCommitment.userErrors).toMatchObject([{ code: 'REASON_MISSING' }]);
    expect(foreign.withdrawCommitment.userErrors).toMatchObject([{ code: 'UNKNOWN_COMMITMENT' }]);
  });
});

describe('scenario 21, publicity', () => {
  test('who refuses it under a public matter proves by certificate, and no commitment is made', async () => {
    const digest = await publishText(hub, MATTERS.insurance, HUMAN_RESOURCES);
    const checked = await checkSubject(
      hub,
      { matter: MATTERS.insurance, subject: P1 },
      HUMAN_RESOURCES,
    );
    const asked = { textDigest: digest, signerCapacity: 'SELF' } as const;

    const unasked = await trySign(hub, checked, asked, HUMAN_RESOURCES);
    const refused = await trySign(
      ...([hub, checked, { ...asked, agreesToPublicity: false }, HUMAN_RESOURCES] as const),
    );

    expect(unasked.userErrors).toMatchObject([{ field: ['agreesToPublicity'] }]);
    expect(refused).toMatchObject({
      ...{ commitment: null, certificateRoute: { ground: 'PUBLICITY_REFUSED' }, userErrors: [] },
    });
  });

  test('the commitment of a natural person is never shown to the public', async () => {
    const digest = await publishText(hub, MATTERS.insurance, HUMAN_RESOURCES);
    const checked = await checkSubject(
      hub,
      { matter: MATTERS.insurance, subject: P1 },
      HUMAN_RESOURCES,
    );
    const agreed = { textDigest: digest, signerCapacity: 'SELF', agreesToPublicity: true } as const;

    const { commitment } = await trySign(hub, checked, agreed, HUMAN_RESOURCES);
    const { publicCommitments } = await hub.get(PublicCommitmentsDocument, { first: 100 });

    expect(commitment!.publicity).toBe('BARRED_FOR_PERSONS');
    const codes = publicCommitments.nodes.map(({ code }) => code);
    expect(codes).not.toContain(commitment!.code);
    expect(publicCommitments.nodes.map(({ subjectCode }) => subjectCode)).toEqual([H1.code]);
  });
});

describe('what was promised is kept', () => {
  test('on a verification that confirms, or a reason, and on nothing else', async () => {
    const checked = await water(E1);
    const { commitment } = await trySign(hub, checked, { textDigest: waterText });
    const commitmentId = commitment!.id;
    await hub.get(ConcludeCommitmentDocument, {
      input: { commitmentId, version: 1, basis: '济审服准字〔2026〕1号' },
    });
    const { caseId, subjectId } = checked;
    const verified = await verify(hub, { caseId, subjectId });

    const bare = await hub.get(FulfillCommitmentDocument, { input: { commitmentId, version: 2 } });
    const kept = await hub.get(FulfillCommitmentDocument, {
      input: { commitmentId, version: 2, basis: verified.id },
    });

    expect(bare.fulfillCommitment.userErrors).toMatchObject([{ code: 'BASIS_MISSING' }]);
    expect(kept.fulfillCommitment.commitment).toMatchObject({ state: 'FULFILLED', version: 3 });
    expect(kept.fulfillCommitment.commitment!.events.map(({ state }) => state)).toEqual([
      ...['SIGNED', 'CONCLUDED', 'FULFILLED'],
    ]);
  });
});

describe('scenario 23, a format text', () => {
  test('without the liability for false commitments it cannot be published, and is told so', async () => {
    const elements = elementsWithout('FALSE_COMMITMENT_LIABILITY', 'AGREES_TO_PUBLICITY');
    const input = { matterCode: matterCode(MATTERS.food), elements, allowsProxy: false };
    const { draftFormatText } = await hub.get(DraftFormatTextDocument, { input });

    const { publishFormatText } = await hub.get(PublishFormatTextDocument, {
      input: { id: draftFormatText.text!.id, channels: ['WEBSITE'] },
    });

    expect(draftFormatText.text!.missing).toEqual(['FALSE_COMMITMENT_LIABILITY']);
    expect(publishFormatText.userErrors).toMatchObject([
      { code: 'ELEMENT_MISSING', field: ['elements', 'FALSE_COMMITMENT_LIABILITY'] },
    ]);
    expect(publishFormatText.userErrors[0]!.message).toContain('不实承诺的法律责任');
  });

  test('where none is published nobody can sign', async () => {
    const matter = MATTERS.roadTransport;
    const checked = await checkSubject(hub, { matter, subject: E1 });

    const { userErrors } = await trySign(hub, checked, { textDigest: waterText });

    expect(userErrors).toMatchObject([{ code: 'TEXT_MISSING' }]);
  });
});
