/** API calls to a service that is unavailable now and then. */
import { randomUUID } from 'node:crypto';
import { callApi, type ApiAnswer, type ApiCall } from './api-call.js';
import { until } from './until.js';

/** Longer than any outage: a database crash, or a suspended process. */
const PATIENCE_MS = 120_000;

/** Calls as the platform, for a tenant. */
export class Client {
  /** The tenant it acts for; empty until there is one. */
  tenantId = '';

  constructor(
    private readonly url: string,
    private readonly adminKey: string,
  ) {}

  /** Calls the API as the platform for the tenant, and retries until it succeeds. Raises an Error for a 4xx. */
  async ask<Body>(method: string, path: string, body?: object | string): Promise<Body> {
    const headers = { 'idempotency-key': randomUUID() };
    const call = { key: this.adminKey, tenantId: this.tenantId, headers, body };
    return this.insist(path, async () => {
      const answer = await this.attempt<Body>(method, path, call);
      if (answer && answer.status >= 400 && answer.status < 500)
        throw new Error(`${path} was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
      return answer !== undefined && answer.status < 300 && answer.body;
    });
  }

  /** Retries until there is a good answer, and answers it. Raises an Error that begins with `what` when there never is. */
  insist<T>(what: string, attempt: () => Promise<T | false>): Promise<T> {
    return until(attempt, { what, withinMs: PATIENCE_MS, everyMs: 100 });
  }

  /** One attempt without a key. Undefined where there was no answer. */
  tryOnce(path: string, body: object): Promise<ApiAnswer<unknown> | undefined> {
    return this.attempt('POST', path, { body });
  }

  /** Undefined where there was no answer. */
  private async attempt<Body>(method: string, path: string, call: ApiCall): Promise<ApiAnswer<Body> | undefined> {
    try {
      return await callApi<Body>(this.url, method, path, { ...call, timeoutMs: 20_000 });
    } catch (error) {
      if (error instanceof TypeError || error instanceof SyntaxError || error instanceof DOMException) return undefined;
      throw error;
    }
  }
}
