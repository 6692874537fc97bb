/** A Callboard under test: its processes on one database, and calls to its API. */
import type { AppConfig } from '../src/app.config.js';
import type { ProviderName } from '../src/tenants/index.js';
import { randomBytes } from 'node:crypto';
import { Pool } from 'pg';
import { callApi } from '../harness/api-call.js';
import { KeyRing, type ReadyConfig } from '../src/kernel/index.js';
import { ADMIN_KEY, callboardConfig } from './callboard.config.js';
import type { CallboardProcess } from './callboard.process.js';
import { dataFor, guest, TEMPLATES, TEMPLATE_KEY, type BenchChannel } from './people.js';
import { freePort } from '../harness/ports.js';
import { Remote } from './remote.js';

export interface CallboardOptions {
  readonly databaseUrl: string;
  readonly providerUrl: string;
  /** Absent: the queues live in the database. */
  readonly queueUrl?: string;
  readonly nodeOptions: readonly string[];
}

export interface BenchTenant {
  readonly id: string;
  readonly key: string;
  readonly venueId: string;
  /** Its senders. */
  readonly from: Readonly<Record<BenchChannel, string>>;
}

/** A rate that nothing on one machine reaches. */
const NO_LIMIT = 10_000;
const BATCH = 1_000;

export class Callboard {
  private readonly processes: Remote<CallboardProcess>[] = [];
  private readonly encryptionKeys = KeyRing.generate();
  private readonly pool: Pool;
  private tenants = 0;
  /** Of the process that serves the API. */
  url = '';

  constructor(private readonly options: CallboardOptions) {
    this.pool = new Pool({ connectionString: options.databaseUrl, max: 2 });
  }

  get databaseUrl(): string {
    return this.options.databaseUrl;
  }

  /** Starts one of its processes with the settings of production: each request is logged, but the output is discarded. */
  async start(
    role: ReadyConfig['role'],
    more: Pick<AppConfig, 'serviceBus' | 'otlp'> = {},
  ): Promise<Remote<CallboardProcess>> {
    const { databaseUrl, providerUrl, queueUrl, nodeOptions } = this.options;
    const remote = Remote.start<CallboardProcess>('callboard.process.js', ['--expose-gc', ...nodeOptions]);
    this.processes.push(remote);
    const port = await freePort();
    if (role !== 'worker') this.url = `http://127.0.0.1:${port}`;
    const place = { role, port, publicUrl: this.url };
    const { encryptionKeys } = this;
    await remote.call(
      'open',
      callboardConfig({ ...place, databaseUrl, providerUrl, queueUrl, encryptionKeys, ...more }),
    );
    return remote;
  }

  /** Ends one process, as a deployment would. */
  async stop(remote: Remote<CallboardProcess>): Promise<void> {
    await remote.call('close');
    await remote.end();
    this.processes.splice(this.processes.indexOf(remote), 1);
  }

  async close(): Promise<void> {
    for (const remote of this.processes.slice()) await this.stop(remote);
    await this.pool.end();
  }

  /** A tenant with a sender and the templates of each channel; all senders of a channel are at its usual provider, or this one. */
  async tenant(provider: Partial<Record<BenchChannel, ProviderName>> = {}): Promise<BenchTenant> {
    const created = await this.ask<{ id: string; defaultVenueId: string }>(ADMIN_KEY, 'POST', '/api/tenants', {
      name: 'Riverside Festivals',
      slug: `t-${randomBytes(6).toString('hex')}`,
    });
    const path = `/api/tenants/${created.id}/api-keys`;
    const { key } = await this.ask<{ key: string }>(ADMIN_KEY, 'POST', path, { name: 'bench', scopes: ['*'] });
    const venueId = created.defaultVenueId;
    const number = (this.tenants += 1);
    const from = { sms: `+1415555${1_000 + number}`, email: `news@riverside${number}.example` };
    const sms = { channel: 'sms', address: from.sms, ratePerSecond: NO_LIMIT, provider: provider.sms };
    for (const sender of [sms, { channel: 'email', address: from.email, provider: provider.email }]) {
      await this.ask(key, 'POST', '/api/senders', { venueId, ...sender });
    }
    for (const template of TEMPLATES) await this.ask(key, 'POST', '/api/templates', template);
    return { id: created.id, key, venueId, from };
  }

  /** Opts so many people in, starting with the one of this number. */
  async optIn({ key, venueId }: BenchTenant, channel: BenchChannel, count: number, first = 0): Promise<void> {
    for (const numbers of batches(first, count)) {
      const contacts = numbers.map((number) => ({
        address: guest(channel, number),
        status: 'opted_in',
      }));
      await this.ask(key, 'POST', '/api/consent/import', { venueId, channel, source: 'bench', contacts });
    }
  }

  /** Accepts a message to each of so many people, from a template with three variables, and answers their ids. */
  async accept({ key }: BenchTenant, channel: BenchChannel, count: number, first = 0): Promise<string[]> {
    const ids: string[] = [];
    for (const numbers of batches(first, count)) {
      const messages = numbers.map((number) => ({
        channel,
        to: guest(channel, number),
        reference: `o-${number}`,
        template: { key: TEMPLATE_KEY[channel], data: dataFor(number) },
      }));
      const path = '/api/messages/batch';
      const { items } = await this.ask<{ items: { id: string; error?: object }[] }>(key, 'POST', path, { messages });
      const refused = items.find(({ error }) => error);
      if (refused) throw new Error(`A message was refused: ${JSON.stringify(refused.error)}`);
      ids.push(...items.map(({ id }) => id));
    }
    return ids;
  }

  /** Calls the API. Raises an Error with the problem for any answer but a good one. */
  async ask<Body>(key: string, method: string, path: string, body?: unknown): Promise<Body> {
    const answer = await callApi<Body>(this.url, method, path, { key, body });
    if (answer.status >= 300)
      throw new Error(`${method} ${path} was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  async query<Row extends object>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    return (await this.pool.query<Row>(sql, [...parameters])).rows;
  }
}

/** The numbers of so many people, in batches of the size of one request. */
function batches(first: number, count: number): number[][] {
  const sizes = Array.from({ length: Math.ceil(count / BATCH) }, (_, at) => Math.min(BATCH, count - at * BATCH));
  return sizes.map((size, at) => Array.from({ length: size }, (_, index) => first + at * BATCH + index));
}
