import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way to a server that can be closed or jammed, and counts what goes through. */
export interface Relay {
  readonly host: string;
  readonly port: number;
  /** `REFUSED` ends every connection and takes no new one; `HANG` passes nothing on. */
  setFault(fault: 'REFUSED' | 'HANG' | null): void;
  /** Pieces that clients have sent since it started. */
  countSent(): number;
  countOpen(): number;
  /** Connections whose client has sent something and got nothing since. */
  countWaiting(): number;
  stop(): Promise<void>;
}

/** A relay on 127.0.0.1 to that server. */
export async function startRelay(host: string, port: number): Promise<Relay> {
  const waiting = new Map<Socket, boolean>();
  let fault: 'REFUSED' | 'HANG' | null = null;
  let sent = 0;
  const server = createServer({ noDelay: true }, (client) => {
    if (fault === 'REFUSED') {
      client.resetAndDestroy();
      return;
    }
    waiting.set(client, false);
    const behind = connect({ host, port, noDelay: true });
    client.on('data', (piece: Buffer) => {
      sent += 1;
      waiting.set(client, true);
      if (fault === null) behind.write(piece);
    });
    behind.on('data', (piece: Buffer) => {
      if (fault !== null) return;
      waiting.set(client, false);
      client.write(piece);
    });
    client.on('close', () => {
      waiting.delete(client);
      behind.destroy();
    });
    behind.on('close', () => client.destroy());
    for (const end of [client, behind]) {
      end.on('error', () => {
        // 'close' follows and does the work.
      });
    }
  });
  const dropAll = (): void => {
    for (const client of waiting.keys()) client.destroy();
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    setFault(next) {
      // What was swallowed while it hung is lost, so that nothing that hung goes on afterwards.
      if (next === 'REFUSED' || fault === 'HANG') dropAll();
      fault = next;
    },
    countSent: () => sent,
    countOpen: () => waiting.size,
    countWaiting: () => [...waiting.values()].filter((isWaiting) => isWaiting).length,
    stop: () =>
      new Promise((resolve) => {
        dropAll();
        server.close(() => resolve());
      }),
  };
}
