/** One tenant's work on a service that runs as processes: sends many, and reads the ledger and the sandbox's record. */
import { randomBytes } from 'node:crypto';
import { query } from '../../harness/query.js';
import type { ServiceProcess } from '../../harness/service-process.js';
import { RecordFollower } from '../../harness/sandbox-record.js';
import { until } from '../../harness/until.js';

/** Thousands of messages are read at each look. */
const POLLING = { everyMs: 200 };

export class TenantClient {
  private readonly record: RecordFollower;

  private constructor(
    private readonly service: ServiceProcess,
    private readonly key: string,
    private readonly tenant: string,
    private readonly databaseUrl: string,
  ) {
    this.record = new RecordFollower(service.url);
  }

  /** A new tenant of the service. */
  static async open(service: ServiceProcess, key: string, databaseUrl: string): Promise<TenantClient> {
    const body = { name: 'Riverside', slug: `t-${randomBytes(6).toString('hex')}` };
    const created = await service.call<{ id: string }>('POST', '/api/tenants', { key, body });
    expect(created.status).toBe(201);
    return new TenantClient(service, key, created.body.id, databaseUrl);
  }

  /** Sends so many messages, half by email and half by SMS, each to another person. Answers their ids. */
  async send(count: number): Promise<string[]> {
    const messages = Array.from({ length: count }, (_, index) =>
      index % 2 === 0
        ? {
            channel: 'email',
            to: `guest${index}@example.com`,
            content: { subject: 'Doors', text: 'Doors open at 19:00.' },
          }
        : {
            channel: 'sms',
            to: `+1415555${String(index).padStart(4, '0')}`,
            content: { body: 'Doors open at 19:00.' },
          },
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

  /** The ids of all messages that the sandbox's "providers" accepted, in order: a message accepted twice is here twice. */
  async recorded(): Promise<string[]> {
    return (await this.record.look()).map(({ messageId }) => messageId ?? '').sort();
  }

  /** Sets the faults of every provider call; none by default. */
  async setFaults(faults?: object): Promise<void> {
    const calls = faults === undefined ? [] : [{ provider: '*', ...faults }];
    expect((await this.call('PUT', '/sandbox/faults', { calls })).status).toBe(200);
  }

  /** The ids of the tenant's messages by status, in order. */
  async ledger(): Promise<Map<string, string[]>> {
    const rows = await query<{ status: string; ids: string[] }>(
      this.databaseUrl,
      `select status, array_agg(id::text order by id) as ids from message where tenant_id = '${this.tenant}' group by status`,
    );
    return new Map(rows.map(({ status, ids }) => [status, ids]));
  }

  /**
   * Waits until nothing more is to come: everything is delivered, or in doubt and taken by nobody. In doubt is what a worker died with,
   * and what a slow machine let time out.
   */
  async settled(): Promise<{ recorded: string[]; ledger: Map<string, string[]> }> {
    return until(async () => {
      const ledger = await this.ledger();
      if (![...ledger.keys()].every((status) => ['delivered', 'unknown'].includes(status))) return false;
      const recorded = await this.recorded();
      const taken = new Set(recorded);
      return !ledger.get('unknown')?.some((id) => taken.has(id)) && { recorded, ledger };
    }, POLLING);
  }

  /** How many messages are in doubt because the worker that held them died. */
  async lostWithAWorker(): Promise<number> {
    const lost = await query(
      this.databaseUrl,
      `select from message_event where tenant_id = '${this.tenant}' and kind = 'unknown' and reason = 'worker_lost'`,
    );
    return lost.length;
  }

  private call<Body = unknown>(method: string, path: string, body?: unknown): Promise<{ status: number; body: Body }> {
    return this.service.call<Body>(method, path, { key: this.key, tenantId: this.tenant, body });
  }
}
