/** A provider's address with faults: forwards calls, and breaks those that a test chooses, before or after they are carried out. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { listenOnLoopback } from '../../harness/ports.js';
import { ProviderRegistry } from '../../src/providers/index.js';
import { PlivoAdapter } from '../../src/providers/plivo/plivo.adapter.js';
import { TwilioAdapter } from '../../src/providers/twilio/twilio.adapter.js';
import type { TestApp } from './test-app.js';

export interface WireFault {
  /** As in `POST /2010-04-01/…`. */
  readonly calls: RegExp;
  /**
   * `refused`: with this code of the provider. `hidden`: the account is said not to have the number. The others are carried out or not, and
   * end with a 500 or a broken connection.
   */
  readonly how: 'error-before' | 'reset-before' | 'reset-after' | 'hidden' | { readonly refused: number };
  /** How many calls; then all is well. */
  readonly times: number;
  /** Only from the first of these calls on. */
  readonly since?: RegExp;
}

interface Refusal {
  readonly status: number;
  readonly body: object;
}

/** How a provider refuses with a code of its own, and says that it is broken. */
const REFUSALS = {
  twilio: (code: number): Refusal => ({
    status: code === 20500 ? 500 : 400,
    body: { code, message: 'no', status: 400 },
  }),
  plivo: (code: number): Refusal => ({ status: code, body: { api_id: 'a', error: 'no' } }),
};
const BROKEN = { twilio: 20500, plivo: 500 };
const HIDDEN = {
  twilio: { status: 200, body: { incoming_phone_numbers: [], page_size: 50, uri: '', next_page_uri: null } },
  plivo: { status: 404, body: { api_id: 'a', error: 'not found' } },
};

export class FaultyWire {
  /** Method and path of each call. */
  readonly calls: string[] = [];
  private fault: WireFault | undefined;
  private left = 0;
  private begun = false;

  private constructor(
    private readonly server: Server,
    private readonly provider: 'twilio' | 'plivo',
    private readonly target: string,
    readonly origin: string,
  ) {}

  /** To a provider in the sandbox of this app. */
  static async to(provider: 'twilio' | 'plivo', app: TestApp): Promise<FaultyWire> {
    const server = createServer((request, response) => void wire.forward(request, response));
    const port = await listenOnLoopback(server);
    const wire = new FaultyWire(server, provider, `${app.url}/sandbox/${provider}`, `http://127.0.0.1:${port}`);
    return wire;
  }

  break(fault: WireFault | undefined): void {
    this.fault = fault;
    this.left = fault?.times ?? 0;
    this.begun = fault?.since === undefined;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = `${request.method} ${request.url}`;
    this.calls.push(call);
    const body = await text(request);
    this.begun ||= this.fault?.since?.test(call) === true;
    const strikes = this.begun && this.left > 0 && this.fault?.calls.test(call);
    if (strikes) this.left -= 1;
    const how = strikes ? this.fault?.how : undefined;
    if (how === 'reset-before') return void request.socket.resetAndDestroy();
    if (how === 'hidden') return answer(response, HIDDEN[this.provider]);
    const refusal = how === 'error-before' ? BROKEN[this.provider] : typeof how === 'object' ? how.refused : undefined;
    if (refusal !== undefined) return answer(response, REFUSALS[this.provider](refusal));
    const { authorization = '' } = request.headers;
    const answered = await fetch(this.target + request.url, {
      method: request.method ?? 'GET',
      headers: { authorization, 'content-type': request.headers['content-type'] ?? 'application/json' },
      ...(body !== '' && { body }),
    });
    if (how === 'reset-after') return void request.socket.resetAndDestroy();
    response.writeHead(answered.status, { 'content-type': 'application/json' }).end(await answered.text());
  }
}

/** From now on the app asks Twilio's sandbox for numbers and subaccounts over a wire that can be broken. Close it after the test. */
export async function breakableTwilio(app: TestApp): Promise<FaultyWire> {
  const wire = await FaultyWire.to('twilio', app);
  const through = new TwilioAdapter({ baseUrl: wire.origin, webhookUrl: `${app.url}/webhook/twilio` });
  const { numbers } = through;
  const subaccount: TwilioAdapter['subaccount'] = (...given) => through.subaccount(...given);
  Object.assign(await app.nest.get(ProviderRegistry).adapter('twilio'), { numbers, subaccount });
  return wire;
}

/** The same for the numbers of Plivo's sandbox. */
export async function breakablePlivo(app: TestApp): Promise<FaultyWire> {
  const wire = await FaultyWire.to('plivo', app);
  const { numbers } = new PlivoAdapter({ baseUrl: wire.origin, webhookUrl: `${app.url}/webhook/plivo` });
  Object.assign(await app.nest.get(ProviderRegistry).adapter('plivo'), { numbers });
  return wire;
}

function answer(response: ServerResponse, { status, body }: Refusal): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
