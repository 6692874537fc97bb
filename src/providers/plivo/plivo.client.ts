/** Plivo's REST API over our own connections (ADR 0021: its SDK is the oracle of our tests). */
import { jsonIn } from '../../kernel/index.js';
import { type Agent, request } from 'undici';
import { ClientCache, credential } from '../client-cache.js';
import { providerAgent } from '../http-agent.js';
import type { ProviderAccount } from '../provider.port.js';

export interface PlivoClientOptions {
  /** Points it elsewhere; absent: api.plivo.com. */
  readonly baseUrl?: string;
  /** Timeout of one call without data, in milliseconds. */
  readonly timeoutMs?: number;
}

/** A response, whatever its status. */
export interface PlivoAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Undefined unless it is JSON. */
  readonly body: unknown;
}

export interface PlivoCall {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below the account, such as `Message/`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
  readonly signal?: AbortSignal | undefined;
}

/** Calls of one account. Every response resolves, a redirect too; without one it rejects with the network error. */
export type PlivoClient = (call: PlivoCall) => Promise<PlivoAnswer>;

const ORIGIN = 'https://api.plivo.com';
/** The id of a main account or a subaccount. */
export const AUTH_ID = /^[MS]A[A-Z0-9]{18}$/;

export class PlivoClients {
  private readonly cache = new ClientCache((account) => this.connect(account));
  private readonly agent: Agent;

  constructor(private readonly options: PlivoClientOptions) {
    this.agent = providerAgent({ timeoutMs: options.timeoutMs ?? 10_000, connections: 128 });
  }

  /** Throws BadCredential. */
  get(account: ProviderAccount): PlivoClient {
    return this.cache.get(account);
  }

  private connect(account: ProviderAccount): PlivoClient {
    const authId = credential(account, 'authId', AUTH_ID);
    const secret = Buffer.from(`${authId}:${credential(account, 'authToken')}`).toString('base64');
    const base = `${this.options.baseUrl ?? ORIGIN}/v1/Account/${authId}/`;
    return async ({ method, path, query = {}, body, signal }) => {
      const search = new URLSearchParams(query).toString();
      const answer = await request(base + path + (search && `?${search}`), {
        method,
        headers: {
          authorization: `Basic ${secret}`,
          accept: 'application/json',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        dispatcher: this.agent,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(signal ? { signal } : {}),
      });
      return { status: answer.statusCode, headers: answer.headers, body: jsonIn(await answer.body.text()) };
    };
  }
}
