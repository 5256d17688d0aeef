import { createCallLog } from './calls.ts';
import type { Call } from './calls.ts';
import { openDataPort } from './data-port.ts';
import { createExchange } from './exchange.ts';
import type { SpokenLogic } from './exchange.ts';
import { createFaultBox } from './fault-box.ts';
import type { Fault } from './faults.ts';
import { createCertificates } from './tls.ts';
import type { Certificates } from './tls.ts';

/** A simulated source that tests start for themselves, without a control port. */
export interface SpokenSource {
  /** `http://127.0.0.1:<port>`, without a trailing slash. */
  readonly baseUrl: string;
  /** The same port by TLS. */
  readonly tlsBaseUrl: string;
  readonly caPem: string;
  /** Null makes it well again. In force when it resolves, for open connections as well. */
  setFault(fault: Fault | null, times?: number): Promise<void>;
  /** Calls since the last `forgetCalls`, oldest first. */
  listCalls(): readonly Call[];
  forgetCalls(): void;
  /** Connections open now. */
  countSockets(): number;
  /** Calls that were taken and not answered, and whose callers are still there. */
  countPending(): number;
  /** Drops every connection. May be called twice. */
  stop(): Promise<void>;
}

/** Starts any logic on a free port of 127.0.0.1, under the same faults as the sandbox. */
export async function startSpokenSource(options: {
  readonly logic: SpokenLogic;
  /** Epoch milliseconds; the machine's clock unless given. */
  readonly now?: () => number;
  readonly certificates?: Certificates;
}): Promise<SpokenSource> {
  const { logic, now = Date.now } = options;
  const certificates = options.certificates ?? (await createCertificates());
  const faults = createFaultBox();
  const calls = createCallLog();
  const exchange = createExchange({ logic, faults, calls, now });
  const data = await openDataPort({
    port: 0,
    certificates,
    serve: (request, response) => exchange.serve(request, response),
    takeFault: () => faults.takeForConnection(),
  });
  let stopped: Promise<void> | null = null;
  const stop = async (): Promise<void> => {
    exchange.stop();
    await data.stop();
  };
  return {
    baseUrl: `http://127.0.0.1:${data.port}`,
    tlsBaseUrl: `https://127.0.0.1:${data.port}`,
    caPem: certificates.caPem,
    async setFault(fault, times) {
      const kinds = [faults.find()?.fault.kind, fault?.kind];
      if (fault === null) faults.clear();
      else faults.set({ fault, times: times ?? null, operation: null });
      if (fault?.kind === 'refuse') await data.refuse();
      else await data.open();
      if (kinds.includes('refuse') || kinds.includes('tls')) data.dropConnections();
    },
    listCalls: () => calls.list().calls,
    forgetCalls: () => calls.clear(),
    countSockets: () => data.countSockets(),
    countPending: () => data.countPending(),
    stop: () => (stopped ??= stop()),
  };
}
