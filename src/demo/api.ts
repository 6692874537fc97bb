/** A client of the service's public REST API, the only interface that the demo uses. */
import { fetch, type Dispatcher } from 'undici';
import type { Page } from './answers.js';

const PATIENCE_MS = 20_000;
const PAGE_SIZE = 500;

/** A problem+json answer (RFC 9457). */
export interface Problem {
  readonly code: string;
  readonly detail: string;
}

/** An error response: expected where the scenario provokes one, otherwise the scenario has failed. */
export class Refused extends Error {
  constructor(
    request: string,
    readonly status: number,
    readonly problem: Problem,
  ) {
    super(`${request} answered ${status} ${problem.code}: ${problem.detail}`);
  }
}

export interface Connection {
  readonly url: string;
  readonly dispatcher: Dispatcher;
  /** Aborts requests in flight. */
  readonly signal: AbortSignal;
}

export class Api {
  /** `key` is the bearer token. */
  constructor(
    private readonly connection: Connection,
    private readonly key: string,
  ) {}

  get url(): string {
    return this.connection.url;
  }

  as(key: string): Api {
    return new Api(this.connection, key);
  }

  get<T>(path: string): Promise<T> {
    return this.call('GET', path);
  }

  post<T>(path: string, body: object): Promise<T> {
    return this.call('POST', path, body);
  }

  put<T>(path: string, body: object): Promise<T> {
    return this.call('PUT', path, body);
  }

  /** All items of a keyset-paged list, page by page. `path` may contain a query. */
  async all<T>(path: string, limit = PAGE_SIZE): Promise<T[]> {
    const items: T[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const query = `limit=${limit}${cursor && `&cursor=${encodeURIComponent(cursor)}`}`;
      const page: Page<T> = await this.get(`${path}${path.includes('?') ? '&' : '?'}${query}`);
      items.push(...page.items);
      cursor = page.nextCursor;
    }
    return items;
  }

  private async call<T>(method: string, path: string, body?: object): Promise<T> {
    const request = `${method} ${path}`;
    const { url, dispatcher, signal } = this.connection;
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.key}`, ...(body && { 'content-type': 'application/json' }) },
      body: body && JSON.stringify(body),
      dispatcher,
      signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]),
    }).catch((error: unknown) => {
      throw new Error(`${request} was not answered.`, { cause: error });
    });
    const answer: unknown = await response.json();
    if (!response.ok) throw new Refused(request, response.status, answer as Problem);
    return answer as T;
  }
}
