/** An address that stays while the server behind it dies, moves or becomes unreachable. */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { listenOnLoopback } from './ports.js';

/** Forwards connections to a port of loopback until they are cut. */
export class TcpProxy {
  private readonly sockets = new Set<Socket>();
  private isCut = false;
  /** Is given what clients send, as it passes. */
  listener: ((bytes: Buffer) => void) | undefined;

  private constructor(
    private readonly server: Server,
    private target: number,
    readonly port: number,
  ) {
    server.on('connection', (socket) => this.forward(socket));
  }

  /** Opens a proxy in front of this port, on any free port unless one is given. */
  static async to(port: number, at?: number): Promise<TcpProxy> {
    const server = createServer();
    return new TcpProxy(server, port, await listenOnLoopback(server, at));
  }

  /** Breaks all connections; new ones may come at once. */
  dropConnections(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  /** Refuses new connections and breaks the existing ones: at once, or with `silently` only when something is sent. */
  cut({ silently = false } = {}): void {
    this.isCut = true;
    if (!silently) this.dropConnections();
  }

  /** Ends a cut. */
  restore(): void {
    this.isCut = false;
  }

  /** New connections lead to this port. */
  pointTo(port: number): void {
    this.target = port;
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private forward(near: Socket): void {
    if (this.isCut) return void near.destroy();
    const far = connect(this.target, '127.0.0.1');
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.sockets.add(one);
      one.on('data', (bytes) => {
        if (one === near) this.listener?.(bytes);
        if (this.isCut) other.destroy();
        else other.write(bytes);
      });
      one.on('error', () => other.destroy());
      one.on('close', () => {
        this.sockets.delete(one);
        other.destroy();
      });
    }
  }
}
