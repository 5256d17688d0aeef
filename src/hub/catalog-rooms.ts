import type { Agencies } from '../agencies/agencies.ts';
import type { Refusals } from '../audit/refusals.ts';
import type { Calendar } from '../calendar/calendar.ts';
import { createAdjustments } from '../catalog/adjustments.ts';
import { createAdoptions } from '../catalog/adoptions.ts';
import { createImports } from '../catalog/imports.ts';
import { createLists, createPublisher } from '../catalog/lists.ts';
import { createPublication } from '../catalog/publication.ts';
import { createDocuments } from '../filing/documents.ts';
import { createFilings } from '../filing/filing.ts';
import type { Clock } from '../model/clock.ts';
import type { PublishedMatterList } from '../model/matter-list.ts';
import type { RoutedSource } from '../model/route.ts';
import type { Database } from '../store/database.ts';
import { withStoreFaults } from '../store/faults.ts';
import type { Texts } from '../texts/texts.ts';

/** What the rooms of lists are composed of. */
export interface CatalogRoomsDependencies {
  readonly db: Database;
  readonly clock: Clock;
  readonly agencies: Agencies;
  readonly calendar: Calendar;
  readonly refusals: Refusals;
  readonly texts: Pick<Texts, 'onListPublished'>;
  /** Sources in use now, without those that are paused. */
  routed(): readonly RoutedSource[];
}

/** The rooms in which lists of matters live: requested, reviewed, published, filed. */
export function createCatalogRooms(deps: CatalogRoomsDependencies) {
  const filings = createFilings(deps);
  const publisher = createPublisher({
    ...deps,
    async onPublished(trx, published) {
      await filings.onListPublished(trx, published.list);
      await deps.texts.onListPublished(trx, textsOwedBy(published));
    },
  });
  return {
    filings,
    documents: createDocuments({ ...deps, filings }),
    adoptions: createAdoptions(deps),
    imports: createImports({ ...deps, publisher }),
    lists: createLists(deps),
    adjustments: createAdjustments(deps),
    publication: createPublication({ ...deps, publisher }),
  };
}

/** The same as callers see them. */
export function catalogServicesOf(rooms: ReturnType<typeof createCatalogRooms>) {
  return {
    documents: withStoreFaults(rooms.documents),
    adoptions: withStoreFaults(rooms.adoptions),
    imports: withStoreFaults(rooms.imports),
    filings: withStoreFaults(rooms.filings),
    lists: withStoreFaults(rooms.lists),
    adjustments: withStoreFaults(rooms.adjustments),
    publication: withStoreFaults(rooms.publication),
  };
}

/** Who owes a format text by a list: those who adopt a matter of it, or the matter's own agency. */
function textsOwedBy({ list, changes }: PublishedMatterList) {
  const matters = changes.flatMap(({ code, entry }) => {
    if (entry === null || !entry.isActive) return [];
    const { adoptingAgencies, agencyCode } = entry;
    const owing = adoptingAgencies.length === 0 ? [agencyCode] : adoptingAgencies;
    return owing.map((one) => ({ code, agencyCode: one }));
  });
  const reference = `${list.regionCode}#${list.version}`;
  return { reference, publishedOn: list.publishedOn, matters };
}
