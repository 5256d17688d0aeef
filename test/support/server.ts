interface Kept {
  readonly folder: string;
  stop(): Promise<void>;
}

// Setup and teardown run in one process but share no module state.
const PLACE = Symbol.for('hecha.test.server');
const places = globalThis as { [PLACE]?: Kept };

export function keepServer(server: Kept): void {
  places[PLACE] = server;
}

/** Null when the run uses a server that was there before. */
export function keptServer(): Kept | null {
  return places[PLACE] ?? null;
}
