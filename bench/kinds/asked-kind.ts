import { Pool } from 'undici';

import type { Capabilities, CapabilityName, Connector } from '../../src/connector-kit/connector.ts';
import type { Children } from '../children.ts';
import { BENCH_PURPOSE, SIGNAL_MS, type MeasuredKind } from './measured-kind.ts';

/** What differs between kinds that are asked over HTTP. */
export interface Asked<N extends CapabilityName> {
  readonly kind: string;
  readonly bare: string;
  readonly capability: N;
  readonly keys: readonly Capabilities[N]['key'][];
  /** Over the same keys, in a slice. */
  readonly rounds: number;
  /** Where the simulated source answers. */
  readonly upstream: string;
  /** The path its answers come from, which the bare decoder asks as well. */
  readonly path: string;
  connect(baseUrl: string): Connector;
  /** Rows in a reply. */
  decode(body: Buffer): number;
  stop(): Promise<void>;
}

/** Its replies are kept and given again, so that nothing but reading is measured. */
export async function measured<N extends CapabilityName>(
  children: Children,
  asked: Asked<N>,
): Promise<MeasuredKind> {
  const child = await children.startEntry('kinds/replay-server.ts', {
    BENCH_UPSTREAM: asked.upstream,
  });
  const { url } = JSON.parse(child.said) as { url: string };
  const connector = asked.connect(url);
  const desk = connector.capabilities[asked.capability];
  if (desk === undefined) throw new Error(`${asked.kind} offers no ${asked.capability}`);
  const batches = Array.from({ length: Math.ceil(asked.keys.length / desk.batchMax) }, (_, index) =>
    asked.keys.slice(index * desk.batchMax, (index + 1) * desk.batchMax),
  );
  const pool = new Pool(url, { connections: 1 });

  async function readOnce(): Promise<number> {
    let records = 0;
    for (const keys of batches) {
      const signal = AbortSignal.timeout(SIGNAL_MS);
      const results = (await desk?.lookup(keys, { signal, purpose: BENCH_PURPOSE })) ?? [];
      for (const result of results) {
        if (!result.ok) throw result.fault;
        records += result.answer.records.length;
      }
    }
    return records;
  }

  async function repeat(read: () => Promise<number>): Promise<number> {
    await pool.request({ method: 'POST', path: '/--replay' }).then(({ body }) => body.dump());
    let records = 0;
    for (let round = 0; round < asked.rounds; round += 1) records += await read();
    return records;
  }

  const records = (await readOnce()) * asked.rounds;
  return {
    ...{ kind: asked.kind, bare: asked.bare, records },
    readByConnector: () => repeat(readOnce),
    readBare: () =>
      repeat(async () => {
        let rows = 0;
        for (let at = 0; at < batches.length; at += 1) {
          const { body } = await pool.request({ method: 'POST', path: asked.path, body: '{}' });
          rows += asked.decode(Buffer.from(await body.arrayBuffer()));
        }
        return rows;
      }),
    async stop() {
      await pool.close();
      await connector.close();
      await child.stop();
      await asked.stop();
    },
  };
}
