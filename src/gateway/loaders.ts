import DataLoader from 'dataloader';

import { HubError } from '../errors.ts';
import type { AssistanceAlarm } from '../model/assistance-clock.ts';
import type { AssistanceEvent } from '../model/assistance-record.ts';
import type { AssistanceRequest } from '../model/assistance-request.ts';
import type { Caller } from '../model/caller.ts';
import type { CaseFile, CaseSubject } from '../model/case-file.ts';
import type { BusinessDate } from '../model/business-date.ts';
import type { Ladder } from '../model/ladder-clock.ts';
import type { Matter } from '../model/matter.ts';
import type { OfficerDecision } from '../model/officer-decision.ts';
import type { PolicyVersion } from '../model/policy-version.ts';
import type { CrossCheck } from '../model/cross-check.ts';
import type { CrossCheckFinding, FindingEvent } from '../model/cross-check-finding.ts';
import type { SignedSummary } from '../model/signed-summary.ts';
import type { Discrepancy, FollowUp, Verdict, Verification } from '../model/verification.ts';
import type { WorkOrder } from '../model/work-order.ts';
import type { Services } from './services.ts';

/** A matter in one of its versions. */
export interface MatterVersion {
  readonly code: string;
  readonly version: number;
}

/** The policies of a version of a matter on a day. */
export interface PolicyOfMatter {
  readonly matterCode: string;
  readonly matterVersion: number;
  readonly on: BusinessDate;
}

/** One for each edge of the graph: what a page needs of a kind is read at once. */
export type Loaders = Readonly<{
  matter: DataLoader<MatterVersion, Matter | null, string>;
  policyVersion: DataLoader<PolicyOfMatter, PolicyVersion | null, string>;
  case: DataLoader<string, CaseFile | null>;
  subject: DataLoader<string, CaseSubject | null>;
  subjectsOfCase: DataLoader<string, readonly CaseSubject[]>;
  verification: DataLoader<string, Verification | null>;
  verificationsOfCase: DataLoader<string, readonly Verification[]>;
  verificationsOfSubject: DataLoader<string, readonly Verification[]>;
  verdicts: DataLoader<string, readonly Verdict[]>;
  discrepancies: DataLoader<string, readonly Discrepancy[]>;
  followUps: DataLoader<string, readonly FollowUp[]>;
  ladder: DataLoader<string, Ladder | null>;
  decisions: DataLoader<string, readonly OfficerDecision[]>;
  workOrdersOfVerification: DataLoader<string, readonly WorkOrder[]>;
  assistanceRequest: DataLoader<string, AssistanceRequest | null>;
  assistanceOfSubject: DataLoader<string, readonly AssistanceRequest[]>;
  assistanceOfVerification: DataLoader<string, readonly AssistanceRequest[]>;
  assistanceEvents: DataLoader<string, readonly AssistanceEvent[]>;
  assistanceAlarms: DataLoader<string, readonly AssistanceAlarm[]>;
  assistanceParts: DataLoader<string, readonly AssistanceRequest[]>;
  crossCheck: DataLoader<string, CrossCheck | null>;
  signedSummary: DataLoader<string, SignedSummary | null>;
  finding: DataLoader<string, CrossCheckFinding | null>;
  findingEvents: DataLoader<string, readonly FindingEvent[]>;
}>;

const KEYS_MAX = 1_000;

/** Every read is confined to the caller's agency by the room that serves it. */
export function createLoaders(services: Services, caller: Caller): Loaders {
  const { catalog, casework, verifications, assistance, workOrders, crossChecks } = services;
  const { agencyCode } = caller;
  return {
    matter: new DataLoader((keys) => catalog.listVersions(keys), {
      cacheKeyFn: ({ code, version }) => `${code}@${version}`,
      maxBatchSize: KEYS_MAX,
    }),
    policyVersion: new DataLoader((keys) => services.policies.listInForce(keys), {
      cacheKeyFn: ({ matterCode, matterVersion, on }) => `${matterCode}@${matterVersion} ${on}`,
      maxBatchSize: KEYS_MAX,
    }),
    case: byId((ids) => casework.listCases(agencyCode, ids)),
    subject: byId((ids) => casework.listSubjects(agencyCode, ids)),
    subjectsOfCase: byId((ids) => casework.listSubjectsOfCases(agencyCode, ids)),
    verification: byId((ids) => verifications.listByIds(agencyCode, ids)),
    verificationsOfCase: byId((ids) => verifications.listOfCases(agencyCode, ids)),
    verificationsOfSubject: byId((ids) => verifications.listOfSubjects(agencyCode, ids)),
    verdicts: byId((ids) => verifications.listVerdicts(ids)),
    discrepancies: byId((ids) => verifications.listDiscrepancies(ids)),
    followUps: byId((ids) => verifications.listFollowUps(ids)),
    ladder: byId((ids) => verifications.listLadders(ids)),
    decisions: byId((ids) => verifications.listDecisions(ids)),
    workOrdersOfVerification: byId((ids) => workOrders.listOfVerifications(ids)),
    assistanceRequest: byId((ids) => assistance.listByIds(agencyCode, ids)),
    assistanceOfSubject: byId((ids) => assistance.listOfSubjects(agencyCode, ids)),
    crossCheck: byId((ids) => crossChecks.listByIds(ids)),
    signedSummary: byId((ids) => crossChecks.counterSigning.listSummaries(ids)),
    finding: byId((ids) => crossChecks.findings.listByIds(caller, ids)),
    findingEvents: byId((ids) => crossChecks.findings.listEvents(ids)),
    assistanceEvents: byId((ids) => assistance.listEvents(ids)),
    assistanceAlarms: byId((ids) => assistance.listAlarms(ids)),
    assistanceParts: byId((ids) => assistance.listParts(ids)),
    assistanceOfVerification: byId((ids) => assistance.listOfVerifications(agencyCode, ids)),
  };
}

function byId<T>(list: (ids: readonly string[]) => Promise<readonly T[]>): DataLoader<string, T> {
  return new DataLoader(list, { maxBatchSize: KEYS_MAX });
}

/**
 * What another record refers to, and must therefore be there.
 *
 * @throws {HubError} NOT_FOUND.
 */
export async function getLoaded<K, T, C>(loader: DataLoader<K, T | null, C>, key: K): Promise<T> {
  const found = await loader.load(key);
  if (found === null) throw new HubError('NOT_FOUND');
  return found;
}
