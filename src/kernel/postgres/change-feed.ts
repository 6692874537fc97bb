/**
 * What other processes keep in memory and one of them changes: it announces the change as part of its transaction, and all hear of it at once
 * (PostgreSQL's LISTEN and NOTIFY).
 */
import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Client } from 'pg';
import { CONFIG, type ReadyConfig } from '../config/ready-config.js';
import { SparingLogger } from '../logging/sparing-logger.js';
import { Metrics } from '../observability/metrics.js';
import { Database } from './database.js';
import { errorLine } from './error-line.js';

const CHANNEL = 'callboard_changes';
const RETRY_MS = 1_000;
/** A server that cannot be reached is given up after this long, and tried again. */
const CONNECT_MS = 10_000;

/** Who keeps something in memory. */
export interface ChangeListener {
  /** What has this key has changed, and the change is committed. It must not throw. */
  changed(key: string): void;
  /** Changes may have been missed: nothing kept is sure any more. It must not throw. */
  missed(): void;
}

@Injectable()
export class ChangeFeed implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new SparingLogger(new Logger(ChangeFeed.name));
  private readonly listeners = new Map<string, ChangeListener>();
  private client: Client | undefined;
  private timer: NodeJS.Timeout | undefined;
  private connecting: Promise<void> | undefined;
  private stopping = false;
  private listening = false;

  constructor(
    @Inject(CONFIG) private readonly config: ReadyConfig,
    private readonly database: Database,
    metrics: Metrics,
  ) {
    metrics.gauge(
      {
        name: 'callboard.change_feed_connected',
        help: 'Whether this process hears at once what others change: 1 or 0',
      },
      () => Promise.resolve([{ value: Number(this.listening) }]),
    );
  }

  /** Whether every change is heard. If not, what is kept may be old: whoever must be sure asks the database. */
  get isListening(): boolean {
    return this.listening;
  }

  /** Hears of the changes of one topic, a word. Raises an Error if another one does. */
  on(topic: string, listener: ChangeListener): void {
    if (this.listeners.has(topic)) throw new Error(`Two listen to the changes of ${topic}`);
    this.listeners.set(topic, listener);
  }

  /** Tells all processes, this one too, as soon as the open transaction is committed; at once without one. */
  async announce(topic: string, key: string): Promise<void> {
    await this.database.query(`select pg_notify($1, $2)`, [CHANNEL, `${topic} ${key}`]);
  }

  /** The service starts without it: a server that is slow to answer is waited for meanwhile. */
  onApplicationBootstrap(): void {
    this.begin();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    clearTimeout(this.timer);
    await this.connecting;
    await this.client?.end().catch(() => undefined);
  }

  private begin(): void {
    this.connecting = this.connect().catch((error: unknown) => {
      this.logger.warn(`Changes by other processes are not heard at once: ${errorLine(error)}`);
      this.tryLater();
    });
  }

  /** Past a pooler, which keeps no session. */
  private async connect(): Promise<void> {
    const client = new Client({
      connectionString: this.config.databaseDirectUrl,
      application_name: 'callboard-changes',
      connectionTimeoutMillis: CONNECT_MS,
      keepAlive: true,
    });
    client.on('notification', ({ payload = '' }) => this.hear(payload));
    client.on('error', () => this.lose(client));
    client.on('end', () => this.lose(client));
    this.client = client;
    try {
      await client.connect();
      await client.query(`listen ${CHANNEL}`);
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
    for (const listener of this.listeners.values()) listener.missed();
    this.listening = true;
  }

  private hear(payload: string): void {
    const space = payload.indexOf(' ');
    this.listeners.get(payload.slice(0, space))?.changed(payload.slice(space + 1));
  }

  /** The first of what a lost connection reports. */
  private lose(client: Client): void {
    if (this.client !== client) return;
    this.client = undefined;
    if (!this.listening) return; // it was never there: whoever connects knows
    this.listening = false;
    this.tryLater();
  }

  private tryLater(): void {
    if (this.stopping) return;
    this.timer = setTimeout(() => this.begin(), RETRY_MS);
  }
}
