/** A bare Nest application on Fastify with one route that runs one INSERT: the baseline of a request. */
import { Body, Controller, HttpCode, Inject, Module, Post, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Pool } from 'pg';
import { cpuMs, serve } from './remote.js';

interface BareOptions {
  readonly databaseUrl: string;
  readonly poolSize: number;
}

@Controller()
class BareController {
  constructor(@Inject(Pool) private readonly pool: Pool) {}

  @Post('bare')
  @HttpCode(202)
  async insert(@Body() { to, ...message }: { to: string }): Promise<{ id: string }> {
    const { rows } = await this.pool.query<{ id: string }>(
      'insert into bare (recipient, message) values ($1, $2) returning id',
      [to, message],
    );
    const [row] = rows;
    if (!row) throw new Error('an INSERT returns its row');
    return row;
  }
}

@Module({})
class BareModule {
  static with(pool: Pool): DynamicModule {
    return { module: BareModule, controllers: [BareController], providers: [{ provide: Pool, useValue: pool }] };
  }
}

const bare = {
  /** Creates its table, and answers its URL. */
  listen: async ({ databaseUrl, poolSize }: BareOptions): Promise<string> => {
    const pool = new Pool({ connectionString: databaseUrl, max: poolSize });
    await pool.query(
      `create table bare (
         id uuid primary key default uuidv7(), recipient text not null, message jsonb not null,
         created_at timestamptz not null default now())`,
    );
    const app = await NestFactory.create<NestFastifyApplication>(BareModule.with(pool), new FastifyAdapter(), {
      logger: false,
    });
    await app.listen(0, '127.0.0.1');
    return app.getUrl();
  },
  /** Milliseconds of CPU that this process has used. */
  cpu: () => Promise.resolve(cpuMs()),
};
export type Bare = typeof bare;
serve(bare);
