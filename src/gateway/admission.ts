import { HubError } from '../errors.ts';

/** How many requests may be under way, so that one agency cannot take the hub from the others. */
export interface Admission {
  /**
   * Takes a place. Hand back by calling the result, once.
   *
   * @throws {HubError} OVERLOADED when the agency has all of its places, or all places are taken.
   */
  enter(agencyCode: string): () => void;
}

/** Counts the places of one process; `onChange` is told how many are taken. */
export function createAdmission(deps: {
  readonly inFlightMax: number;
  readonly inFlightPerAgencyMax: number;
  onChange(inFlight: number): void;
}): Admission {
  const byAgency = new Map<string, number>();
  let inFlight = 0;

  function change(agencyCode: string, by: 1 | -1): void {
    const ofAgency = (byAgency.get(agencyCode) ?? 0) + by;
    if (ofAgency === 0) byAgency.delete(agencyCode);
    else byAgency.set(agencyCode, ofAgency);
    inFlight += by;
    deps.onChange(inFlight);
  }

  return {
    enter(agencyCode) {
      const ofAgency = byAgency.get(agencyCode) ?? 0;
      if (inFlight >= deps.inFlightMax || ofAgency >= deps.inFlightPerAgencyMax)
        throw new HubError('OVERLOADED');
      change(agencyCode, 1);
      let hasLeft = false;
      return () => {
        if (!hasLeft) change(agencyCode, -1);
        hasLeft = true;
      };
    },
  };
}
