/** The HTTP transport of the Twilio SDK. */
import { AsyncLocalStorage } from 'node:async_hooks';
import RequestClient from 'twilio/lib/base/RequestClient.js';
import type HttpResponse from 'twilio/lib/http/response.js';
import { type Agent, request } from 'undici';
import { providerAgent } from '../http-agent.js';
import { retryAfterMs } from '../retry-after.js';

/** One call: inputs besides the SDK's own parameters, and outputs besides its result. */
export interface Exchange {
  readonly signal?: AbortSignal;
  /** Set if the response says when to retry. */
  retryAfterMs?: number;
  /** The response's own time. */
  date?: string;
}

/**
 * Replaces the SDK's own client, which limits its connections on https only, cannot be aborted, hides response headers and
 * reads proxies from the environment. Never retries and never follows redirects. All accounts share the connections.
 */
export class TwilioHttpClient extends RequestClient {
  private readonly exchanges = new AsyncLocalStorage<Exchange>();
  private readonly agent: Agent;

  /** `timeoutMs`: until a response begins, and between its parts. */
  constructor(timeoutMs: number) {
    super();
    this.agent = providerAgent({ timeoutMs, connections: 128 });
  }

  /** Runs one SDK call; the SDK has no parameter for a signal or for response headers. */
  during<Result>(exchange: Exchange, call: () => Promise<Result>): Promise<Result> {
    return this.exchanges.run(exchange, call);
  }

  override async request<TData>(options: RequestClient.RequestOptions<TData>): Promise<HttpResponse.default<TData>> {
    const exchange = this.exchanges.getStore();
    const credentials = Buffer.from(`${options.username}:${options.password}`).toString('base64');
    const query = options.params ? `?${form(options.params)}` : '';
    const answer = await request(options.uri + query, {
      method: options.method.toUpperCase(),
      headers: { ...options.headers, Authorization: `Basic ${credentials}` },
      dispatcher: this.agent,
      ...(options.data ? { body: form(options.data) } : {}),
      ...(exchange?.signal ? { signal: exchange.signal } : {}),
    });
    const body = await answer.body.text();
    const wait = retryAfterMs(answer.headers['retry-after']);
    if (exchange && wait !== undefined) exchange.retryAfterMs = wait;
    if (exchange && typeof answer.headers.date === 'string') exchange.date = answer.headers.date;
    // The SDK parses the text itself, as with its own client.
    return { statusCode: answer.statusCode, body: body as TData, headers: answer.headers };
  }
}

/** Lists become repeated fields. */
function form(data: object): string {
  const fields = new URLSearchParams();
  for (const [name, value] of Object.entries(data)) {
    for (const each of [value].flat()) if (each !== undefined) fields.append(name, String(each));
  }
  return fields.toString();
}
