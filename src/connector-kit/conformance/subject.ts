import type { Clock } from '../../model/clock.ts';
import type { Capabilities, CapabilityName, ConnectorKind } from '../connector.ts';
import type { Network } from '../network.ts';
import type { Pushed, PushName } from '../push.ts';
import type { Twin } from './twin.ts';

/** Keys of one capability, by what the source is known to say of them. Null: there is none. */
export interface Questions<N extends CapabilityName = CapabilityName> {
  /** Finds exactly one record. */
  readonly hit: Capabilities[N]['key'] | null;
  /** Finds none. */
  readonly miss: Capabilities[N]['key'] | null;
  /** Finds several. */
  readonly many: Capabilities[N]['key'] | null;
  /** Finds a license of which only the state is told. */
  readonly withheld: Capabilities[N]['key'] | null;
  /** Cannot be answered by itself and must not cost others their answer. */
  readonly poison: Capabilities[N]['key'] | null;
  /** Names nobody. */
  readonly blank: Capabilities[N]['key'] | null;
}

/** Records of one push. */
export interface PushedRecords<P extends PushName = PushName> {
  /** Two or more that the source takes, with different codes. */
  readonly sound: readonly Pushed[P][];
  /** One that it refuses. Null: there is none. */
  readonly refused: Pushed[P] | null;
}

/** Licenses by which files are tried. */
export interface FileIdentifiers {
  /** The source gives a file of it. */
  readonly held: string;
  /** Nobody has it. */
  readonly absent: string;
}

/** A connector kind, or a registered source, that is to be examined. */
export interface ConformanceSubject {
  readonly kind: ConnectorKind;
  /** As an operator writes them. */
  readonly settings: unknown;
  /** Looked for, as markers, in everything that is shown. */
  readonly secrets: unknown;
  readonly network: Network;
  readonly clock: Clock;
  /** A capability without questions is not asked. */
  readonly questions: { readonly [N in CapabilityName]?: Questions<N> };
  /** A push without records is not tried. */
  readonly push: { readonly [P in PushName]?: PushedRecords<P> };
  /** Absent where no files are tried. */
  readonly files?: FileIdentifiers;
  /** Null for a source of record, which is never made to fail or written to. */
  readonly twin: Twin | null;
  /** What the process logged while the kit ran. Null where nobody keeps it. */
  readonly logged: (() => string) | null;
}
