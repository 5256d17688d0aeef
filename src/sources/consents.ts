import type { ConsentAnswer, ConsentDesk, ConsentRequest } from '../connector-kit/consent.ts';
import { HubError } from '../errors.ts';
import type { Purpose } from '../model/purpose.ts';
import type { Roster } from './roster.ts';
import { asSourceFault } from './transport.ts';

/** What a source offers of consent. */
export type ConsentTerms = Pick<ConsentDesk, 'typesMax' | 'patienceMs'>;

/** Asks holders for their consent by way of a source, in its guard and budget as questions are. */
export interface Consents {
  /** Null when there is no such source or it gives nothing away by consent. Calls nothing. */
  termsOf(source: string): ConsentTerms | null;
  /** One attempt: twice would be two requests. @throws {HubError} SOURCE_… */
  begin(asked: ConsentRequest & Whom): Promise<string>;
  /** @throws {HubError} SOURCE_…, which says nothing of the holder. */
  answerOf(asked: Whom & { readonly reference: string }): Promise<ConsentAnswer>;
}

interface Whom {
  /** Id of the registered source. */
  readonly source: string;
  readonly purpose: Purpose;
}

/** Consent at the sources of a roster. */
export function createConsents(roster: Roster): Consents {
  function within<T>(
    { source, idempotent }: { readonly source: string; readonly idempotent: boolean },
    ask: (desk: ConsentDesk, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const { of, station, use } = roster.get(source);
    const desk = of.connector.consent;
    if (desk === undefined) {
      const details = { source, hop: 'HUB', reason: 'NOT_OFFERED' };
      throw new HubError('SOURCE_UNSUPPORTED', { details });
    }
    const run = station.guard.run({
      ...{ idempotent, urgency: 'INTERACTIVE', pace: 'PROMPT' },
      attempt: async (signal) => {
        try {
          return await ask(desk, signal);
        } catch (error) {
          throw asSourceFault(error);
        }
      },
    });
    return use(run, of.policy.deadlineMs);
  }

  return {
    termsOf: (source) => roster.find(source)?.of.connector.consent ?? null,
    begin: async ({ source, purpose, shown, typeCodes }) =>
      within({ source, idempotent: false }, (desk, signal) =>
        desk.begin({ shown, typeCodes }, { signal, purpose }),
      ),
    answerOf: async ({ source, purpose, reference }) =>
      within({ source, idempotent: true }, (desk, signal) =>
        desk.answerOf(reference, { signal, purpose }),
      ),
  };
}
