/** The service's public address: what is the sandbox's goes to a process that nobody kills, the rest to the API of the moment. */
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { listenOnLoopback } from '../harness/ports.js';

/** What a provider has posted, as it came, signature and all. */
interface Report {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export class PublicDoor {
  /** Ports; 0 while there is none. */
  api = 0;
  sandbox = 0;
  /** The share of reports on messages that is held back. */
  withheldShare = 0;
  private readonly withheld: Report[] = [];
  private readonly server = createServer((incoming, answer) => this.pass(incoming, answer));

  static async open(): Promise<{ door: PublicDoor; url: string }> {
    const door = new PublicDoor();
    return { door, url: `http://127.0.0.1:${await listenOnLoopback(door.server)}` };
  }

  /** Lets in what was held back. Answers how many reports it were. */
  async letIn(): Promise<number> {
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

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private pass(incoming: IncomingMessage, answer: ServerResponse): void {
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
    onward.on('error', () => incoming.socket.destroy()); // as if nobody were there
    return onward;
  }

  /** A report on a message is kept, and the provider believes that it arrived; what people write goes through. */
  private async withhold(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
    const { method = 'GET', url: path = '/', headers } = incoming;
    const body = await buffer(incoming);
    const isReport =
      body.includes('MessageStatus=') ||
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
