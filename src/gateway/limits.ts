import { HubError } from '../errors.ts';

/** What one request may ask for. docs/reference/limits.md holds the same table. */
export const LIMITS = {
  bodyBytes: 262_144,
  /** Lexical tokens of the document; comments do not count. */
  tokens: 1_000,
  operations: 1,
  /** Fields inside fields, through fragments. */
  depth: 12,
  /** The same, below `__schema` and `__type`. */
  introspectionDepth: 20,
  /** Renamed fields, `__typename` among them, counted as often as their fragment is used. */
  aliases: 15,
  rootFields: 5,
  directives: 5,
  /** Fields and fragments, counted as often as they are used. */
  selections: 1_000,
  /** `verify` asks sources and decides: one a request. */
  verifyFields: 1,
  /** Lists and objects inside `variables`. */
  variablesDepth: 32,
  /** Questions to sources in the worst case, with the variables of this request. */
  questions: 200,
  /** Objects in the answer in the worst case, with the variables of this request. */
  nodes: 20_000,
  /** Errors told when the request is refused as a whole. */
  errors: 5,
  /** Mistakes told of one mutation. */
  userErrors: 50,
} as const;

export type LimitName = keyof typeof LIMITS;

/** What may listen at once. docs/reference/limits.md says the same. */
export const LIVE_LIMITS = {
  /** WebSockets of one process. */
  sockets: 1_000,
  socketsPerAccount: 10,
  subscriptionsPerSocket: 10,
  /** From the upgrade to `connection_init`. */
  helloMs: 5_000,
} as const;

/** QUERY_TOO_LARGE, naming the limit and how much it allows. */
export function tooLarge(limit: LimitName): HubError {
  return new HubError('QUERY_TOO_LARGE', { details: { limit, max: LIMITS[limit] } });
}

const OF_EVERY_SUBJECT = { findings: 10, assistanceRequests: 20, verifications: 20 } as const;

/**
 * How long each list may become, as the schema promises it, or how long it usually is where a list
 * is part of one record. Lists called `nodes` are as long as `first` says, `userErrors` of every
 * payload as `LIMITS` says.
 */
export const LIST_BOUNDS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  Query: {
    assistanceItems: 500,
    assistanceIndicators: 200,
    manualQuestions: 20,
    formatTexts: 50,
    certificateRoutes: 20,
    sources: 100,
    connectorKinds: 20,
    registeredSources: 100,
    crossChecks: 50,
    crossCheckFindingCounts: 500,
    counterSigningKeys: 500,
  },
  MatterList: { filings: 3 },
  Document: { filings: 1 },
  ListedMatter: { exclusions: 7, adoptingAgencies: 50 },
  MatterDifference: { fields: 100 },
  MatterAdjustment: { allowedSteps: 6 },
  Filing: { allowedSteps: 3 },
  UserError: { allowed: 20 },
  CalendarSpan: { days: 366 },
  DueDate: { skipped: 250 },
  EligibilityRules: { rules: 20 },
  EligibilityCheck: { findings: 100 },
  SubjectFile: { entries: 500 },
  Commitment: { events: 50, creditPushes: 50 },
  BulkVerification: { allowedSteps: 7, events: 100 },
  BulkProgress: { verdicts: 7 },
  CrossCheck: { keys: 3, fields: 8, weights: 100 },
  CrossCheckRun: { allowedSteps: 4, differences: 200, causes: 100, events: 100 },
  CrossCheckSignedSummary: { counterSignatures: 50 },
  CrossCheckFinding: { events: 100 },
  Breach: { verifications: 2, events: 10 },
  Objection: { events: 10 },
  Repair: { events: 10 },
  Figures: { sources: 200, cuts: 4 },
  VerificationFigures: { byMethod: 3, byVerdict: 7 },
  AssistanceFigures: { refused: 20 },
  BreachFigures: { consequences: 6 },
  CutFigures: { cells: 3 },
  Verifiability: { fields: 200 },
  CoveredField: { sources: 50 },
  BreachDecision: { consequences: 6 },
  CreditPush: { events: 50 },
  SamplingDraw: { allowedSteps: 2, events: 4 },
  SampledSubject: { inspectors: 10 },
  FormatText: { elements: 22 },
  PolicyVersion: { policies: 3 },
  KindPolicy: { byGrade: 4 },
  GradePolicy: { ladders: 4 },
  GradeLadder: { ladder: 4 },
  PolicyChoice: { opinions: 4 },
  VerificationPolicy: { requirements: 4 },
  Requirement: { fields: 8, ladder: 4 },
  Case: { subjects: 20, verifications: 50 },
  EnterpriseSubject: OF_EVERY_SUBJECT,
  IndividualBusinessSubject: OF_EVERY_SUBJECT,
  PersonSubject: OF_EVERY_SUBJECT,
  LicensesAnswer: { licenses: 20 },
  HolderConsent: { typeCodes: 10 },
  License: { findings: 10 },
  EnterpriseRegistration: {
    formerNames: 50,
    changes: 200,
    abnormalOperations: 50,
    seriousViolations: 50,
    penalties: 50,
    notTold: 5,
    findings: 10,
  },
  CreditProfile: { listings: 50, penalties: 50, commitments: 100, notTold: 4, findings: 10 },
  Verification: {
    claims: 40,
    history: 10,
    assistanceRequests: 10,
    discrepancies: 10,
    followUps: 5,
    decisions: 3,
    workOrders: 4,
  },
  Verdict: { reasons: 15, requirements: 4, observations: 8 },
  RequirementVerdict: { fields: 8 },
  FieldVerdict: { bySource: 3 },
  VerificationPlan: { steps: 20 },
  VerificationLadder: { skipped: 50, rungs: 5 },
  LadderPart: { skipped: 50 },
  OfficerDecision: { documents: 10 },
  WorkOrder: {
    questions: 10,
    allowedSteps: 4,
    inspectors: 2,
    dueSkipped: 50,
    events: 20,
  },
  OnSiteReport: { results: 10, documents: 10 },
  AssistanceRequest: {
    allowedSteps: 10,
    questions: 10,
    dueSkipped: 50,
    clock: 20,
    parts: 10,
    events: 50,
    alarms: 20,
  },
  AssistanceProposal: { answers: 10 },
  AssistanceReply: { answers: 10, attachments: 10 },
  AssistanceItem: { questions: 10, otherAgencies: 5 },
  AssistanceIndicators: { refused: 8 },
  ReleaseHoldPayload: { holds: 20 },
  SourceHold: { verificationsToReview: 100, verdictsToReview: 100 },
  Source: { holds: 20, capabilities: 10, calls: 12 },
  SourceHealth: { errors: 20 },
  RegisteredSource: { revisions: 20, events: 100, secrets: 20, intake: 200 },
  RunPassesPayload: { collections: 200, userErrors: 50 },
  AcceptPassPayload: { userErrors: 50 },
  SourceRevision: { routes: 20, changes: 100, checks: 10, shadowReports: 10 },
  ShadowReport: { groups: 20 },
  ChangeGroup: { examples: 5 },
  SourceCheck: { probes: 20, rules: 50 },
  SourceCollection: { fields: 100, drafts: 4 },
  DiscoverPayload: { collections: 50 },
  TryMappingPayload: { lines: 200 },
};

/** How long a list may become. Undefined where nobody has said so. */
export function listBound(type: string, field: string): number | undefined {
  return field === 'userErrors' ? LIMITS.userErrors : LIST_BOUNDS[type]?.[field];
}
