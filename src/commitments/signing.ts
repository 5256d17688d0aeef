import { randomUUID } from 'node:crypto';

import { HubError } from '../errors.ts';
import type { Caller } from '../model/caller.ts';
import type { SubjectInCase } from '../model/case-file.ts';
import { publicityOf, type Commitment } from '../model/commitment.ts';
import { commitmentCode } from '../model/commitment-code.ts';
import { businessDate } from '../model/clock.ts';
import { mistake, type Accepted } from '../model/user-error.ts';
import type { Transaction } from '../store/database.ts';
import { checkSigning } from './check-signing.ts';
import type {
  CommitmentsDependencies,
  PublishedText,
  SignCommitment,
  Signed,
} from './commitments.ts';
import {
  findCommitment,
  hasCommitted,
  insertCommitment,
  insertEvent,
  listRoutes,
  lockSubject,
  takeSerial,
} from './queries.ts';
import type { Routing } from './routing.ts';

/** Takes in signed commitments. */
export function createSigning(deps: CommitmentsDependencies & { readonly routing: Routing }) {
  const { db, clock, refusals, routing } = deps;

  async function sign(caller: Caller, input: SignCommitment): Promise<Accepted<Signed>> {
    const refuse = (errors: Parameters<typeof refusals.refuse>[2]) =>
      refusals.refuse(caller, 'signCommitment', errors);
    const earlier = await findCommitment(db, {
      agencyCode: caller.agencyCode,
      key: input.idempotencyKey,
    });
    if (earlier !== null) return signedBefore(earlier, input);

    const found = await deps.findInCase(caller.agencyCode, input);
    if (!found.ok) return refuse(found.errors);
    const { matter } = found.value;
    const signedOn = businessDate(clock.now());
    const text = await deps.findText(matter, signedOn);
    const check = await deps.findEligibilityCheck(caller.agencyCode, input.eligibilityCheckId);
    const isPublicMatter = matter.publicity !== null;
    const errors = checkSigning(input, { check, text, isPublicMatter, today: signedOn });
    const agency = await deps.findAgency(caller.agencyCode);
    const unknown =
      agency === null
        ? [mistake('UNKNOWN_AGENCY', [], 'Your agency is not registered, so it has no region.')]
        : [];
    if (text === null || agency === null || errors.length > 0)
      return refuse([...errors, ...unknown]);

    const signed = await db.transaction(async (trx): Promise<Accepted<Signed>> => {
      const about = { caseId: input.caseId, subjectId: input.subjectId };
      await lockSubject(trx, input.subjectId);
      const meanwhile = await findCommitment(trx, {
        agencyCode: caller.agencyCode,
        key: input.idempotencyKey,
      });
      if (meanwhile !== null) return signedBefore(meanwhile, input);
      if ((await hasCommitted(trx, about)) || (await listRoutes(trx, about)).length > 0)
        return {
          ok: false,
          errors: [
            mistake(
              'ALREADY_COMMITTED',
              ['subjectId'],
              'The subject has chosen its route already.',
            ),
          ],
        };
      if (isPublicMatter && input.agreesToPublicity === false) {
        const route = { ...about, ground: 'PUBLICITY_REFUSED' } as const;
        const certificateRoute = await routing.take(trx, caller, route);
        return { ok: true, value: { commitment: null, certificateRoute } };
      }
      const { regionCode } = agency;
      const commitment = await record(trx, caller, { input, ...found.value, text, regionCode });
      return { ok: true, value: { commitment, certificateRoute: null } };
    });
    // On record by a connection of its own, which nobody may wait for inside a transaction.
    return signed.ok ? signed : refuse(signed.errors);
  }

  async function record(
    trx: Transaction,
    caller: Caller,
    about: SubjectInCase & { input: SignCommitment; text: PublishedText; regionCode: string },
  ): Promise<Commitment> {
    const { input, text, caseFile, subject, matter, regionCode } = about;
    const signedAt = clock.now();
    const signedOn = businessDate(signedAt);
    const serial = await takeSerial(trx, { regionCode, day: signedOn });
    const commitment: Commitment = {
      id: randomUUID(),
      code: commitmentCode(regionCode, signedOn, serial),
      caseId: caseFile.id,
      subjectId: subject.id,
      agencyCode: caller.agencyCode,
      matterCode: matter.code,
      matterVersion: matter.version,
      eligibilityCheckId: input.eligibilityCheckId,
      text: {
        templateId: text.templateId,
        templateVersion: text.templateVersion,
        digest: text.digest,
      },
      signer: {
        name: input.signerName.trim(),
        capacity: input.signerCapacity,
        proxyBasis: input.proxyBasis?.trim() ?? null,
      },
      signedOn,
      signedAt,
      acceptedBy: caller.account,
      validUntil: input.validUntil,
      publicity: publicityOf(matter.publicity !== null, subject.kind),
      state: 'SIGNED',
      version: 1,
    };
    await insertCommitment(trx, { ...commitment, idempotencyKey: input.idempotencyKey });
    await insertEvent(trx, {
      ...{ commitmentId: commitment.id, number: 1, step: null, state: 'SIGNED' },
      ...{ at: signedAt, by: caller.account, reason: null, basis: null },
    });
    await deps.enter(trx, {
      ...{ kind: 'COMMITMENT_SIGNED', subject, on: signedOn, about: null },
      ...{ reference: commitment.code, agencyCode: caller.agencyCode, by: caller.account },
    });
    await deps.onChanged(trx, commitment);
    return commitment;
  }

  return { sign };
}

/** @throws {HubError} CONFLICT when the key was used for another signing. */
function signedBefore(earlier: Commitment, input: SignCommitment): Accepted<Signed> {
  const isSame =
    earlier.caseId === input.caseId &&
    earlier.subjectId === input.subjectId &&
    earlier.text.digest === input.textDigest.toLowerCase();
  if (!isSame) throw new HubError('CONFLICT', { details: { field: 'idempotencyKey' } });
  return { ok: true, value: { commitment: earlier, certificateRoute: null } };
}
