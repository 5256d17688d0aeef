import { createBulkRoom } from './bulk-room.ts';
import { createCrossCheckRoom } from './cross-check-room.ts';

/** The rooms that ask about many for hours, beside those who wait. */
export function createJobRooms(
  deps: Parameters<typeof createBulkRoom>[0] & Parameters<typeof createCrossCheckRoom>[0],
) {
  return { bulks: createBulkRoom(deps), crossChecks: createCrossCheckRoom(deps) };
}
