import type { DefineCrossCheck } from './definition-check.ts';

const NIGHTLY = {
  strategy: 'RECORD_BY_RECORD',
  window: { from: '21:00', until: '06:30' },
  ...{ hoursMax: 9, evidenceHoursMax: 6, acknowledgedWithin: null, settleMinutes: 30 },
  collections: null,
  ...{ planning: null, weights: [], ownerCode: null, dueWorkingDays: 5, isEnabled: true },
  thresholds: { warnShare: 0.05, holdShare: 0.3, countedMin: 50 },
} as const;

const WHOLE = { ...NIGHTLY, strategy: 'WHOLE_COLLECTIONS', isEnabled: false } as const;

/**
 * The cross-checks a hub begins with; operators change them as their own. Those of collections
 * begin when an operator has named the sources that hand them over, and who looks into findings.
 */
export const SHIPPED: readonly Omit<DefineCrossCheck, 'version'>[] = [
  {
    ...NIGHTLY,
    ...{ key: 'commitments-licenses', title: '有效承诺与电子证照库核对' },
    ...{
      left: 'LIVE_COMMITMENTS',
      right: 'LICENSE_LIBRARY',
      keys: ['HOLDER_CODE', 'LICENSE_TYPE'],
    },
    fields: [
      { field: 'STATUS', rule: 'IN_FORCE' },
      { field: 'HOLDER_NAME', rule: 'SAME' },
    ],
    cron: '10 21 * * *',
  },
  {
    ...NIGHTLY,
    ...{ key: 'commitments-register', title: '有效承诺与市场主体公示系统核对' },
    ...{ left: 'LIVE_COMMITMENTS', right: 'PUBLICITY_SYSTEM', keys: ['HOLDER_CODE'] },
    fields: [
      { field: 'STATUS', rule: 'IN_FORCE' },
      { field: 'HOLDER_NAME', rule: 'SAME' },
    ],
    cron: '20 21 * * *',
  },
  {
    ...NIGHTLY,
    ...{ key: 'commitments-acknowledged', title: '承诺信息报送与信用平台回执核对' },
    left: 'COMMITMENT_RECORDS',
    right: 'CREDIT_ACKNOWLEDGMENTS',
    ...{ keys: ['COMMITMENT_CODE'], fields: [{ field: 'ACKNOWLEDGMENT', rule: 'ACKNOWLEDGED' }] },
    ...{ cron: '30 21 * * *', acknowledgedWithin: 3 },
  },
  {
    ...NIGHTLY,
    ...{ key: 'register-credit-lists', title: '市场主体严重违法名单与信用平台失信名单核对' },
    ...{ left: 'ENTERPRISE_REGISTER', right: 'CREDIT_LISTS', keys: ['HOLDER_CODE'] },
    fields: [{ field: 'CREDIT_STANDING', rule: 'AGREES' }],
    cron: '40 21 * * *',
  },
  {
    ...WHOLE,
    ...{ key: 'licenses-register', title: '营业执照库与市场主体登记全量核对' },
    ...{ left: 'LICENSE_COLLECTION', right: 'REGISTER_COLLECTION', keys: ['HOLDER_CODE'] },
    collections: { left: 'license-library', right: 'publicity-system' },
    fields: [
      { field: 'STATUS', rule: 'SAME' },
      { field: 'HOLDER_NAME', rule: 'SAME' },
    ],
    cron: '50 21 * * *',
  },
  {
    ...WHOLE,
    ...{ key: 'licenses-city-province', title: '市级与省级电子证照库全量核对' },
    ...{ left: 'LICENSE_COLLECTION', right: 'LICENSE_COLLECTION', keys: ['LICENSE_IDENTIFIER'] },
    collections: { left: 'license-library', right: 'license-library-of-the-province' },
    fields: [
      { field: 'STATUS', rule: 'SAME' },
      { field: 'HOLDER_NAME', rule: 'SAME' },
      { field: 'HOLDER_CODE', rule: 'SAME' },
      { field: 'VALID_UNTIL', rule: 'SAME' },
    ],
    cron: '55 21 * * *',
  },
];
