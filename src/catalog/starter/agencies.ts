import type { Agency } from '../../model/agency.ts';

/**
 * Agencies of the starter catalog. Approval and health insurance have their public codes; the
 * others have made-up codes with right check characters, to be replaced at deployment.
 */
export const AGENCIES = {
  approval: ofCity('11370800MB28559184', '济宁市行政审批服务局'),
  healthInsurance: ofCity('11370800MB2855926Y', '济宁市医疗保障局'),
  publicSecurity: ofCity('11370800MB3TE0A107', '示例市公安局'),
  civilAffairs: ofCity('11370800MB3TE0B25D', '示例市民政局'),
  justice: { ...ofCity('11370800MB3TE0C3XE', '示例市司法局'), isJustice: true },
  humanResources: ofCity('11370800MB3TE0D44P', '示例市人力资源和社会保障局'),
  health: ofCity('11370800MB3TE0E59X', '示例市卫生健康委员会'),
  market: ofCity('11370800MB3TE0F632', '示例市市场监督管理局'),
  provincialJustice: {
    code: '11370000MB3TE0G7Y3',
    name: '示例省司法厅',
    regionCode: '370000',
    level: 'PROVINCE',
    isJustice: true,
  },
  countyJustice: {
    code: '11370811MB3TE0H8Y1',
    name: '示例区司法局',
    regionCode: '370811',
    level: 'COUNTY',
    isJustice: true,
  },
  countyApproval: {
    code: '11370811MB3TE0J9YP',
    name: '示例区行政审批服务局',
    regionCode: '370811',
    level: 'COUNTY',
    isJustice: false,
  },
} as const satisfies Readonly<Record<string, Agency>>;

function ofCity(code: string, name: string): Agency {
  return { code, name, regionCode: '370800', level: 'CITY', isJustice: false };
}
