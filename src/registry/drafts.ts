import type { Caller } from '../model/caller.ts';
import type { Clock } from '../model/clock.ts';
import type { SourceEvent, SourceRevision } from '../model/registered-source.ts';
import { isCandidate } from '../model/source-life.ts';
import type { Transaction } from '../store/database.ts';
import type { SoundProposal } from './proposal.ts';
import { insertEvents, insertRevision, type NewEvent } from './revision-queries.ts';

/** Revisions at their beginning. The caller holds the lock of the source. */
export interface Drafts {
  draft(
    trx: Transaction,
    caller: Caller,
    made: { readonly id: string; readonly number: number; readonly proposal: SoundProposal },
  ): Promise<void>;
  /** Gives up what was on its way to use. */
  discard(
    trx: Transaction,
    caller: Caller,
    what: { readonly revisions: readonly SourceRevision[]; readonly inFavorOf: number },
  ): Promise<void>;
}

/** The part of the registry that writes revisions. */
export function createDrafts({ clock }: { readonly clock: Clock }): Drafts {
  return {
    async draft(trx, caller, { id, number, proposal }) {
      const { settings, policy, routes, note, digest, kind } = proposal;
      const revision = { source: id, number };
      await insertRevision(trx, {
        ...revision,
        ...{ settings, policy, routes, note, digest },
        kind: kind.kind.kind,
        createdAt: clock.now(),
        createdBy: caller.account,
      });
      const told = { step: 'REGISTER', state: 'DRAFT', reason: null } as const;
      await insertEvents(trx, [eventOf(caller, revision, told)]);
    },
    async discard(trx, caller, { revisions, inFavorOf }) {
      const candidates = revisions.filter(({ state }) => isCandidate(state));
      const reason = `revision ${inFavorOf}`;
      const told = { step: 'DISCARD', state: 'DISCARDED', reason } as const;
      if (candidates.length > 0)
        await insertEvents(
          trx,
          candidates.map((one) => eventOf(caller, one, told)),
        );
    },
  };

  function eventOf(
    caller: Caller,
    { source, number }: { readonly source: string; readonly number: number },
    told: Pick<SourceEvent, 'step' | 'state' | 'reason'>,
  ): NewEvent {
    return {
      source,
      revision: number,
      ...told,
      until: null,
      at: clock.now(),
      actor: caller.account,
      requestId: caller.requestId,
    };
  }
}
