/** The public API of the guard against SMS pumping. */
export { readPumpingGuard, type PumpingGuardConfig } from './pumping-guard-config.js';
export { PumpingGuardModule } from './pumping-guard.module.js';
