import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

/** Counts the connections that calls made through it have opened, among all of this process. */
export interface SocketWatch {
  run<T>(call: () => T): T;
  countOpen(): number;
  /** How many of those that are open now are still open whenever it is called. */
  watchOpen(): () => number;
  stop(): void;
}

/** Channels on which Node and undici tell of each new connection. */
const CHANNELS = ['net.client.socket', 'undici:client:connected'] as const;

/** A watch that begins now. Connections by other calls of the process are not its own. */
export function watchSockets(): SocketWatch {
  const own = new AsyncLocalStorage<true>();
  const sockets = new Set<Socket>();
  const add = (told: unknown): void => {
    const { socket } = told as { socket?: Socket };
    if (own.getStore() !== true || socket === undefined) return;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  };
  const listOpen = () => [...sockets].filter(({ destroyed }) => !destroyed);
  for (const channel of CHANNELS) subscribe(channel, add);
  return {
    run: (call) => own.run(true, call),
    countOpen: () => listOpen().length,
    watchOpen() {
      const now = listOpen();
      return () => now.filter(({ destroyed }) => !destroyed).length;
    },
    stop() {
      for (const channel of CHANNELS) unsubscribe(channel, add);
    },
  };
}
