/** The SDK over our own connections, one client per sending account. */
import { setTimeout as delay } from 'node:timers/promises';
import { Resend, type ErrorResponse } from 'resend';
import { type Agent, request } from 'undici';
import { at, stringAt, objectIn } from '../../kernel/index.js';
import { ClientCache, credential } from '../client-cache.js';
import { providerAgent } from '../http-agent.js';
import type { ProviderAccount } from '../provider.port.js';

export interface ResendOptions {
  /** Points the SDK elsewhere; absent: api.resend.com. */
  readonly baseUrl?: string;
  /** Timeout of one call without data, in milliseconds. */
  readonly timeoutMs?: number;
  /** Calls per second per account; default 5, as Resend publishes for a team. */
  readonly callsPerSecond?: number;
}

/** The result of the SDK's own methods. */
export type Answer<T> = ({ data: T; error: null } | { data: null; error: ErrorResponse }) & {
  headers: Record<string, string> | null;
};

interface Call {
  readonly method?: 'GET' | 'POST';
  readonly headers?: Headers;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

const API_KEY = /^re_\S+$/;

/**
 * Replaces the SDK's transport, which has neither timeout nor limit, and hides network errors: whether a call was sent decides
 * whether it may be retried. So unlike the SDK's own, calls reject with the network error if there was no response.
 */
export class ResendClient extends Resend {
  private nextSlot = -Infinity;

  constructor(
    apiKey: string,
    private readonly agent: Agent,
    private readonly options: ResendOptions,
  ) {
    super(apiKey, options.baseUrl === undefined ? {} : { baseUrl: options.baseUrl });
  }

  /** Resolves when the account may make its next call; false if `signal` aborted first. */
  async waitForSlot(signal?: AbortSignal): Promise<boolean> {
    const now = performance.now();
    const slot = Math.max(now, this.nextSlot);
    this.nextSlot = slot + 1_000 / (this.options.callsPerSecond ?? 5);
    if (slot > now) await delay(slot - now, undefined, { signal }).catch(() => undefined);
    return signal?.aborted !== true;
  }

  override async fetchRequest<T>(path: string, call: Call = {}): Promise<Answer<T>> {
    const answer = await request(this.baseUrl + path, {
      method: call.method ?? 'GET',
      headers: Object.fromEntries(call.headers ?? []),
      dispatcher: this.agent,
      ...(call.body === undefined ? {} : { body: call.body }),
      ...(call.signal ? { signal: call.signal } : {}),
    });
    const text = await answer.body.text();
    const { statusCode } = answer;
    const headers = Object.fromEntries(
      Object.entries(answer.headers).map(([name, value]) => [name, [value].flat().join(', ')]),
    );
    const body = objectIn(text);
    if (statusCode < 300 && body !== undefined) return { data: body as T, error: null, headers };
    // Typed as text by the SDK, and not always so: a list, a number, nothing.
    const name = stringAt(body, 'name') ?? 'application_error';
    const said = at(body, 'message') ?? '';
    const message = typeof said === 'string' ? said : JSON.stringify(said);
    return { data: null, error: { name: name as ErrorResponse['name'], message, statusCode }, headers };
  }
}

export class ResendClients {
  private readonly cache = new ClientCache((account) => this.connect(account));
  private readonly agent: Agent;

  constructor(private readonly options: ResendOptions) {
    this.agent = providerAgent({ timeoutMs: options.timeoutMs ?? 10_000, connections: 32 });
  }

  /** Throws BadCredential. */
  get(account: ProviderAccount): ResendClient {
    return this.cache.get(account);
  }

  private connect(account: ProviderAccount): ResendClient {
    return new ResendClient(credential(account, 'apiKey', API_KEY), this.agent, this.options);
  }
}
