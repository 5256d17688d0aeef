import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { makeExecutableSchema } from '@graphql-tools/schema';
import type { GraphQLSchema } from 'graphql';

import type { RequestContext } from './context.ts';
import { assistanceResolvers } from './resolvers/assistance.ts';
import { calendarResolvers } from './resolvers/calendar.ts';
import { caseResolvers } from './resolvers/case.ts';
import { catalogResolvers } from './resolvers/catalog.ts';
import { consentResolvers } from './resolvers/consent.ts';
import { crossCheckResolvers } from './resolvers/cross-check.ts';
import { creditResolvers } from './resolvers/credit.ts';
import { enterpriseResolvers } from './resolvers/enterprise.ts';
import { intakeResolvers } from './resolvers/intake.ts';
import { ladderResolvers } from './resolvers/ladder.ts';
import { licenseFileResolvers } from './resolvers/license-file.ts';
import { licenseResolvers } from './resolvers/license.ts';
import { mappingResolvers } from './resolvers/mapping.ts';
import { registryResolvers } from './resolvers/registry.ts';
import { rootResolvers } from './resolvers/root.ts';
import { commitmentResolvers } from './resolvers/commitment.ts';
import { eligibilityResolvers } from './resolvers/eligibility.ts';
import { formatTextResolvers } from './resolvers/format-text.ts';
import { anomalyResolvers } from './resolvers/anomaly.ts';
import { breachResolvers } from './resolvers/breach.ts';
import { objectionResolvers } from './resolvers/objection.ts';
import { repairResolvers } from './resolvers/repair.ts';
import { statisticsResolvers } from './resolvers/statistics.ts';
import { creditPushResolvers } from './resolvers/credit-push.ts';
import { adjustmentResolvers } from './resolvers/adjustment.ts';
import { adoptionResolvers } from './resolvers/adoption.ts';
import { documentResolvers } from './resolvers/document.ts';
import { policyResolvers } from './resolvers/policy.ts';
import { filingResolvers } from './resolvers/filing.ts';
import { matterListResolvers } from './resolvers/matter-list.ts';
import { agencyResolvers } from './resolvers/agency.ts';
import { samplingResolvers } from './resolvers/sampling.ts';
import { shadowResolvers } from './resolvers/shadow.ts';
import { sourceResolvers } from './resolvers/source.ts';
import { subjectResolvers } from './resolvers/subject.ts';
import { bulkResolvers } from './resolvers/bulk.ts';
import { verificationResolvers } from './resolvers/verification.ts';
import { workOrderResolvers } from './resolvers/work-order.ts';
import { scalars } from './scalars.ts';

const RESOLVERS = [
  scalars,
  rootResolvers,
  catalogResolvers,
  caseResolvers,
  subjectResolvers,
  licenseResolvers,
  licenseFileResolvers,
  enterpriseResolvers,
  creditResolvers,
  consentResolvers,
  verificationResolvers,
  bulkResolvers,
  crossCheckResolvers,
  assistanceResolvers,
  sourceResolvers,
  registryResolvers,
  mappingResolvers,
  agencyResolvers,
  breachResolvers,
  objectionResolvers,
  repairResolvers,
  statisticsResolvers,
  creditPushResolvers,
  anomalyResolvers,
  calendarResolvers,
  commitmentResolvers,
  eligibilityResolvers,
  formatTextResolvers,
  matterListResolvers,
  adjustmentResolvers,
  adoptionResolvers,
  policyResolvers,
  documentResolvers,
  filingResolvers,
  shadowResolvers,
  samplingResolvers,
  intakeResolvers,
  ladderResolvers,
  workOrderResolvers,
];

/** The contract in schema/*.graphql, joined with what answers it. */
export function createSchema(): GraphQLSchema {
  return makeExecutableSchema<RequestContext>({
    typeDefs: [...readContract()],
    resolvers: RESOLVERS,
    resolverValidationOptions: { requireResolversToMatchSchema: 'error' },
  });
}

/** The text of schema/*.graphql, one file each, in the order of their names. */
export function readContract(): readonly string[] {
  const folder = findContract();
  return readdirSync(folder)
    .filter((file) => file.endsWith('.graphql'))
    .sort()
    .map((file) => readFileSync(join(folder, file), 'utf8'));
}

/** The code runs from `src/` in development and from `dist/src/` when built. */
function findContract(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'schema', 'root.graphql'))) {
    const above = dirname(folder);
    if (above === folder) throw new Error('The folder schema/ is missing from the installation.');
    folder = above;
  }
  return join(folder, 'schema');
}
