/** Addresses that stay while what is behind them dies and comes back: of the service, and of its stores. */
import { once } from 'node:events';
import { createServer as createHttpServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** The service's public address: what is the sandbox's goes to a process that nobody kills, the rest to the API of the moment. */
export class PublicDoor {
  /** Ports; 0 while there is none. */
  api = 0;
  sandbox = 0;
  private readonly server = createHttpServer((incoming, answer) => this.pass(incoming, answer));

  static async open(): Promise<{ door: PublicDoor; url: string }> {
    const door = new PublicDoor();
    return { door, url: `http://127.0.0.1:${await listening(door.server)}` };
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private pass(incoming: IncomingMessage, answer: ServerResponse): void {
    const { method, url: path = '/', headers } = incoming;
    const port = path.startsWith('/sandbox') ? this.sandbox : this.api;
    const onward = request({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
      response.on('error', () => answer.destroy());
    });
    onward.on('error', () => incoming.socket.destroy()); // as if nobody were there
    incoming.pipe(onward);
  }
}

/** A store's address. What goes through it can be cut off. */
export class StoreDoor {
  port = 0;
  private readonly sockets = new Set<Socket>();
  private readonly server = createServer((socket) => this.pass(socket));

  static async open(): Promise<{ door: StoreDoor; port: number }> {
    const door = new StoreDoor();
    return { door, port: await listening(door.server) };
  }

  /** Breaks all connections; new ones may come at once. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  close(): void {
    this.cut();
    this.server.close();
  }

  private pass(near: Socket): void {
    const far = connect(this.port, '127.0.0.1');
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        this.sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  }
}
