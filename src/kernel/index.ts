/** The kernel's public API. */
export { API_SECTIONS, type ApiSection } from './openapi/api-sections.js';
export { API_WEBHOOKS, type ApiWebhook } from './openapi/api-webhooks.js';
export { ApiProblems } from './openapi/api-problems.js';
export { isBlank } from './blank.js';
export { RequestsPerMinuteBody, type RequestsPerMinute } from './http/rate-limit.dto.js';
export { Admission, Urgent } from './http/admission.js';
export { AnyMediaType } from './http/any-media-type.js';
export * from './http/auth.js';
export {
  cookieOf,
  CrossSiteRequest,
  csrfTokenOf,
  requireSameOrigin,
  SessionEnded,
  sessionCookieOf,
  setCookie,
  setSessionCookie,
} from './http/session-cookie.js';
export { readNested, readNestedList } from './validation/dto-reader.js';
export { Reads } from './validation/shape.js';
export {
  CORRELATION_HEADER,
  CORRELATION_ID,
  CorrelationId,
  isCorrelationId,
  isTellable,
} from './http/correlation-id.js';
export { Database, instant, iso } from './postgres/database.js';
export { checkDatabase, UnusableDatabase } from './postgres/check-database.js';
export { clientOf, retireFormer } from './postgres/database-address.js';
export { InstallationSecrets, SecretLost } from './config/installation-secrets.js';
export { DeploymentFacts } from './postgres/deployment-facts.js';
export type { GrantedRole } from './postgres/granted-roles.js';
export { NotGranted } from './postgres/grants.js';
export { NotMigrated, type Grantees } from './postgres/migrate.js';
export { errorLine } from './postgres/error-line.js';
export { isRetryable, isUnavailable, sqlStateOf, violatedUnique } from './postgres/database-errors.js';
export { streamOf, unconfined } from './postgres/tenant-scope.js';
export { Replica } from './postgres/replica.js';
export { differingZones } from './postgres/zone-data.js';
export { BodyIncomplete, MalformedJson } from './http/edge.errors.js';
export * from './errors.js';
export * from './validation/fields.js';
export { SqlValues, type SqlCondition } from './postgres/sql-values.js';
export { SparingLogger } from './logging/sparing-logger.js';
export { waitFor } from './logging/waits.js';
export { Audit, type AuditFilter, type AuditRecord } from './audit/audit.js';
export { AuditChains, chainOf, type ChainHead, type Verified } from './audit/audit-chains.js';
export type { Finding } from './audit/chain-check.js';
export { NoAuditExport, verifyExport } from './audit/export-check.js';
export { Audited, type AuditedKind } from './audit/audited.js';
export { DocumentSigner } from './signing/document-signer.js';
export { verifyDocument, type Signed, type Verdict } from './signing/signed-document.js';
export { DomainEventHandler, DomainEvents } from './observability/domain-events.js';
export { ForbiddenAddress, GuardedFetch } from './http/guarded-fetch.js';
export { HealthChecks, type CheckDetails } from './observability/health.js';
export { IdempotencyAnswers } from './http/idempotency-answers.js';
export { IdempotencyKeyReused } from './http/idempotency.errors.js';
export { ChangeFeed } from './postgres/change-feed.js';
export { JointReads } from './postgres/joint-reads.js';
export { JointWrites } from './postgres/joint-writes.js';
export { escapedHtml } from './html.js';
export { at, canonicalJson, jsonIn, listAt, objectIn, stringAt, stringsAt, timeOf } from './json.js';
export { CostlyReading } from './costly-reading.js';
export { closestName } from './closest-name.js';
export { readMicros } from './micros.js';
export { BadConfiguration, type Config } from './config/config.js';
export type { EnvironmentReader } from './config/environment-reader.js';
export { KernelModule } from './kernel.module.js';
export { KeyRing } from './config/key-ring.js';
export {
  Metrics,
  prometheusName,
  type Durations,
  type EventCount,
  type Labels,
  type Sample,
} from './observability/metrics.js';
export { MetricsExport } from './observability/metrics-export.js';
export { Processes, type WorkerCount } from './observability/processes.js';
export { pingRedis } from './queue/ping-redis.js';
export { Overdue } from './queue/overdue.js';
export * from './http/paging.js';
export { IdParam } from './http/params.js';
export { JobPutBack, JobRefused, QueueProcessor, QueueWorker } from './queue/processor.js';
export { isMachineAgent } from './http/machine-agent.js';
export { isNetwork, NETWORK, Networks, subscriberOf } from './http/networks.js';
export { addressClassOf } from './http/public-address.js';
export { PublicUrl } from './http/public-url.js';
export { QueueConnection } from './queue/queue.module.js';
export type { FoundGround } from './service/boot.js';
export { CONFIG, type ReadyConfig } from './config/ready-config.js';
export { SIGNING_SECRET, SIGNING_SECRET_MEANING } from './config/signing-secret.js';
export { Scheduled, ScheduledJobs } from './queue/scheduled.js';
export { Schedules } from './queue/schedules.js';
export { createSelfSignedCertificate } from './self-signed-certificate.js';
export { ShortCache } from './short-cache.js';
export { Slots } from './slots.js';
export { BodyStream, StreamedBody, type StreamedContent, type StreamedRequestBody } from './http/streamed-body.js';
export { regionPart } from './regions/key-region.js';
export { OtherRegions } from './regions/other-regions.js';
export { REGION, REGION_HEADER } from './regions/regions-config.js';
export { RegionLoop, RegionUnavailable, requireOwnRegion, WrongRegion } from './regions/regions.errors.js';
export { TenantDirectory } from './regions/tenant-directory.js';
export { LiveOnly } from './test-mode/live-only.js';
export { MODE_HEADER, MODES, TEST_KEY_PREFIX, type Mode } from './test-mode/mode.js';
export { TestDeployment } from './test-mode/test-deployment.js';
export { LiveModeOnly, ModeMismatch, TestModeOff, TestModeUnavailable } from './test-mode/test-mode.errors.js';
export { inSlices, nextTurn } from './turns.js';
export { Waker } from './queue/waker.js';
export { minorUnits } from './minor-units.js';
export { isUuid } from './uuid.js';
export { storable } from './postgres/storable.js';
export {
  currentPlace,
  Tracing,
  traceIdOf,
  type OpenSpan,
  type SpanDetails,
  type TraceParent,
} from './observability/tracing.js';
export type { SpanAttributes } from './observability/span-attributes.js';
export { VERSION } from './version.js';
export { isHostName } from './validation/host-name.js';
export { DtoPipe, validated } from './validation/validation.js';
export { WEB_ADDRESS, isWebAddress } from './validation/web-address.js';
