import { canonicalJson } from '../model/canonical-json.ts';
import type { SignedReport } from '../model/observe/person.ts';
import { sha256 } from '../model/sampling.ts';
import type { WorkOrder } from '../model/work-order.ts';

/** What both inspectors signed, for observing it. Null where they have not. */
export function signedReportOf(order: WorkOrder): SignedReport | null {
  const { id: orderId, report, questions, agencyCode, inspectors } = order;
  if (report === null || report.signedAt === null) return null;
  const { inspectedOn, results, documents, reportedBy, signedBy, signedAt } = report;
  const recorded = [orderId, inspectedOn, results, documents, reportedBy, signedBy];
  return {
    ...{ orderId, questions, inspectedOn, results, documents, signedAt },
    witnesses: inspectors.map((account) => `${agencyCode}/${account}`),
    digest: sha256(canonicalJson([...recorded, signedAt.toISOString()])),
  };
}
