/** The public REST API, as commands ask it. */
import type { Readable } from 'node:stream';
import { request } from 'undici';
import { isUuid, jsonIn, MODE_HEADER } from '../kernel/index.js';
import { CommandFailed } from './context.js';

/** Long enough for a month that is added up anew. */
const TIMEOUT_MS = 300_000;
const MOST_PER_PAGE = 500;

/** A problem (RFC 9457), as the service answers it. */
export interface Problem {
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly { readonly path?: string; readonly message?: string }[];
  readonly requestId?: string;
}

/** The service refused, and says why. */
export class Refused extends CommandFailed {
  constructor(readonly problem: Problem) {
    super(inWords(problem));
  }
}

/** Values of a query; what is undefined, null or false is left out. */
export type Query = Readonly<Record<string, string | number | boolean | null | undefined>>;
type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

export interface Asker {
  /** Base URL without a trailing slash. */
  readonly url: string;
  readonly key: string;
  /** For whom the admin key asks. */
  readonly tenantId?: string;
  /** Of the admin key: what is asked for is in test mode. */
  readonly isTest?: true;
}

export class ApiClient {
  constructor(private readonly asker: Asker) {}

  /** The same for one tenant, named by its id or its slug. Raises CommandFailed if there is none. */
  async forTenant(idOrSlug: string): Promise<ApiClient> {
    return new ApiClient({ ...this.asker, tenantId: await this.tenantId(idOrSlug) });
  }

  /** The same in test mode. */
  inTestMode(): ApiClient {
    return new ApiClient({ ...this.asker, isTest: true });
  }

  /** The id of a tenant that is named by its id or its slug. Raises CommandFailed if there is none. */
  async tenantId(idOrSlug: string): Promise<string> {
    if (isUuid(idOrSlug)) return idOrSlug;
    const { items } = await this.get<Page<{ readonly id: string }>>('/api/tenants', { slug: idOrSlug });
    const [tenant] = items;
    if (!tenant) throw new CommandFailed(`There is no tenant "${idOrSlug}": \`tenants list\` shows them.`);
    return tenant.id;
  }

  get<Answer>(path: string, query: Query = {}): Promise<Answer> {
    return this.ask('GET', path, query);
  }

  post<Answer>(path: string, body?: object, query: Query = {}): Promise<Answer> {
    return this.ask('POST', path, query, body);
  }

  patch<Answer>(path: string, body: object): Promise<Answer> {
    return this.ask('PATCH', path, {}, body);
  }

  delete<Answer = null>(path: string): Promise<Answer> {
    return this.ask('DELETE', path, {});
  }

  /** Up to `limit` items of a list, page by page. */
  async list<Item>(path: string, query: Query, limit: number): Promise<Page<Item>> {
    const items: Item[] = [];
    let cursor: string | null | undefined;
    do {
      const size = Math.min(limit - items.length, MOST_PER_PAGE);
      const page: Page<Item> = await this.get(path, { ...query, limit: size, cursor });
      items.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== null && items.length < limit);
    return { items, nextCursor: cursor };
  }

  /** What the service goes on sending until it or the caller ends it. */
  async stream(path: string, query: Query = {}): Promise<Readable> {
    const { statusCode, body } = await this.send('GET', pathOf(path, query), undefined, undefined);
    if (statusCode !== 200) throw this.refusal(statusCode, await body.text());
    return body;
  }

  private async ask<Answer>(method: Method, path: string, query: Query, body?: object): Promise<Answer> {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const answer = await this.send(method, pathOf(path, query), body, signal);
    const text = await answer.body.text();
    if (answer.statusCode < 200 || answer.statusCode > 299) throw this.refusal(answer.statusCode, text);
    const read = answer.statusCode === 204 ? null : jsonIn(text);
    if (read === undefined) throw this.refusal(answer.statusCode, text);
    return read as Answer;
  }

  /** Does not follow redirects: the key is for this service alone. */
  private async send(
    method: Method,
    path: string,
    body: object | undefined,
    signal: AbortSignal | undefined,
  ): ReturnType<typeof request> {
    const { url, key, tenantId, isTest } = this.asker;
    try {
      return await request(`${url}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${key}`,
          ...(tenantId !== undefined && { 'x-tenant-id': tenantId }),
          ...(isTest && { [MODE_HEADER]: 'test' }),
          ...(body && { 'content-type': 'application/json' }),
        },
        body: body ? JSON.stringify(body) : null,
        ...(signal ? { signal } : { bodyTimeout: 0 }),
      });
    } catch (error) {
      throw new CommandFailed(
        `No service answers at ${this.origin}. Start it with \`npm start\`, or set CALLBOARD_URL to where one runs.`,
        { cause: error },
      );
    }
  }

  private refusal(status: number, text: string): CommandFailed {
    const problem = jsonIn(text);
    if (isProblem(problem)) return new Refused(problem);
    return new CommandFailed(
      `What answers at ${this.origin} is not Callboard (status ${status}): set CALLBOARD_URL to its address.`,
    );
  }

  /** Without a user and a password. */
  private get origin(): string {
    return new URL(this.asker.url).origin;
  }
}

function pathOf(path: string, query: Query): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== false) search.append(name, String(value));
  }
  return search.size === 0 ? path : `${path}?${search.toString()}`;
}

const isProblem = (answer: unknown): answer is Problem =>
  typeof answer === 'object' && answer !== null && 'code' in answer && 'detail' in answer && 'title' in answer;

/** What to change on this side of the API. */
const ADVICE: Readonly<Record<string, string>> = {
  unauthorized: 'Set CALLBOARD_KEY to a key of this deployment.',
  admin_only: 'Set CALLBOARD_KEY to the admin key.',
  tenant_required: 'Name the tenant with --tenant.',
  endpoint_url_forbidden: 'Give --url an address at which the service reaches this machine, such as that of a tunnel.',
};

function inWords({ title, status, code, detail, errors = [], requestId }: Problem): string {
  const faults = errors.filter(({ message = '' }) => message !== '' && !detail.includes(message));
  return [
    `${title}: ${detail}`,
    ...faults.map(({ path, message }) => `  ${path === undefined ? '' : `${path}: `}${message}`),
    ...(ADVICE[code] === undefined ? [] : [`→ ${ADVICE[code]}`]),
    `(${status} ${code}${requestId === undefined ? '' : `, request ${requestId}`})`,
  ].join('\n');
}
