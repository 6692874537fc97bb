/** Errors of test keys, and of what a test deployment does not do. */
import { DomainError } from '../errors.js';
import { MODE_HEADER } from './mode.js';

/** Nothing is done: who believes to be testing would send to real people. */
export class ModeMismatch extends DomainError {
  readonly code = 'mode_mismatch';
  readonly kind = 'forbidden';
  override readonly field = MODE_HEADER;

  constructor(
    message = 'This key does not work in test mode: use a test key (`cb_test_…`), or leave the header X-Mode out',
  ) {
    super(message);
  }
}

export class TestModeOff extends DomainError {
  readonly code = 'test_mode_off';
  readonly kind = 'unprocessable';

  constructor() {
    super('There are no test keys here: the operator has to run a test deployment, and name it in CALLBOARD_TEST_URL');
  }
}

export class TestModeUnavailable extends DomainError {
  readonly code = 'test_mode_unavailable';
  readonly kind = 'unavailable';
  override readonly retryAfterSeconds = 10;

  constructor() {
    super('Test mode does not answer now: try again in a while. Live keys are not concerned');
  }
}

export class LiveModeOnly extends DomainError {
  readonly code = 'live_mode_only';
  readonly kind = 'forbidden';

  constructor() {
    super('This is not done in test mode, where every tenant has accounts at the sandbox of its own: use a live key');
  }
}
