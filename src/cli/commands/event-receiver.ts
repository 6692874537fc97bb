/** A receiver of events on this machine, as a tenant's program would be: verifies each, and hands it on. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { request } from 'undici';
import { CommandFailed } from '../context.js';

/** The displayed fields of an event. */
export interface ToldEvent {
  readonly type: string;
  readonly timestamp: string;
  readonly test: boolean;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface Arrival {
  /** The `webhook-id`. */
  readonly id: string;
  /** Undefined where the signature is not that of the endpoint. */
  readonly event: ToldEvent | undefined;
  /** What it was answered. */
  readonly status: number;
}

const BAD_SIGNATURE = 401;
const NOBODY_THERE = 502;
const SIGNED = ['content-type', 'webhook-id', 'webhook-timestamp', 'webhook-signature'];

export class EventReceiver {
  private secret = '';

  private constructor(
    private readonly server: Server,
    private readonly forwardTo: string | undefined,
    private readonly arrived: (arrival: Arrival) => void,
  ) {}

  /** Listens on a port of this machine; any, if it is 0. Raises CommandFailed if it is taken. */
  static async open(
    port: number,
    forwardTo: string | undefined,
    arrived: (arrival: Arrival) => void,
  ): Promise<EventReceiver> {
    const server = createServer((message, response) => void receiver.take(message, response));
    const receiver = new EventReceiver(server, forwardTo, arrived);
    server.listen(port, '127.0.0.1');
    try {
      await once(server, 'listening');
    } catch (error) {
      throw new CommandFailed(`Nobody can listen on port ${port} of this machine: name another with --port.`, {
        cause: error,
      });
    }
    return receiver;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** By which it knows that an event is ours. */
  knowBy(secret: string): void {
    this.secret = secret;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async take(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = (await buffer(message)).toString('utf8');
    const headers = Object.fromEntries(SIGNED.map((name) => [name, String(message.headers[name] ?? '')]));
    const event = this.verified(body, headers);
    const status = event ? await this.forward(body, headers) : BAD_SIGNATURE;
    response.writeHead(status).end();
    this.arrived({ id: headers['webhook-id'] ?? '', event, status });
  }

  private verified(body: string, headers: Record<string, string>): ToldEvent | undefined {
    try {
      return new Webhook(this.secret).verify(body, headers) as ToldEvent;
    } catch (error) {
      if (error instanceof WebhookVerificationError) return undefined;
      throw error;
    }
  }

  /** As it came, so that it can be verified there too. */
  private async forward(body: string, headers: Record<string, string>): Promise<number> {
    if (this.forwardTo === undefined) return 204;
    try {
      const answer = await request(this.forwardTo, { method: 'POST', headers, body });
      await answer.body.dump();
      return answer.statusCode;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error;
      return NOBODY_THERE;
    }
  }
}
