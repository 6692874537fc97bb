/** How SMS pumping is guarded against where a tenant does not say otherwise. */
import type { EnvironmentReader } from '../kernel/index.js';

/** `watch`: whoever is concerned is told. `block`: messages to the range are stopped too. */
export const GUARD_MODES = ['off', 'watch', 'block'] as const;
export type GuardMode = (typeof GUARD_MODES)[number];

export interface PumpingGuardSettings {
  readonly mode: GuardMode;
  /** Fewer new numbers within the minutes of a look are never suspected. */
  readonly least: number;
}

export interface PumpingGuardConfig {
  readonly pumpingGuard: PumpingGuardSettings;
}

/** The token of the settings. */
export const PUMPING_GUARD = Symbol('PUMPING_GUARD');

/** Reads the variables about SMS pumping. Reports their errors. */
export function readPumpingGuard(read: EnvironmentReader): PumpingGuardConfig {
  return {
    pumpingGuard: {
      mode: read.oneOf('PUMPING_GUARD', GUARD_MODES, 'watch'),
      least: read.integer('PUMPING_GUARD_LEAST', 30, 10, 100_000),
    },
  };
}
