/**
 * Agencies of the starter catalog. Approval and health insurance have their public codes; the
 * others have made-up codes with right check characters, to be replaced at deployment.
 */
export const AGENCIES = {
  approval: { code: '11370800MB28559184', name: '济宁市行政审批服务局' },
  healthInsurance: { code: '11370800MB2855926Y', name: '济宁市医疗保障局' },
  publicSecurity: { code: '11370800MB3TE0A107', name: '示例市公安局' },
  civilAffairs: { code: '11370800MB3TE0B25D', name: '示例市民政局' },
  justice: { code: '11370800MB3TE0C3XE', name: '示例市司法局' },
  humanResources: { code: '11370800MB3TE0D44P', name: '示例市人力资源和社会保障局' },
  health: { code: '11370800MB3TE0E59X', name: '示例市卫生健康委员会' },
  market: { code: '11370800MB3TE0F632', name: '示例市市场监督管理局' },
} as const;
