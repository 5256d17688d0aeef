import { connect, createServer, type Socket } from 'node:net';

/** A wire between two programs that a test can cut, or leave silent. */
export interface Wire {
  /** Begins to listen in front of `port`; gives the port to connect to instead. */
  inFrontOf(port: number): Promise<number>;
  /** Ends every connection and takes no new one. */
  cut(): void;
  /** Keeps connections and takes new ones, and lets nothing through. */
  silence(): void;
  mend(): void;
  close(): Promise<void>;
}

export function createWire(): Wire {
  const sockets = new Set<Socket>();
  let state: 'WHOLE' | 'CUT' | 'SILENT' = 'WHOLE';
  let target = 0;

  const server = createServer((near) => {
    keep(near);
    if (state === 'CUT') {
      near.destroy();
      return;
    }
    const far = connect({ port: target, host: '127.0.0.1' });
    keep(far);
    pass(near, far);
    pass(far, near);
  });

  function keep(socket: Socket): void {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  }

  function pass(from: Socket, to: Socket): void {
    from.on('data', (bytes) => {
      if (state === 'WHOLE') to.write(bytes);
    });
    from.on('close', () => to.destroy());
  }

  function cutAll(): void {
    for (const socket of sockets) socket.destroy();
  }

  return {
    inFrontOf: (port) => {
      target = port;
      return new Promise((resolve) => {
        server.listen(0, '127.0.0.1', () => {
          const address = server.address();
          resolve(typeof address === 'object' && address !== null ? address.port : 0);
        });
      });
    },
    cut: () => {
      state = 'CUT';
      cutAll();
    },
    silence: () => {
      state = 'SILENT';
    },
    mend: () => {
      // What was silent has lost bytes and cannot go on.
      if (state === 'SILENT') cutAll();
      state = 'WHOLE';
    },
    close: () => {
      cutAll();
      return new Promise((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}
