import type { ConsentAnswer, ConsentDesk, ConsentRequest } from '../connector-kit/consent.ts';
import type { Purpose } from '../model/purpose.ts';
import { callDesk, requireDesk } from './desk-call.ts';
import type { Roster } from './roster.ts';

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
    const served = roster.get(source);
    const desk = requireDesk(source, served.of.connector.consent);
    return callDesk(served, {
      ...{ idempotent, urgency: 'INTERACTIVE' },
      attempt: (signal) => ask(desk, signal),
    });
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
