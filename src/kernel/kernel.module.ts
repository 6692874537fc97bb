/** The infrastructure of every module. It has no business terms. */
import { Global, Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE, DiscoveryModule } from '@nestjs/core';
import { CqrsModule } from '@nestjs/cqrs';
import { ScheduleModule } from '@nestjs/schedule';
import { Audit } from './audit/audit.js';
import { AuditChains } from './audit/audit-chains.js';
import { AuditInterceptor } from './audit/audited.js';
import { Admission, AdmissionInterceptor } from './http/admission.js';
import { AuthGuard } from './http/auth.js';
import { ChangeFeed } from './postgres/change-feed.js';
import { InstallationSecrets } from './config/installation-secrets.js';
import { DeploymentFacts } from './postgres/deployment-facts.js';
import { DatabaseModule, type DatabaseParts } from './postgres/database.module.js';
import { DocumentSigner } from './signing/document-signer.js';
import { DomainEvents, HandlerFailures } from './observability/domain-events.js';
import { GuardedFetch } from './http/guarded-fetch.js';
import { HealthChecks, HealthController } from './observability/health.js';
import { IdempotencyAnswers } from './http/idempotency-answers.js';
import { IdempotencyInterceptor } from './http/idempotency.interceptor.js';
import { KeyRing } from './config/key-ring.js';
import { Metrics, MetricsController } from './observability/metrics.js';
import { MetricsExport } from './observability/metrics-export.js';
import { PoolMetrics } from './observability/pool-metrics.js';
import { Processes } from './observability/processes.js';
import { openTracing } from './observability/open-tracing.js';
import { Tracing } from './observability/tracing.js';
import { RateLimits } from './http/rate-limits.js';
import { RequestCounts } from './http/request-counts.js';
import { ProblemFilter } from './http/problem.filter.js';
import { PublicUrl } from './http/public-url.js';
import { PurgeIdempotencyKeysSchedule } from './http/purge-idempotency-keys.schedule.js';
import { QueueMetrics } from './queue/queue-metrics.js';
import { QueueModule } from './queue/queue.module.js';
import { CONFIG, type ReadyConfig } from './config/ready-config.js';
import { ScheduledJobs } from './queue/scheduled.js';
import { Schedules } from './queue/schedules.js';
import { SecretWatch } from './secrets/secret-watch.js';
import { OtherRegions } from './regions/other-regions.js';
import { RegionGuard } from './regions/region-guard.js';
import { TestDeployment } from './test-mode/test-deployment.js';
import { DtoPipe } from './validation/validation.js';

@Global()
@Module({})
export class KernelModule {
  /** The kernel for one configuration, with the entities and migrations of all modules. */
  static forRoot(config: ReadyConfig, parts: DatabaseParts): DynamicModule {
    const configuration = { provide: CONFIG, useValue: config };
    const keyRing = { provide: KeyRing, useValue: currentRing(config) };
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
        Admission,
        RequestCounts,
        RateLimits,
        Audit,
        AuditChains,
        ChangeFeed,
        DeploymentFacts,
        InstallationSecrets,
        DocumentSigner,
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
        SecretWatch,
        TestDeployment,
        OtherRegions,
        RegionGuard,
        GuardedFetch,
        IdempotencyAnswers,
        PurgeIdempotencyKeysSchedule,
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_GUARD, useClass: AuthGuard },
        { provide: APP_GUARD, useExisting: RateLimits },
        { provide: APP_PIPE, useClass: DtoPipe },
        { provide: APP_INTERCEPTOR, useClass: AdmissionInterceptor }, // before any transaction is opened
        { provide: APP_INTERCEPTOR, useClass: IdempotencyInterceptor },
        { provide: APP_INTERCEPTOR, useClass: AuditInterceptor },
      ],
      exports: [
        Audit,
        AuditChains,
        ChangeFeed,
        DeploymentFacts,
        InstallationSecrets,
        DocumentSigner,
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
        TestDeployment,
        OtherRegions,
        GuardedFetch,
        IdempotencyAnswers,
        CqrsModule,
      ],
    };
  }
}

/** The ring of the configuration, also once that has another. */
function currentRing(config: ReadyConfig): KeyRing {
  const ring = KeyRing.parse(config.encryptionKeys);
  config.rotation?.onChange(() => ring.replace(config.encryptionKeys));
  return ring;
}

/** The configuration alone, so that the database and the queues can inject it before the kernel. */
@Global()
@Module({})
class ConfigModule {
  static with(configuration: { provide: symbol; useValue: ReadyConfig }): DynamicModule {
    return { module: ConfigModule, providers: [configuration], exports: [CONFIG] };
  }
}
