import type { Purpose } from '../model/purpose.ts';

/** What a connector tells a source when an operator checks it: no case, no person. */
export const CHECK_PURPOSE: Purpose = {
  caseId: 'check',
  caseNumber: 'CHECK',
  matterCode: 'CHECK',
  matterName: '系统连通性检查',
  legalBasis: '无',
  agencyCode: 'CHECK',
  actor: 'job:check',
  requestId: 'check',
};
