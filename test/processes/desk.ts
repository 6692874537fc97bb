/** One tenant's work on a service that runs as processes: sends many, and compares the ledger with the sandbox's record. */
import { query, type Service } from '../support/process.js';

export interface Recorded {
  readonly id: string;
  readonly messageId: string;
}

export class Desk {
  private constructor(
    private readonly api: Service,
    private readonly key: string,
    private readonly tenant: string,
    private readonly databaseUrl: string,
  ) {}

  /** A new tenant of the service. */
  static async open(api: Service, key: string, databaseUrl: string): Promise<Desk> {
    const slug = `t-${performance.now().toString(36).replace('.', '-')}`;
    const { status, body } = await api.call<{ id: string }>('POST', '/api/tenants', { key, body: { name: 'Riverside', slug } });
    expect(status).toBe(201);
    return new Desk(api, key, body.id, databaseUrl);
  }

  /** Sends so many messages, half by email and half by SMS, each to another person. Answers their ids. */
  async send(count: number): Promise<string[]> {
    const messages = Array.from({ length: count }, (_, index) =>
      index % 2 === 0
        ? { channel: 'email', to: `guest${index}@example.com`, content: { subject: 'Doors', text: 'Doors open at 19:00.' } }
        : { channel: 'sms', to: `+1415555${String(index).padStart(4, '0')}`, content: { body: 'Doors open at 19:00.' } },
    );
    const ids: string[] = [];
    for (let start = 0; start < count; start += 1_000) {
      const body = { messages: messages.slice(start, start + 1_000) };
      const answer = await this.call<{ items: { id: string }[] }>('POST', '/api/messages/batch', body);
      expect(answer.status).toBe(202);
      ids.push(...answer.body.items.map(({ id }) => id));
    }
    expect(ids).not.toContain(undefined);
    return ids;
  }

  /** What the sandbox "providers" accepted, all pages of it. */
  async recorded(): Promise<Recorded[]> {
    const items: Recorded[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const path: string = `/sandbox/messages?limit=1000${cursor && `&cursor=${cursor}`}`;
      const page = await this.call<{ items: Recorded[]; nextCursor: string | null }>('GET', path);
      expect(page.status).toBe(200);
      items.push(...page.body.items);
      cursor = page.body.nextCursor;
    }
    return items;
  }

  /** What happens to every provider call; nothing unless told. */
  async setFaults(faults?: object): Promise<void> {
    const calls = faults === undefined ? [] : [{ provider: '*', ...faults }];
    expect((await this.call('PUT', '/sandbox/faults', { calls })).status).toBe(200);
  }

  /** The tenant's messages by status. */
  async ledger(): Promise<Map<string, string[]>> {
    const rows = await query<{ status: string; ids: string[] }>(
      this.databaseUrl,
      `select status, array_agg(id) as ids from message where tenant_id = '${this.tenant}' group by status`,
    );
    return new Map(rows.map(({ status, ids }) => [status, ids]));
  }

  debug() { return query(this.databaseUrl, `select channel, kind, previous, reason, code, source, count(*) from message_event where tenant_id = '${this.tenant}' group by 1,2,3,4,5,6 order by 1,2,3`); }
  /** How many messages a worker that died had in hand, with nobody to tell what became of them. */
  async lostWithAWorker(): Promise<number> {
    const [row] = await query<{ count: number }>(
      this.databaseUrl,
      `select count(*)::int as count from message_event
       where tenant_id = '${this.tenant}' and kind = 'unknown' and reason = 'worker_lost'`,
    );
    return row?.count ?? 0;
  }

  private call<Body>(method: string, path: string, body?: unknown): ReturnType<typeof this.api.call<Body>> {
    return this.api.call<Body>(method, path, { key: this.key, tenant: this.tenant, body });
  }
}
