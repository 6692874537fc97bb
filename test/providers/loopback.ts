/** A provider of our own on loopback: answers as a test scripts it, and records the requests. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { listenOnLoopback } from '../../harness/ports.js';
import { createSelfSignedCertificate } from '../../src/kernel/self-signed-certificate.js';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Besides answers: silence, headers without end, a body that stops half-way, one that breaks off, a reset before any. */
export type Reply = Answer | 'hang' | 'drip' | 'stall' | 'cut' | 'reset';
export type Script = (request: Received) => Reply;

export const json = (status: number, body: unknown, headers: Record<string, string> = {}): Answer => ({
  status,
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json', ...headers },
});

export const html = (status: number): Answer => ({
  status,
  body: `<html><body><h1>${status}</h1></body></html>`,
  headers: { 'content-type': 'text/html' },
});

export class Loopback {
  readonly received: Received[] = [];
  /** Connections ever made. */
  connections = 0;
  script: Script = () => json(500, {});

  private constructor(
    private readonly server: Server,
    private readonly scheme: string,
  ) {}

  static async open({ tls = false } = {}): Promise<Loopback> {
    const listener: RequestListener = (request, response) => void loopback.answer(request, response);
    const { privateKey, certificatePem } = tls ? createSelfSignedCertificate('127.0.0.1') : {};
    const key = privateKey?.export({ format: 'pem', type: 'pkcs8' });
    const server = tls ? createTlsServer({ key, cert: certificatePem }, listener) : createServer(listener);
    const loopback = new Loopback(server, tls ? 'https' : 'http');
    server.on('connection', () => (loopback.connections += 1));
    await listenOnLoopback(server);
    return loopback;
  }

  get origin(): string {
    return `${this.scheme}://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** An address that nobody listens on. */
  static async nowhere(): Promise<string> {
    const loopback = await Loopback.open();
    const { origin } = loopback;
    await loopback.close();
    return origin;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = '', url: path = '', headers } = request;
    const received = { method, path, headers, body: Buffer.concat(chunks).toString('utf8') };
    this.received.push(received);
    const reply = this.script(received);
    if (reply === 'hang') return;
    if (reply === 'reset') {
      request.socket.resetAndDestroy();
    } else if (reply === 'drip') {
      request.socket.write('HTTP/1.1 200 OK\r\n');
      const dripping = setInterval(() => request.socket.write('x-more: to come\r\n'), 50);
      request.socket.once('close', () => clearInterval(dripping));
    } else if (reply === 'cut' || reply === 'stall') {
      response.writeHead(200, { 'content-length': '1000', 'content-type': 'application/json' });
      response.write('{"', () => reply === 'cut' && request.socket.destroy());
    } else {
      response.writeHead(reply.status, reply.headers).end(reply.body);
    }
  }
}
