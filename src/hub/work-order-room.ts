import type { AssistanceListeners } from '../assistance/life.ts';
import type { Refusals } from '../audit/refusals.ts';
import type { Calendar } from '../calendar/calendar.ts';
import type { Casework } from '../casework/casework.ts';
import type { AssistanceRequest } from '../model/assistance-request.ts';
import type { Clock } from '../model/clock.ts';
import { matterUnder } from '../model/policy-choice.ts';
import type { Verdict } from '../model/verification.ts';
import type { Database } from '../store/database.ts';
import type { CameIn, ToldByAgency } from '../verification/reconsider.ts';
import type { Verifications } from '../verification/verification.ts';
import { createWorkOrders, type WorkOrders } from '../work-orders/work-orders.ts';

/** The room of on-site checks, and how what is seen reaches the verifications that wait. */
export function createWorkOrderRoom(deps: {
  readonly db: Database;
  readonly clock: Clock;
  readonly calendar: Calendar;
  readonly refusals: Refusals;
  readonly casework: Pick<Casework, 'findInCase'>;
  readonly verifications: Verifications;
  onVerdict(verdict: Verdict): void;
}): WorkOrders {
  const { verifications, casework } = deps;
  return createWorkOrders({
    ...{ ...deps, listHandlers: verifications.listHandlers },
    async findJudged(agencyCode, id) {
      const [verification = null] = await verifications.listByIds(agencyCode, [id]);
      const found = verification && (await casework.findInCase(agencyCode, verification));
      if (verification === null || found?.ok !== true) return null;
      const [verdicts = []] = await verifications.listVerdicts([id]);
      const choice = verdicts.at(-1)?.policyChoice ?? null;
      return { verification, matter: matterUnder(found.value.matter, choice) };
    },
    onSeen(trx, order, report) {
      const { agencyCode, caseId, subjectId, requirement, verificationId } = order;
      return verifications.reconsider(trx, {
        ...{ agencyCode, caseId, subjectId, requirement },
        told: { method: 'ON_SITE', verificationId, seen: { orderId: order.id, report } },
      });
    },
  });
}

/** What agencies tell, or that they will not, reaches the verifications that wait. */
export function listenersOf({
  reconsider,
}: Pick<Verifications, 'reconsider'>): AssistanceListeners {
  return {
    async onReplied(trx, request, reply) {
      await reconsider(trx, cameInBy(request, { reply, unanswered: 'ENDED' }));
    },
    async onUnanswered(trx, request, unanswered) {
      await reconsider(trx, cameInBy(request, { reply: null, unanswered }));
    },
  };
}

function cameInBy(
  request: AssistanceRequest,
  { reply, unanswered }: Pick<ToldByAgency, 'reply' | 'unanswered'>,
): CameIn {
  const { askingAgency: agencyCode, caseId, subjectId, requirement } = request;
  const told = { method: 'ASSISTANCE', request, reply, unanswered } as const;
  return { agencyCode, caseId, subjectId, requirement, told };
}
