import { createCallLog } from './calls.ts';
import { openControlPort } from './control.ts';
import { openDataPort } from './data-port.ts';
import { createExchange } from './exchange.ts';
import { createFaultBox } from './fault-box.ts';
import type { FaultOrder } from './faults.ts';
import type { Certificates } from './tls.ts';
import type { SourceId, SourceLogic } from './wire.ts';

export interface SourceOptions {
  readonly logic: SourceLogic;
  readonly certificates: Certificates;
  /** 0 takes any free port. */
  readonly dataPort: number;
  readonly controlPort: number;
  /** Epoch milliseconds; the source's clock before any skew. */
  readonly now: () => number;
}

/** A source that runs, and where to reach it. */
export interface RunningSource {
  readonly id: SourceId;
  /** `http://127.0.0.1:<port>`, without a trailing slash. */
  readonly baseUrl: string;
  /** The same port by TLS. */
  readonly tlsBaseUrl: string;
  readonly controlUrl: string;
  readonly caPem: string;
  /** Drops every connection. May be called twice; both calls wait for the same stop. */
  stop(): Promise<void>;
}

/** Starts one source on its data port and its control port, both on 127.0.0.1. */
export async function startSource(options: SourceOptions): Promise<RunningSource> {
  const { logic, certificates, now } = options;
  const faults = createFaultBox();
  const calls = createCallLog();
  const exchange = createExchange({ logic, faults, calls, now });
  const data = await openDataPort({
    port: options.dataPort,
    certificates,
    serve: (request, response) => exchange.serve(request, response),
    takeFault: () => faults.takeForConnection(),
  });
  const applyFault = async (order: FaultOrder | null): Promise<void> => {
    const affectsConnections = (kind: string | undefined): boolean =>
      kind === 'refuse' || kind === 'tls';
    const before = faults.find()?.fault.kind;
    if (order === null) faults.clear();
    else faults.set(order);
    if (order?.fault.kind === 'refuse') await data.refuse();
    else await data.open();
    if (affectsConnections(before) || affectsConnections(order?.fault.kind)) data.dropConnections();
  };
  const baseUrl = `http://127.0.0.1:${data.port}`;
  const tlsBaseUrl = `https://127.0.0.1:${data.port}`;
  const control = await openControlPort(options.controlPort, {
    logic,
    faults,
    calls,
    applyFault,
    describe: () => ({
      baseUrl,
      tlsBaseUrl,
      caPem: certificates.caPem,
      openSockets: data.countSockets(),
      pendingCalls: data.countPending(),
    }),
  });
  let stopped: Promise<void> | null = null;
  const stop = async (): Promise<void> => {
    logic.stop();
    exchange.stop();
    await Promise.all([control.stop(), data.stop()]);
  };
  return {
    id: logic.id,
    baseUrl,
    tlsBaseUrl,
    controlUrl: control.url,
    caPem: certificates.caPem,
    stop: () => (stopped ??= stop()),
  };
}
