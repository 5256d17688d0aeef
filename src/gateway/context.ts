import type { BusinessDate } from '../model/business-date.ts';
import type { Caller } from '../model/caller.ts';
import type { CaseSubject } from '../model/case-file.ts';
import { businessDate, type Clock } from '../model/clock.ts';
import type { CreditProfile } from '../model/credit.ts';
import type { License } from '../model/license.ts';
import type { RecordStatus } from '../model/outcome.ts';
import type { SourceRevision } from '../model/registered-source.ts';
import type { Claim } from '../model/verification.ts';
import type { Deadline } from './deadline.ts';
import { createLoaders, type Loaders } from './loaders.ts';
import { createMask, type Mask } from './mask.ts';
import { createQuestions, type Questions } from './questions.ts';
import type { Services } from './services.ts';

/** Lets its holder see the names and identifiers of persons. */
export const EVIDENCE_SCOPE = 'evidence:read';

/**
 * One request's world. Whatever is asked is asked once: loaders and questions live exactly as long
 * as the request, so that an operation may be run again at no cost, and nothing that one agency saw
 * reaches another.
 */
export interface RequestContext {
  readonly caller: Caller;
  readonly services: Services;
  /** Edges of the graph, many at a time. */
  readonly load: Loaders;
  /** Everything else, by its arguments. */
  readonly ask: Questions;
  /** How persons are shown to this caller. */
  readonly mask: Mask;
  readonly today: BusinessDate;
  /** Aborted when nobody listens any more. */
  readonly signal: AbortSignal;
  /** Drops what was read so far; to be called when something was changed. */
  forget(): void;
}

/** A claim, and whom it is about. */
export interface ClaimOfSubject {
  readonly claim: Claim;
  readonly subject: CaseSubject;
}

/** A license on the day of the question, and the subject under whose code it was found. */
export interface LicenseSeen {
  readonly license: License;
  readonly status: RecordStatus;
  readonly subject: CaseSubject;
}

/** A credit profile, and the subject under whose code it was found. */
export interface CreditProfileSeen {
  readonly profile: CreditProfile;
  readonly subject: CaseSubject;
}

/** A revision, and the revision in use that it is compared with. */
export interface RevisionSeen {
  readonly revision: SourceRevision;
  /** Null where none is in use, or it is this one. */
  readonly against: SourceRevision | null;
}

const NEVER = new AbortController().signal;

/** A new world for one request. Reads nothing by itself. */
export function createRequestContext(deps: {
  caller: Caller;
  services: Services;
  clock: Clock;
  deadline: Deadline;
  signal?: AbortSignal;
}): RequestContext {
  const { caller, services, clock } = deps;
  const load = createLoaders(services, caller);
  const ask = createQuestions({ ...deps, load });
  return {
    caller,
    services,
    signal: deps.signal ?? NEVER,
    load,
    ask,
    mask: createMask({ seesPersons: caller.scopes.includes(EVIDENCE_SCOPE) }),
    today: businessDate(clock.now()),
    forget: () => {
      for (const loader of Object.values(load)) loader.clearAll();
    },
  };
}
