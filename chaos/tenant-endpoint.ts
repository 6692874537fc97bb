/** A tenant's own receiver of events: fails now and then, and remembers what it has taken. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';
import { listenOnLoopback } from '../harness/ports.js';
import type { Random } from './random.js';
import type { Arrival } from './tenant-events.js';

/** Of its answers, so many are none, and so many say that it cannot. */
const BREAKS_SHARE = 0.03;
const FAILS_SHARE = 0.1;

export class TenantEndpoint {
  /** What it has taken, in the order of arrival; something may be in it more than once. */
  readonly taken: Arrival[] = [];
  /** Posts that nobody has signed who knows its secret. */
  forged = 0;
  private secret: string | undefined;
  private isWell = false;

  private constructor(
    private readonly server: Server,
    private readonly random: Random,
  ) {}

  static async open(random: Random): Promise<TenantEndpoint> {
    const server = createServer((request, response) => void endpoint.take(request, response));
    const endpoint = new TenantEndpoint(server, random);
    await listenOnLoopback(server);
    return endpoint;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/events`;
  }

  knowBy(secret: string): void {
    this.secret = secret;
  }

  /** From now on it takes everything. */
  heal(): void {
    this.isWell = true;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = (await buffer(request)).toString('utf8');
    const mood = this.isWell ? 1 : this.random.next();
    if (mood < BREAKS_SHARE) {
      request.socket.resetAndDestroy();
      return;
    }
    if (mood < BREAKS_SHARE + FAILS_SHARE) {
      response.writeHead(500).end();
      return;
    }
    if (this.isOurs(request, body)) {
      const { type, data } = JSON.parse(body) as { type: string; data: Omit<Arrival, 'type'> };
      this.taken.push({ ...data, type });
    } else this.forged += 1;
    response.writeHead(204).end();
  }

  /** Whatever time it says: the clocks of processes are stepped. */
  private isOurs({ headers }: IncomingMessage, body: string): boolean {
    const [id, seconds] = [String(headers['webhook-id']), Number(headers['webhook-timestamp'])];
    if (this.secret === undefined) return false;
    return headers['webhook-signature'] === new Webhook(this.secret).sign(id, new Date(seconds * 1_000), body);
  }
}
