/** A line to the database that can be cut. */
import { createConnection, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Stands between the service and its database, and can cut the line. */
export class Line {
  private readonly sockets = new Set<Socket>();
  private isCut = false;

  private constructor(
    private readonly server: Server,
    private far: number,
  ) {}

  static async to(port: number): Promise<Line> {
    const server = createServer();
    const line = new Line(server, port);
    server.on('connection', (socket) => line.connect(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return line;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** From now on whoever says anything is cut off, at once where `silently` is not asked for. */
  cut({ silently = false } = {}): void {
    this.isCut = true;
    if (!silently) for (const socket of this.sockets) socket.destroy();
  }

  mend(): void {
    this.isCut = false;
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** New connections lead to this port. */
  to(port: number): void {
    this.far = port;
  }

  private connect(socket: Socket): void {
    if (this.isCut) return void socket.destroy();
    const far = createConnection({ host: '127.0.0.1', port: this.far });
    for (const [one, other] of [
      [socket, far],
      [far, socket],
    ] as const) {
      this.sockets.add(one);
      one.on('data', (bytes) => {
        if (this.isCut) other.destroy();
        else other.write(bytes);
      });
      one.on('error', () => undefined);
      one.on('close', () => {
        this.sockets.delete(one);
        other.destroy();
      });
    }
  }
}
