import { makePopulation } from '../../sandbox/population.ts';
import type { Connector } from '../../src/connector-kit/connector.ts';
import { OPEN_NETWORK } from '../../src/connector-kit/network.ts';
import { KINDS } from '../../src/kinds.ts';
import { systemClock } from '../../src/model/clock.ts';
import type { Purpose } from '../../src/model/purpose.ts';

const ENTERPRISES = 1_000;
/** Slices over HTTP ask for the same keys so often: 20,000 records. */
export const ROUNDS_OF_A_SLICE = 20;
export const SIGNAL_MS = 600_000;
export const PLAIN = { allowPlainHttp: true };
export const BENCH_PURPOSE: Purpose = {
  ...{ caseId: 'bench', caseNumber: 'bench', matterCode: 'bench', matterName: 'bench' },
  ...{ legalBasis: 'bench', agencyCode: 'bench', actor: 'bench', requestId: 'bench' },
};
export const POPULATION = makePopulation({ seed: 20_204, enterprises: ENTERPRISES });
export const SUBJECTS = POPULATION.enterprises.map(({ code, name, kind }) => ({
  ...{ kind, code, name },
}));

/** One kind, ready to be read: by its connector, and by the bare decoder of its format. */
export interface MeasuredKind {
  readonly kind: string;
  /** What the bare decoder is. */
  readonly bare: string;
  /** Records that one slice reads, either way. */
  readonly records: number;
  /** Reads a slice; the number of canonical records it gave. */
  readByConnector(): Promise<number>;
  /** Reads the same bytes; the number of rows. */
  readBare(): Promise<number>;
  stop(): Promise<void>;
}

/** A connector of a kind this hub can build. */
export function build(kind: string, settings: unknown, secrets: object): Connector {
  const found = KINDS.find((one) => one.kind.kind === kind);
  if (found === undefined) throw new Error(`no kind ${kind}`);
  return found.build({ settings, secrets, clock: systemClock, network: OPEN_NETWORK });
}

/** What the bare decoder of a JSON reply finds. */
export function listIn(body: Buffer, at: (json: never) => readonly unknown[]): number {
  return at(JSON.parse(body.toString()) as never).length;
}
