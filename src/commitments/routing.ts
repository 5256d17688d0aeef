import type { Caller } from '../model/caller.ts';
import type { CertificateGround, CertificateRoute } from '../model/commitment.ts';
import { mistake, type Accepted } from '../model/user-error.ts';
import type { Transaction } from '../store/database.ts';
import type { ChooseCertificate, CommitmentsDependencies } from './commitments.ts';
import { hasCommitted, insertRoute } from './queries.ts';

/** The certificate route (提交证明): what an applicant does who does not commit. */
export type Routing = ReturnType<typeof createRouting>;

/** Routes of the room. */
export function createRouting(
  deps: Pick<CommitmentsDependencies, 'db' | 'clock' | 'refusals' | 'findInCase'>,
) {
  const { db, clock, refusals } = deps;

  async function choose(
    caller: Caller,
    { caseId, subjectId, ground }: ChooseCertificate,
  ): Promise<Accepted<CertificateRoute>> {
    const found = await deps.findInCase(caller.agencyCode, { caseId, subjectId });
    if (!found.ok) return refusals.refuse(caller, 'chooseCertificate', found.errors);
    const chosen = await db.transaction(async (trx): Promise<Accepted<CertificateRoute>> => {
      if (await hasCommitted(trx, { caseId, subjectId }))
        return {
          ok: false,
          errors: [
            mistake('ALREADY_COMMITTED', ['subjectId'], 'It has committed. Withdraw that first.'),
          ],
        };
      return { ok: true, value: await take(trx, caller, { caseId, subjectId, ground }) };
    });
    return chosen.ok ? chosen : refusals.refuse(caller, 'chooseCertificate', chosen.errors);
  }

  /** The route of a subject, in the transaction of whatever leads to it. */
  async function take(
    trx: Transaction,
    caller: Caller,
    about: { caseId: string; subjectId: string; ground: CertificateGround },
  ): Promise<CertificateRoute> {
    return insertRoute(trx, { ...about, since: clock.now(), by: caller.account });
  }

  return { choose, take };
}
