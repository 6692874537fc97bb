/** The demo's only way into the service: its public REST API. */
import { fetch, type Dispatcher } from 'undici';
import type { Page } from './answers.js';

const PATIENCE_MS = 20_000;
const PAGE_SIZE = 500;

/** A problem+json answer (RFC 9457). */
export interface Problem {
  readonly code: string;
  readonly detail: string;
}

/** The service refused: a step of the scenario that should have worked has not, or one that should be refused was. */
export class Refused extends Error {
  constructor(
    request: string,
    readonly status: number,
    readonly problem: Problem,
  ) {
    super(`${request} answered ${status} ${problem.code}: ${problem.detail}`);
  }
}

export interface Line {
  readonly url: string;
  readonly dispatcher: Dispatcher;
  /** Breaks off whatever is under way. */
  readonly signal: AbortSignal;
}

export class Api {
  /** `key` is the bearer token. */
  constructor(
    private readonly line: Line,
    private readonly key: string,
  ) {}

  get url(): string {
    return this.line.url;
  }

  as(key: string): Api {
    return new Api(this.line, key);
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

  /** Everything on a keyset-paged list, page by page. `path` may hold a query. */
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
    const { url, dispatcher, signal } = this.line;
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
