/** What tests of audiences share. */
import { once } from 'node:events';
import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import type { TestApp, Tenant } from '../support/test-app.js';

export interface Counts {
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly repeated: number;
  readonly rejected: number;
}
export interface Import extends Counts {
  readonly id: string;
  readonly status: string;
  readonly lines: number;
  readonly endedAt: string | null;
  readonly columns: readonly object[] | null;
  readonly consents: object | null;
}
export interface Contact {
  readonly kind: string;
  readonly address: string;
  readonly attributes: unknown;
}
export interface Fault {
  readonly line: number;
  readonly code: string;
  readonly field: string | null;
}
export interface Sent<Body> {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Body & { readonly code?: string; readonly detail?: string };
}

export const CSV = 'text/csv';
export const NDJSON = 'application/x-ndjson';
export const JSON_TYPE = 'application/json';

/** One audience of a tenant's, as its services see it. */
export class Audience {
  constructor(
    private readonly app: TestApp,
    readonly tenant: Tenant,
    readonly id: string,
  ) {}

  get path(): string {
    return `/api/audiences/${this.id}`;
  }

  /** The same audience, as another process serves it. */
  in(app: TestApp): Audience {
    return new Audience(app, this.tenant, this.id);
  }

  /** The same audience, as another tries to use it. */
  of(tenant: Tenant): Audience {
    return new Audience(this.app, tenant, this.id);
  }

  /** `path` may name the dry run, or hold a query. */
  async import(
    type: string,
    body: string | Buffer,
    headers: Record<string, string> = {},
    path = '',
  ): Promise<Sent<Import>> {
    return this.app
      .as(this.tenant)
      .post(`${this.path}/contacts${path}`)
      .set({ ...headers, 'content-type': type })
      .serialize(identity)
      .send(body);
  }

  /** An import whose body is written bit by bit. */
  upload(type = CSV, headers: Record<string, string> = {}, query = ''): Upload {
    return new Upload(`${this.app.url}${this.path}/contacts${query}`, {
      authorization: `Bearer ${this.tenant.key}`,
      'content-type': type,
      ...headers,
    });
  }

  async counts(): Promise<{ email: number; phone: number }> {
    const { body } = await this.app.as(this.tenant).get(this.path).expect(200);
    return (body as { counts: { email: number; phone: number } }).counts;
  }

  /** What the counts must be. */
  async counted(): Promise<{ email: number; phone: number }> {
    const [row] = await this.app.database.query<{ email: number; phone: number }>(
      `select count(*) filter (where kind = 'email')::int as email, count(*) filter (where kind = 'phone')::int as phone
       from contact where audience_id = $1`,
      [this.id],
    );
    return row ?? { email: -1, phone: -1 };
  }

  async contacts(query = ''): Promise<Contact[]> {
    const { body } = await this.app.as(this.tenant).get(`${this.path}/contacts${query}`).expect(200);
    return (body as { items: Contact[] }).items.map(({ kind, address, attributes }) => ({ kind, address, attributes }));
  }

  async errors(importId: string): Promise<Fault[]> {
    const { body } = await this.app.as(this.tenant).get(`${this.path}/imports/${importId}/errors`).expect(200);
    return (body as { items: Fault[] }).items.map(({ line, code, field }) => ({ line, code, field }));
  }

  async imports(): Promise<Import[]> {
    const { body } = await this.app.as(this.tenant).get(`${this.path}/imports`).expect(200);
    return (body as { items: Import[] }).items;
  }
}

/** A request on a socket of its own. */
export class Upload {
  readonly answer: Promise<Sent<Import> | 'broken'>;
  private readonly request: ClientRequest;

  constructor(url: string, headers: Record<string, string>) {
    this.request = request(url, { method: 'POST', agent: false, headers });
    this.answer = new Promise((resolve) => {
      this.request.on('error', () => resolve('broken')).on('response', (response) => resolve(read(response)));
    });
  }

  write(body: string | Buffer): this {
    this.request.write(body);
    return this;
  }

  /** What was written has been taken, up to the socket’s own buffer. */
  async drained(): Promise<this> {
    if (this.request.writableNeedDrain) await once(this.request, 'drain');
    return this;
  }

  end(body = ''): this {
    this.request.end(body);
    return this;
  }

  /** The socket is gone from one moment to the next. */
  destroy(): void {
    this.request.destroy();
  }
}

async function read(response: IncomingMessage): Promise<Sent<Import>> {
  const text = (await response.setEncoding('utf8').toArray()).join('');
  return {
    status: response.statusCode ?? 0,
    headers: response.headers as Record<string, string>,
    body: JSON.parse(text),
  };
}

/** superagent would write a text in its own way where the type says JSON. */
const identity = (body: unknown): string => body as string;

export async function newAudience(app: TestApp, tenant: Tenant): Promise<Audience> {
  const { body } = await app.as(tenant).post('/api/audiences').send({ name: 'Guests' }).expect(201);
  return new Audience(app, tenant, (body as { id: string }).id);
}

export const counts = (given: Partial<Counts>): Counts => ({
  inserted: 0,
  updated: 0,
  unchanged: 0,
  repeated: 0,
  rejected: 0,
  ...given,
});
