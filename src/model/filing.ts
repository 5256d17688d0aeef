import type { AgencyLevel } from './agency.ts';
import type { BusinessDate } from './business-date.ts';
import { createStateMachine } from './state-machine.ts';

/** Where a step of filing stands. See enum FilingState of the schema. */
export type FilingState = 'DUE' | 'SENT' | 'RECEIVED' | 'RETURNED';

/** What can be done with it: 报送, 接收备案, 退回补正. */
export type FilingStep = 'SEND' | 'RECEIVE' | 'RETURN';

/** One step up: reported by the one bureau, received or returned by the other. */
export const FILING_LIFE = createStateMachine<FilingState, FilingStep>({
  DUE: { SEND: 'SENT' },
  SENT: { RECEIVE: 'RECEIVED', RETURN: 'RETURNED' },
  RETURNED: { SEND: 'SENT' },
  RECEIVED: {},
});

/** The level to which lists of a level are filed. Null for the last (省司法厅). */
export const FILED_TO: Readonly<Record<AgencyLevel, AgencyLevel | null>> = {
  COUNTY: 'CITY',
  CITY: 'PROVINCE',
  PROVINCE: null,
};

/** One step of a filing (备案): who reports what to which justice bureau, by when. */
export interface Filing {
  readonly id: string;
  readonly kind: 'LIST' | 'DOCUMENT';
  /** Id of the list or the document. */
  readonly reference: string;
  /** SHA-256 of what is filed, hex. */
  readonly digest: string;
  /** For people, Chinese. */
  readonly title: string;
  readonly fromAgency: string;
  readonly fromRegion: string;
  readonly fromLevel: AgencyLevel;
  readonly toRegion: string;
  readonly toLevel: AgencyLevel;
  /** Day from which the period counts. Null where none runs. */
  readonly countedFrom: BusinessDate | null;
  readonly workingDays: number | null;
  /** Last day. Null where no period runs. */
  readonly dueOn: BusinessDate | null;
  readonly provisional: boolean;
  readonly state: FilingState;
  /** How many steps were taken. */
  readonly version: number;
  /** Day of the last report. Null before, and after it was returned. */
  readonly sentOn: BusinessDate | null;
  readonly receivedOn: BusinessDate | null;
  /** 备案号. Null until received. */
  readonly receiptNumber: string | null;
  /** Why it was returned last. Null where it was not, or was sent again. */
  readonly returnReason: string | null;
}
