/** Liveness and readiness. Any module registers its own check; readiness names each one. */
import { Controller, Get, Inject, Injectable, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../http/auth.js';
import { Database } from '../postgres/database.js';
import { Replica } from '../postgres/replica.js';
import { QueueConnection } from '../queue/queue.module.js';

export interface CheckResult {
  readonly status: 'up' | 'down';
  /** A short reason without secrets or addresses. */
  readonly reason?: string;
  readonly details?: CheckDetails;
}

/** Counts that an operator may want to see beside the status. */
export type CheckDetails = Readonly<Record<string, number>>;

interface Check {
  readonly run: () => Promise<CheckDetails | void>;
  /** A critical check that fails makes the process not ready; any other only degrades it. */
  readonly critical: boolean;
}

const TIMEOUT_MS = 3_000;

@Injectable()
export class HealthChecks {
  private readonly checks = new Map<string, Check>();

  constructor(
    @Inject(Database) database: Database,
    @Inject(QueueConnection) queue: QueueConnection,
    @Inject(Replica) replica: Replica,
  ) {
    this.add('database', true, () => expectWritable(database));
    this.add('queue', false, () => queue.ping());
    if (replica.isConfigured) this.add('replica', false, () => expectFresh(replica));
  }

  /** Registers a check that resolves if healthy and rejects with a reason fit for operators. */
  add(name: string, critical: boolean, run: Check['run']): void {
    this.checks.set(name, { run, critical });
  }

  /** Runs all checks in parallel, each limited to three seconds. */
  async run(): Promise<{ status: 'ok' | 'degraded' | 'down'; checks: Record<string, CheckResult> }> {
    const names = [...this.checks];
    const results = await Promise.all(names.map(([, check]) => outcomeOf(check)));
    const failed = names.filter((_, index) => results[index]?.status === 'down');
    const status = failed.some(([, check]) => check.critical) ? 'down' : failed.length > 0 ? 'degraded' : 'ok';
    return {
      status,
      checks: Object.fromEntries(names.map(([name], index) => [name, results[index] ?? { status: 'down' }])),
    };
  }
}

/** A read-only server, such as a standby, can accept nothing. */
async function expectWritable(database: Database): Promise<void> {
  const [mode] = await database.query<{ readonly: string }>(
    `select current_setting('transaction_read_only') as readonly`,
  );
  if (mode?.readonly === 'on') throw new Error('read-only');
}

/** Without it the primary answers. */
function expectFresh({ obstacle }: Replica): Promise<void> {
  return obstacle === undefined ? Promise.resolve() : Promise.reject(new Error(obstacle));
}

async function outcomeOf(check: Check): Promise<CheckResult> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${TIMEOUT_MS} ms`)), TIMEOUT_MS);
  });
  try {
    const details = await Promise.race([check.run(), timeout]);
    return { status: 'up', ...(details && { details }) };
  } catch (error) {
    return { status: 'down', reason: error instanceof Error ? error.message.split('\n')[0] : 'failed' };
  } finally {
    clearTimeout(timer);
  }
}

@Public()
@ApiTags('Operations')
@Controller('health')
export class HealthController {
  constructor(private readonly checks: HealthChecks) {}

  @Get('live')
  @ApiOperation({ summary: 'Is the process running', operationId: 'live' })
  @ApiResponse({ status: 200, schema: { example: { status: 'ok' } } })
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('ready')
  @ApiOperation({
    summary: 'Can the process serve: database, queue, each provider',
    description: '`degraded` still answers 200: messages are accepted and wait. `down` answers 503.',
    operationId: 'ready',
  })
  @ApiResponse({
    status: 200,
    schema: { example: { status: 'ok', checks: { database: { status: 'up' }, queue: { status: 'up' } } } },
  })
  @ApiResponse({
    status: 503,
    schema: { example: { status: 'down', checks: { database: { status: 'down', reason: 'no answer' } } } },
  })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    const report = await this.checks.run();
    if (report.status === 'down') void reply.status(503);
    return report;
  }
}
