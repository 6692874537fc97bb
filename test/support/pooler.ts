/** What a connection pooler does to the sessions behind it, on the wire as PgBouncer 1.18 does it. */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { listenOnLoopback } from '../../harness/ports.js';

/** Refuses a session's own settings, or ignores them; keeps its notifications; or says that something is away. */
export type PoolerManner = 'refuses options' | 'ignores options' | 'keeps notifications' | { readonly says: string };

const NOTIFICATION = 'A'.charCodeAt(0);

export class Pooler {
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    /** The URL of the same database through the pooler. */
    readonly url: string,
  ) {}

  static async before(databaseUrl: string, manner: PoolerManner): Promise<Pooler> {
    const server = createServer();
    const url = new URL(databaseUrl);
    const target = Number(url.port);
    url.port = String(await listenOnLoopback(server));
    const pooler = new Pooler(server, url.href);
    server.on('connection', (client) => pooler.serve(pooler.kept(client), target, manner));
    return pooler;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private kept(socket: Socket): Socket {
    this.sockets.add(socket);
    return socket.on('error', () => socket.destroy());
  }

  private serve(client: Socket, target: number, manner: PoolerManner): void {
    client.once('data', (startup) => {
      const settings = parametersOf(startup);
      if (typeof manner === 'object') return void client.end(fatal(manner.says));
      if (manner === 'refuses options' && settings.has('options')) {
        return void client.end(fatal('unsupported startup parameter: options'));
      }
      if (manner === 'ignores options') settings.delete('options');
      const server = this.kept(connect(target, '127.0.0.1'));
      server.write(startupOf(settings));
      client.pipe(server);
      const messages = manner === 'keeps notifications' ? withoutNotifications() : (bytes: Buffer) => bytes;
      server.on('data', (bytes) => client.write(messages(bytes)));
      server.on('close', () => client.destroy());
      client.on('close', () => server.destroy());
    });
  }
}

/** A startup message: its length, the protocol's version, and names and values that each end in a zero. */
function parametersOf(startup: Buffer): Map<string, string> {
  const texts = startup.toString('latin1', 8).split('\0');
  const pairs = Array.from({ length: Math.floor(texts.length / 2) }, (_, index) =>
    texts.slice(2 * index, 2 * index + 2),
  );
  return new Map(pairs.flatMap(([name = '', value = '']) => (name ? [[name, value] as const] : [])));
}

function startupOf(parameters: ReadonlyMap<string, string>): Buffer {
  const texts = [...parameters].flat().map((text) => `${text}\0`);
  const body = Buffer.from(`${texts.join('')}\0`, 'latin1');
  const head = Buffer.alloc(8);
  head.writeInt32BE(head.length + body.length, 0);
  head.writeInt32BE(196_608, 4);
  return Buffer.concat([head, body]);
}

function fatal(message: string): Buffer {
  const body = Buffer.from(`SFATAL\0C08P01\0M${message}\0\0`);
  const head = Buffer.alloc(5);
  head.write('E');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

/** Takes a server's bytes as they come, and gives all whole messages but notifications. */
function withoutNotifications(): (bytes: Buffer) => Buffer {
  let rest = Buffer.alloc(0);
  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    const passed: Buffer[] = [];
    while (rest.length >= 5 && rest.length > rest.readInt32BE(1)) {
      const length = rest.readInt32BE(1) + 1;
      if (rest[0] !== NOTIFICATION) passed.push(rest.subarray(0, length));
      rest = rest.subarray(length);
    }
    return Buffer.concat(passed);
  };
}
