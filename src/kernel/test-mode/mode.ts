/** Whether a deployment is for real, or for trying things out: test keys lead from the first to the second. */
import type { EnvironmentReader } from '../config/environment-reader.js';

export const MODES = ['live', 'test'] as const;
export type Mode = (typeof MODES)[number];

/** The header by which the admin key acts in test mode. */
export const MODE_HEADER = 'X-Mode';
/** How keys begin that work in test mode alone. */
export const TEST_KEY_PREFIX = 'cb_test_';

/** Where a live deployment finds the one for its test keys, and the admin key of that. */
export interface TestDeploymentConfig {
  /** An origin, without a trailing slash. */
  readonly url: string;
  readonly adminKey: string;
}

export interface ModeConfig {
  readonly mode: Mode;
  /** Absent: there are no test keys. */
  readonly testDeployment?: TestDeploymentConfig | undefined;
}

/** Reads the variables about test mode, and reports their errors. */
export function readMode(read: EnvironmentReader): ModeConfig {
  const mode = read.oneOf('CALLBOARD_MODE', MODES, 'live');
  const url = read.url('CALLBOARD_TEST_URL', ['http:', 'https:']);
  const [adminKey] = read.secrets('CALLBOARD_TEST_ADMIN_KEY', 16);
  if (url === undefined && adminKey === undefined) return { mode };
  read.require('CALLBOARD_TEST_URL', 'CALLBOARD_TEST_ADMIN_KEY is the admin key of what runs there');
  read.require('CALLBOARD_TEST_ADMIN_KEY', 'CALLBOARD_TEST_URL is reached with it');
  if (mode === 'test')
    read.complain('CALLBOARD_TEST_URL is for the live deployment: unset it where CALLBOARD_MODE=test');
  if (url === undefined || adminKey === undefined) return { mode };
  if (new URL(url).pathname !== '/') read.complain('CALLBOARD_TEST_URL has a path: give the origin alone');
  return { mode, testDeployment: { url: new URL(url).origin, adminKey } };
}
