import type { Agencies } from '../agencies/agencies.ts';
import type { Assistance } from '../assistance/assistance.ts';
import type { Anomalies } from '../anomaly/anomaly.ts';
import type { Items } from '../assistance/items.ts';
import type { Refusals } from '../audit/refusals.ts';
import type { KeptCalendar } from '../calendar/kept-calendar.ts';
import type { Casework } from '../casework/casework.ts';
import type { Downloads } from '../downloads/downloads.ts';
import type { Consents } from '../consents/consents.ts';
import type { Adjustments } from '../catalog/adjustments.ts';
import type { Adoptions } from '../catalog/adoptions.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { Breaches } from '../breach/breach.ts';
import type { Bulks } from '../bulk/bulk.ts';
import type { Imports } from '../catalog/imports.ts';
import type { Lists } from '../catalog/lists.ts';
import type { Policies } from '../catalog/policies.ts';
import type { Publication } from '../catalog/publication.ts';
import type { Commitments } from '../commitments/commitments.ts';
import type { Credit } from '../credit/credit.ts';
import type { Renderer } from '../documents/renderer.ts';
import type { Eligibility } from '../eligibility/eligibility.ts';
import type { CrossChecks } from '../crosscheck/crosscheck.ts';
import type { Documents } from '../filing/documents.ts';
import type { Filings } from '../filing/filing.ts';
import type { Intake } from '../intake/intake.ts';
import type { Objections } from '../objections/objections.ts';
import type { Repairs } from '../repairs/repairs.ts';
import type { Registry } from '../registry/registry.ts';
import type { Shadow } from '../shadow/shadow.ts';
import type { Sources } from '../sources/sources.ts';
import type { SubjectFiles } from '../subject-file/subject-file.ts';
import type { Subjects } from '../subject/subject.ts';
import type { StatisticsRoom } from '../statistics/statistics.ts';
import type { YearlyReports } from '../statistics/yearly-reports.ts';
import type { Supervision } from '../supervision/supervision.ts';
import type { Texts } from '../texts/texts.ts';
import type { Verifications } from '../verification/verification.ts';
import type { WorkOrders } from '../work-orders/work-orders.ts';

/** What the gateway needs of the rooms, and no more. */
export interface Services {
  readonly agencies: Pick<Agencies, 'find' | 'list' | 'register'>;
  readonly calendar: Omit<KeptCalendar, 'calendar' | 'start' | 'stop' | 'recount'>;
  readonly catalog: Pick<Catalog, 'listInForce' | 'findInForce' | 'listVersions'>;
  readonly policies: Pick<Policies, 'publish' | 'listInForce' | 'pageOf'>;
  readonly lists: Lists;
  readonly adjustments: Adjustments;
  readonly publication: Publication;
  readonly imports: Imports;
  readonly adoptions: Omit<Adoptions, 'recompute'>;
  readonly documents: Documents;
  readonly filings: Pick<Filings, 'step' | 'pageOf' | 'listOf'>;
  readonly casework: Omit<Casework, 'findInCase' | 'bindMany'>;
  readonly downloads: Downloads;
  readonly consents: Pick<Consents, 'begin' | 'read' | 'requireUsable' | 'stateOf'>;
  readonly subjects: Subjects;
  readonly verifications: Omit<
    Verifications,
    'many' | 'reconsider' | 'answerCameLate' | 'recompute' | 'listHandlers'
  >;
  readonly bulks: Omit<Bulks, 'runner'>;
  readonly assistance: Omit<Assistance, 'request' | 'items' | 'clocks'>;
  readonly assistanceItems: Items;
  readonly eligibility: Pick<Eligibility, 'check' | 'decide' | 'find' | 'rulesOn' | 'publishRules'>;
  readonly subjectFiles: Pick<SubjectFiles, 'listEntries'>;
  readonly commitments: Omit<Commitments, 'stepWithin' | 'listDecided'>;
  readonly breaches: Omit<Breaches, 'findStanding' | 'annulWithin'>;
  readonly objections: Omit<Objections, 'listDisputed'>;
  readonly repairs: Omit<Repairs, 'propagateDue'>;
  readonly credit: Pick<Credit, 'pageOf' | 'listOf' | 'listEvents' | 'resend'>;
  readonly texts: Omit<Texts, 'onListPublished' | 'recount'>;
  readonly renderer: Pick<Renderer, 'html' | 'pdf'>;
  readonly refusals: Pick<Refusals, 'pageOf'>;
  readonly sources: Pick<Sources, 'readStates'>;
  readonly registry: Omit<Registry, 'adopt'>;
  readonly anomalies: Pick<Anomalies, 'list' | 'listToReview' | 'release'>;
  readonly intake: Omit<Intake, 'complete' | 'startDue' | 'sweepPast' | 'useRecords' | 'stop'>;
  readonly shadow: Omit<Shadow, 'hasReport'>;
  readonly supervision: Supervision;
  readonly statistics: Pick<StatisticsRoom, 'read'>;
  readonly yearlyReports: YearlyReports;
  readonly workOrders: Omit<WorkOrders, 'follow' | 'listSeen'>;
  readonly crossChecks: Omit<
    CrossChecks,
    'sweepPast' | 'adoptShipped' | 'openDue' | 'recompute' | 'runner'
  >;
}
