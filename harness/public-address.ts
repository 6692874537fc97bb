/** The service's public address. Requests to the sandbox go to a process that is never killed, all others to the current API process. */
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { listenOnLoopback } from './ports.js';

/** A provider's request, unchanged, including its signature. */
interface Report {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export class PublicAddress {
  /** The ports to forward to; 0 while there is none. */
  api = 0;
  sandbox = 0;
  /** The share of delivery reports that is withheld. */
  withheldShare = 0;
  private port = 0;
  private readonly withheld: Report[] = [];
  private readonly server = createServer((incoming, answer) => this.forward(incoming, answer));

  static async open(): Promise<PublicAddress> {
    const address = new PublicAddress();
    address.port = await listenOnLoopback(address.server);
    return address;
  }

  /** Delivers the withheld reports. Answers how many there were. */
  async deliverWithheld(): Promise<number> {
    this.withheldShare = 0;
    const late = this.withheld.splice(0);
    for (const { method, path, headers, body } of late) {
      const onward = request({ host: '127.0.0.1', port: this.api, method, path, headers, agent: false });
      const answered = new Promise<void>((resolve, reject) => {
        onward.on('response', (response) => response.resume().on('end', resolve));
        onward.on('error', reject);
      });
      onward.end(body);
      await answered;
    }
    return late.length;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private forward(incoming: IncomingMessage, answer: ServerResponse): void {
    const { method = 'GET', url: path = '/', headers } = incoming;
    if (path.startsWith('/webhook') && Math.random() < this.withheldShare) {
      void this.withhold(incoming, answer);
      return;
    }
    const port = path.startsWith('/sandbox') ? this.sandbox : this.api;
    incoming.pipe(this.onward(port, { method, path, headers }, incoming, answer));
  }

  private onward(
    port: number,
    { method, path, headers }: Omit<Report, 'body'>,
    incoming: IncomingMessage,
    answer: ServerResponse,
  ): ReturnType<typeof request> {
    const onward = request({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
      response.on('error', () => answer.destroy());
    });
    onward.on('error', () => incoming.socket.destroy()); // as if nothing listened
    return onward;
  }

  /** Withholds a delivery report, and acknowledges it to the provider; forwards everything else, such as inbound texts. */
  private async withhold(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
    const { method = 'GET', url: path = '/', headers } = incoming;
    const body = await buffer(incoming);
    const isReport =
      body.includes('MessageStatus=') ||
      path.startsWith('/webhook/twilio/voice?') ||
      (path.startsWith('/webhook/plivo') && body.includes('Status=')) ||
      headers['x-twilio-email-event-webhook-signature'] !== undefined ||
      headers['x-amz-sns-message-type'] === 'Notification' ||
      headers['svix-id'] !== undefined;
    if (!isReport) {
      this.onward(this.api, { method, path, headers }, incoming, answer).end(body);
      return;
    }
    this.withheld.push({ method, path, headers, body });
    answer.writeHead(204).end();
  }
}
