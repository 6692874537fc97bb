/** The infrastructure of every module. It has no business terms. */
import { Global, Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE, DiscoveryModule } from '@nestjs/core';
import { CqrsModule } from '@nestjs/cqrs';
import { ScheduleModule } from '@nestjs/schedule';
import { Audit } from './observability/audit.js';
import { AuditInterceptor } from './observability/audited.js';
import { AuthGuard } from './http/auth.js';
import { DeploymentFacts } from './postgres/deployment-facts.js';
import { DatabaseModule, type DatabaseParts } from './postgres/database.module.js';
import { DomainEvents, HandlerFailures } from './observability/domain-events.js';
import { GuardedFetch } from './http/guarded-fetch.js';
import { HealthChecks, HealthController } from './observability/health.js';
import { IdempotencyInterceptor } from './http/idempotency.interceptor.js';
import { KeyRing } from './config/key-ring.js';
import { Metrics, MetricsController } from './observability/metrics.js';
import { MetricsExport } from './observability/metrics-export.js';
import { PoolMetrics } from './observability/pool-metrics.js';
import { Processes } from './observability/processes.js';
import { openTracing } from './observability/open-tracing.js';
import { Tracing } from './observability/tracing.js';
import { ProblemFilter } from './http/problem.filter.js';
import { PublicUrl } from './http/public-url.js';
import { PurgeIdempotencyKeysSchedule } from './http/purge-idempotency-keys.schedule.js';
import { QueueMetrics } from './queue/queue-metrics.js';
import { QueueModule } from './queue/queue.module.js';
import { CONFIG, type ReadyConfig } from './config/ready-config.js';
import { ScheduledJobs } from './queue/scheduled.js';
import { Schedules } from './queue/schedules.js';
import { DtoPipe } from './validation/validation.js';

@Global()
@Module({})
export class KernelModule {
  /** The kernel for one configuration, with the entities and migrations of all modules. */
  static forRoot(config: ReadyConfig, parts: DatabaseParts): DynamicModule {
    const configuration = { provide: CONFIG, useValue: config };
    const keyRing = { provide: KeyRing, useValue: KeyRing.parse(config.encryptionKeys) };
    return {
      module: KernelModule,
      imports: [
        ConfigModule.with(configuration),
        DatabaseModule.forRoot(parts),
        QueueModule,
        CqrsModule.forRoot(),
        DiscoveryModule,
        ScheduleModule.forRoot(),
      ],
      controllers: [HealthController, MetricsController],
      providers: [
        keyRing,
        Audit,
        DeploymentFacts,
        Metrics,
        MetricsExport,
        QueueMetrics,
        { provide: Tracing, useFactory: (metrics: Metrics) => openTracing(config, metrics), inject: [Metrics] },
        PoolMetrics,
        Processes,
        HealthChecks,
        DomainEvents,
        HandlerFailures,
        Schedules,
        ScheduledJobs,
        PublicUrl,
        GuardedFetch,
        PurgeIdempotencyKeysSchedule,
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_GUARD, useClass: AuthGuard },
        { provide: APP_PIPE, useClass: DtoPipe },
        { provide: APP_INTERCEPTOR, useClass: IdempotencyInterceptor },
        { provide: APP_INTERCEPTOR, useClass: AuditInterceptor },
      ],
      exports: [
        Audit,
        DeploymentFacts,
        KeyRing,
        Metrics,
        Tracing,
        DomainEvents,
        HandlerFailures,
        HealthChecks,
        Processes,
        ScheduledJobs,
        Schedules,
        PublicUrl,
        GuardedFetch,
        CqrsModule,
      ],
    };
  }
}

/** The configuration alone, so that the database and the queues can inject it before the kernel. */
@Global()
@Module({})
class ConfigModule {
  static with(configuration: { provide: symbol; useValue: ReadyConfig }): DynamicModule {
    return { module: ConfigModule, providers: [configuration], exports: [CONFIG] };
  }
}
