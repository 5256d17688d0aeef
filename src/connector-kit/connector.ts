import type { ZodType } from 'zod';

import type { HubError } from '../errors.ts';
import type { AssistanceDraft, AssistanceReceipt } from '../model/assistance.ts';
import type { Clock } from '../model/clock.ts';
import type { CreditProfile } from '../model/credit.ts';
import type { Enterprise } from '../model/enterprise.ts';
import type { License } from '../model/license.ts';
import type { Purpose } from '../model/purpose.ts';
import type { SubjectKind } from '../model/subject-code.ts';
import type { ConsentDesk } from './consent.ts';
import type { FileDesk } from './file.ts';
import type { Network, Origin } from './network.ts';
import type { Push } from './push.ts';
import type { Holdings } from './scan.ts';

/** Semantic version of this contract. A connector names the one it was written for. */
export const CONTRACT_VERSION = '2.1.0';

/** True where a connector written for that version of the contract can be used by this hub. */
export function isContractSupported(version: string): boolean {
  const [major, minor] = version.split('.').map(Number);
  const [ourMajor, ourMinor = 0] = CONTRACT_VERSION.split('.').map(Number);
  return major === ourMajor && minor !== undefined && minor <= ourMinor;
}

/** A subject as sources are asked about it: canonical code, and the name where it is known. */
export interface SubjectKey {
  readonly kind: SubjectKind;
  readonly code: string;
  /** For sources that want name and code (两要素). Null where no name is known. */
  readonly name: string | null;
}

/** A license by its identifier (证照标识). */
export interface LicenseIdentifierKey {
  readonly identifier: string;
}

/** The licenses of one type that a holder has (持证主体代码 + 证照类型代码). */
export interface LicenseHolderKey {
  readonly holder: SubjectKey;
  readonly typeCode: string;
}

/** The same, for a holder who has consented (持证人授权). */
export interface LicenseConsentKey extends LicenseHolderKey {
  /** As `ConsentDesk.begin` named it. */
  readonly consent: string;
}

/** What each capability is asked, one key a question, and what it finds. */
export interface Capabilities {
  'license.byIdentifier': { key: LicenseIdentifierKey; record: License };
  'license.byHolder': { key: LicenseHolderKey; record: License };
  'license.byConsent': { key: LicenseConsentKey; record: License };
  'enterprise.registration': { key: SubjectKey; record: Enterprise };
  'credit.profile': { key: SubjectKey; record: CreditProfile };
  'assistance.request': { key: AssistanceDraft; record: AssistanceReceipt };
}

export type CapabilityName = keyof Capabilities;

/** Every capability of this version of the contract. */
export const CAPABILITY_NAMES = [
  'license.byIdentifier',
  'license.byHolder',
  'license.byConsent',
  'enterprise.registration',
  'credit.profile',
  'assistance.request',
] as const satisfies readonly CapabilityName[];

/** What a source said of one key, and the bytes it was read from. */
export interface Answer<R> {
  /** None, one or several. Several is never narrowed by the connector. */
  readonly records: readonly R[];
  /**
   * What an empty `records` is worth: `COVERED` only where this kind of question to this source
   * would have shown the record whatever its state. The hub believes it only while the canary of
   * the source is right.
   */
  readonly absence: 'COVERED' | 'UNCOVERED';
  /** How fresh the source says its own holdings are. Null when it does not say. */
  readonly asOf: Date | null;
  /** The reply exactly as received, before any decoding. The whole reply where keys share one. */
  readonly raw: Uint8Array;
}

/** The answer to one key, or why there is none. A fault of one key does not touch the others. */
export type KeyResult<R> =
  | { readonly ok: true; readonly answer: Answer<R> }
  | { readonly ok: false; readonly fault: HubError };

/** What a lookup is told besides its keys. */
export interface CallContext {
  /** Aborted at the deadline of the call; the connector frees its socket at once. */
  readonly signal: AbortSignal;
  /** Of the first asker, where several share a call. */
  readonly purpose: Purpose;
}

/** One thing a source can be asked. */
export interface Capability<N extends CapabilityName> {
  /** Keys the source takes in one call, 1 where it has no batch call. */
  readonly batchMax: number;
  /**
   * True where the call tells the source case and matter. Such calls are never shared by askers
   * with different purposes, for the source's own audit names one.
   */
  readonly carriesPurpose: boolean;
  /** True where asking twice is the same as asking once. Only then may the hub retry. */
  readonly idempotent: boolean;
  /**
   * One attempt, at most `batchMax` keys, results in the same order and number as the keys.
   *
   * @throws {HubError} with a `SOURCE_…` code and `details.hop`, when no key got an answer.
   */
  lookup(
    keys: readonly Capabilities[N]['key'][],
    call: CallContext,
  ): Promise<readonly KeyResult<Capabilities[N]['record']>[]>;
}

/** One line of a check: one probe, what came of it, and what the operator can do. */
export interface CheckLine {
  readonly probe: string;
  readonly result: 'PASS' | 'WARN' | 'FAIL' | 'SKIP';
  /** A fault code, or `OK`. */
  readonly code: string;
  /** What to do, in one sentence. Null when nothing needs doing. */
  readonly advice: string | null;
  readonly tookMs: number;
}

/** A test record that the source is known to hold, and one that it is known not to hold. */
export interface Canary<N extends CapabilityName = CapabilityName> {
  readonly capability: N;
  readonly present: Capabilities[N]['key'];
  readonly absent: Capabilities[N]['key'];
}

/**
 * Speaks to one source in that source's own protocol, and answers in the hub's vocabulary.
 *
 * A connector makes one attempt and keeps no state but its connection (and what its signing scheme
 * must remember). Deadlines, retries, budgets, breaking, coalescing, evidence and audit belong to
 * `src/sources`, so that every source gets the same. A source's field names never leave its folder.
 */
export interface Connector {
  /** An absent capability is unsupported. */
  readonly capabilities: { readonly [N in CapabilityName]?: Capability<N> };
  /** Test records by which the hub finds out whether absence means anything. May be empty. */
  readonly canaries: readonly Canary[];
  /** Rows handed over in passes, and what can be answered from them. Null where there are none. */
  readonly holdings: Holdings | null;
  /** Records the source takes from the hub. Null where it takes none. */
  readonly push: Push | null;
  /** Absent where no license needs its holder's consent. Since 2.1.0. */
  readonly consent?: ConsentDesk;
  /** Absent where the source gives no files away. Since 2.1.0. */
  readonly files?: FileDesk;
  /**
   * Reads recorded bytes of one key's answer again under these settings, calling nobody. Null
   * where the bytes alone do not suffice.
   */
  readonly reread: Reread | null;
  /** Network, TLS, credentials, read per capability, clock skew. Never throws. */
  check(signal: AbortSignal): Promise<readonly CheckLine[]>;
  /** Lists what the source holds, so that a mapping can be drafted. Null where it cannot. */
  readonly discover: ((signal: AbortSignal) => Promise<readonly Collection[]>) | null;
  /** Releases sockets. Called once, after the last call has settled. */
  close(): Promise<void>;
}

/** Finds in a recorded reply what it says of one key. @throws {HubError} as a lookup would. */
export type Reread = <N extends CapabilityName>(
  capability: N,
  key: Capabilities[N]['key'],
  raw: Uint8Array,
) => KeyResult<Capabilities[N]['record']>;

/** A table, a kind of file or a list that a source holds. */
export interface Collection {
  /** As the source calls it. */
  readonly name: string;
  /** Its fields in the source's order; `pointer` is what a mapping names them by. */
  readonly fields: readonly {
    readonly pointer: string;
    readonly type: 'TEXT' | 'NUMBER' | 'BOOLEAN' | 'DAY' | 'INSTANT' | 'OTHER';
    /** As the source describes it. Null when it does not. */
    readonly title: string | null;
  }[];
}

/** A name in both languages of the hub's people. */
export interface Title {
  readonly zh: string;
  readonly en: string;
}

/** Titles of one setting, for `.meta()`: the console draws the form from them. */
export function titled(
  zh: string,
  en: string,
): { readonly title: string; readonly titleEn: string } {
  return { title: zh, titleEn: en };
}

/** What a connector is built from. */
export interface ConnectorDeps<Settings, Secrets> {
  readonly settings: Settings;
  readonly secrets: Secrets;
  readonly clock: Clock;
  /** The only way out: it judges every address at connect. */
  readonly network: Network;
}

/** A connector that can be registered: its name, what it must be told, and how to build one. */
export interface ConnectorKind<Settings = unknown, Secrets = unknown> {
  /** Kebab-case, and the name of its folder. */
  readonly kind: string;
  readonly title: Title;
  /** Semantic version of the connector. */
  readonly version: string;
  readonly contract: string;
  readonly settings: ZodType<Settings>;
  readonly secrets: ZodType<Secrets>;
  /** Every place these settings lead to. Credentials are bound to them. */
  origins(settings: Settings): readonly Origin[];
  /** Opens nothing yet. @throws {HubError} UNSAFE_CONFIGURATION for settings not to be used. */
  create(deps: ConnectorDeps<Settings, Secrets>): Connector;
}
