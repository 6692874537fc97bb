/** The kernel's door. */
export * from './auth.js';
export { Database, instant, iso } from './database.js';
export { isUnavailable, violatedUnique } from './database-errors.js';
export * from './errors.js';
export * from './fields.js';
export { HealthChecks } from './health.js';
export { KernelModule } from './kernel.module.js';
export { KeyRing } from './key-ring.js';
export { Metrics } from './metrics.js';
export { ApiProblems } from './openapi.js';
export * from './paging.js';
export { IdParam } from './params.js';
export { PublicUrl } from './public-url.js';
export { QueueConnection } from './queue.module.js';
export { CONFIG, type ReadyConfig } from './ready-config.js';
export { Schedules } from './schedules.js';
export { createSelfSignedCertificate } from './self-signed-certificate.js';
export { validated } from './validation.js';
