/**
 * The work of a drain as the framework's documentation suggests it: one BullMQ job per message, and a processor that checks consent,
 * renders, calls the provider and records the outcome. The job carries all that it needs, and both writes are one statement: fewer
 * round trips than most implementations take.
 */
import type { INestApplicationContext } from '@nestjs/common';
import { Queue, Worker, type ConnectionOptions, type Job } from 'bullmq';
import { Redis } from 'ioredis';
import { Pool } from 'pg';
import { CONFIG, type ReadyConfig } from '../src/kernel/index.js';
import { ProviderRegistry } from '../src/providers/index.js';
import type { Channel, ProviderName } from '../src/tenants/index.js';
import { TemplateLibrary, render } from '../src/templates/index.js';

const QUEUE = 'job-per-message';

/** The job's data. */
interface Task {
  readonly id: string;
  readonly tenant_id: string;
  readonly venue_id: string;
  readonly channel: Channel;
  readonly provider: ProviderName;
  readonly account_id: string;
  readonly sender_address: string;
  readonly recipient: string;
  readonly template_version_id: string;
  readonly data: Record<string, unknown>;
}

const TAKE = `
  with taken as (delete from pending where lane_id = $1 returning message_id)
  select message.id, message.tenant_id, venue_id, message.channel, message.provider, provider_account_id as account_id,
    message.sender_address, recipient, template_version_id, data
  from taken join message on message.id = taken.message_id join lane on lane.id = message.lane_id order by message.id`;

const CONSENT = `
  select consent.status, suppression.reason,
    case $2 when 'email' then tenant.email_enabled else tenant.sms_enabled end as enabled
  from tenant
  left join consent on consent.venue_id = $4 and consent.channel = $2 and consent.address = $3
  left join suppression on suppression.tenant_id = $1 and suppression.channel = $2 and suppression.address = $3
  where tenant.id = $1`;

const RECORD = `
  with moved as (
    update message set status = $2, provider_message_id = $3, attempts = attempts + 1,
      sent_at = case when $2 = 'sent' then now() end
    where id = $1 and status = 'queued' returning *)
  insert into message_event (message_id, tenant_id, kind, previous, channel, category, provider, segments, source)
  select id, tenant_id, status, 'queued', channel, category, provider, segments, 'dispatch' from moved`;

export class JobPerMessage {
  private readonly queue: Queue;

  private constructor(
    private readonly registry: ProviderRegistry,
    private readonly templates: TemplateLibrary,
    private readonly ledger: Pool,
    private readonly store: Pool | Redis,
  ) {
    this.queue = new Queue(QUEUE, this.options);
  }

  /** On the product's own queue backend, with a connection pool of its own as large as the ledger's. */
  static async open(app: INestApplicationContext): Promise<JobPerMessage> {
    const { databaseUrl, databasePoolSize: max, queueUrl } = app.get<ReadyConfig>(CONFIG, { strict: false });
    const store = queueUrl
      ? new Redis(queueUrl, { maxRetriesPerRequest: null })
      : new Pool({ connectionString: databaseUrl, max, options: '-c search_path=bullmq' });
    const registry = app.get(ProviderRegistry, { strict: false });
    const templates = app.get(TemplateLibrary, { strict: false });
    const jobs = new JobPerMessage(registry, templates, new Pool({ connectionString: databaseUrl, max }), store);
    await jobs.queue.waitUntilReady();
    return jobs;
  }

  async enqueue(laneId: string): Promise<number> {
    const { rows } = await this.ledger.query<Task>(TAKE, [laneId]);
    for (let start = 0; start < rows.length; start += 500) {
      const some = rows.slice(start, start + 500);
      await this.queue.addBulk(some.map((data) => ({ name: 'send', data, opts: { removeOnComplete: true } })));
    }
    return rows.length;
  }

  /** How many it did: all that waited. */
  async work(concurrency: number): Promise<number> {
    const count = await this.queue.getWaitingCount();
    const worker = new Worker<Task>(QUEUE, (job) => this.send(job), { ...this.options, concurrency, autorun: false });
    worker.on('error', () => undefined);
    await worker.waitUntilReady();
    await new Promise<void>((resolve, reject) => {
      let done = 0;
      worker.on('completed', () => {
        if ((done += 1) === count) resolve();
      });
      worker.on('failed', (_job, error) => reject(error));
      worker.run().catch(reject);
    });
    await worker.close();
    return count;
  }

  async close(): Promise<void> {
    await this.queue.close();
    await this.ledger.end();
    if (this.store instanceof Redis) this.store.disconnect();
    else await this.store.end();
  }

  /** BullMQ types its option for Redis only; the Postgres backend takes a pool in the same place. */
  private get options(): { connection: ConnectionOptions; prefix: string } {
    return { connection: this.store, prefix: '{bench}' };
  }

  private async send({ data: task }: Job<Task>): Promise<void> {
    const { id, tenant_id: tenantId, venue_id: venueId, channel, recipient: to, sender_address: from } = task;
    const { rows } = await this.ledger.query<{ status: string | null; reason: string | null; enabled: boolean }>(
      CONSENT,
      [tenantId, channel, to, venueId],
    );
    const [consent] = rows;
    if (!consent?.enabled || consent.status !== 'opted_in' || consent.reason !== null) {
      await this.ledger.query(RECORD, [id, 'skipped_no_consent', null]);
      return;
    }
    const { compiled } = await this.templates.version(task.template_version_id);
    const adapter = await this.registry.adapter(task.provider);
    const account = await this.registry.account(task.account_id);
    const envelope = { messageId: id, attempt: 1, tenantId, channel, from, to, content: render(compiled, task.data) };
    const [outcome] = await adapter.send(account, [envelope], AbortSignal.timeout(12_000));
    if (outcome?.kind !== 'accepted') throw new Error(`The provider did not take it: ${outcome?.kind}`);
    await this.ledger.query(RECORD, [id, 'sent', outcome.providerMessageId]);
  }
}
