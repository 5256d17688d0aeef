/** How the rows of a source are read, kept and believed; part of the policy of a revision. */
export interface PassPolicy {
  /** How long after a run began the next one is due. One that ended early is due sooner. */
  readonly everyMinutes: number;
  /** Age of a pass, from its beginning, up to which the silence of its rows means anything. */
  readonly maxAgeMinutes: number;
  /**
   * The same for the age of the rows by the word of the source. Null for sources whose word is the
   * time of their newest change, which may be long ago.
   */
  readonly asOfMaxAgeMinutes: number | null;
  /** Changes of one collection that were not taken, up to which the others vouch. */
  readonly rejectsMax: number;
  /** Part of what was there, 0 to 1, that one pass may take for gone without an operator. */
  readonly shrinkMax: number;
  /** Rows of one collection that are kept, those that are gone included. */
  readonly rowsMax: number;
  /** Bytes of their values. */
  readonly bytesMax: number;
}

/** For a source that hands over every night, and is read every hour so that none is missed. */
export const DEFAULT_PASS_POLICY: PassPolicy = {
  everyMinutes: 60,
  maxAgeMinutes: 1_560,
  asOfMaxAgeMinutes: 1_560,
  rejectsMax: 0,
  shrinkMax: 0.3,
  rowsMax: 5_000_000,
  bytesMax: 8_589_934_592,
};
