/** Where BullMQ keeps its jobs: the database, or Redis/Valkey with QUEUE_URL. Jobs are only wake-ups; the ledger is the queue. */
import { Global, Inject, Injectable, Module, type OnApplicationShutdown, type OnModuleDestroy } from '@nestjs/common';
import { BullModule } from '@nestjs/bullmq';
import { createPostgresBackend, createRedisBackend, setDefaultBackendFactory, type ConnectionOptions } from 'bullmq';
import { Redis } from 'ioredis';
import { clientOf, retireFormer } from '../postgres/database-address.js';
import { Database } from '../postgres/database.js';
import { CurrentRedis } from './current-redis.js';
import { QueuePool } from './queue-pool.js';
import { CONFIG, type ReadyConfig } from '../config/ready-config.js';

/** Each worker keeps one connection to listen on; the rest carry short statements. */
const POOL_SIZE = 10;
/** With fewer left, wakes wait behind the workers' own statements. */
const SPARE = 2;

@Injectable()
export class QueueConnection implements OnModuleDestroy, OnApplicationShutdown {
  private readonly client: QueuePool | Redis;

  /** Injects the database only to start after it: a queue that looks for its tables before they exist fails permanently. */
  constructor(@Inject(CONFIG) config: ReadyConfig, @Inject(Database) _migrated: Database) {
    if (config.queueUrl) {
      setDefaultBackendFactory(createRedisBackend);
      this.client = new CurrentRedis(() => config.queueUrl ?? '', { maxRetriesPerRequest: null });
      this.client.on('error', () => undefined); // reconnects by itself; readiness reports it
    } else {
      setDefaultBackendFactory(createPostgresBackend);
      this.client = new QueuePool({
        Client: clientOf(() => config.databaseDirectUrl), // a pooler keeps no session to listen in
        max: POOL_SIZE,
        application_name: 'callboard-queue',
        keepAlive: true,
        // BullMQ's functions are called unqualified, and are in this schema. Jobs are wake-ups, which may be lost with the
        // server.
        options: '-c search_path=bullmq -c synchronous_commit=off',
      });
      retireFormer(this.client, () => config.databaseDirectUrl);
    }
  }

  /** BullMQ types its option for Redis only; the Postgres backend takes a pool in the same place. */
  get options(): ConnectionOptions {
    return this.client;
  }

  /** Raises an Error if so many workers would leave the pool too few connections for anything else. */
  requireRoomFor(workers: number): void {
    if (this.client instanceof Redis || workers < POOL_SIZE - SPARE) return;
    throw new Error(
      `${workers} queue workers would keep ${workers} of the ${POOL_SIZE} connections of the queue's pool: raise its size.`,
    );
  }

  /** Resolves when the queue's store answers. */
  async ping(): Promise<void> {
    if (this.client instanceof Redis) await this.client.ping();
    else await this.client.query('select 1');
  }

  onModuleDestroy(): void {
    if (this.client instanceof QueuePool) this.client.endPatience();
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.client instanceof Redis) this.client.disconnect();
    else await this.client.end();
  }
}

@Global()
@Module({ providers: [QueueConnection], exports: [QueueConnection] })
class QueueConnectionModule {}

@Module({
  imports: [
    QueueConnectionModule,
    BullModule.forRootAsync({
      extraOptions: { manualRegistration: true }, // applied only here, not in what the factory returns
      inject: [QueueConnection],
      useFactory: (connection: QueueConnection) => ({
        connection: connection.options,
        prefix: '{callboard}', // one hash slot, so that Redis Cluster can run BullMQ's scripts
        defaultJobOptions: { removeOnComplete: true, removeOnFail: { age: 86_400, count: 1_000 } },
      }),
    }),
  ],
})
export class QueueModule {}
