/** Errors of the guard against SMS pumping. */
import { DomainError } from '../kernel/index.js';

export class PumpingAlarmNotFound extends DomainError {
  readonly code = 'pumping_alarm_not_found';
  readonly kind = 'not-found';

  constructor() {
    super('There is no such alarm');
  }
}

export class PumpingAlarmOver extends DomainError {
  readonly code = 'pumping_alarm_over';
  readonly kind = 'conflict';

  constructor() {
    super('This alarm is over: nothing is stopped for it any more');
  }
}

export class AllowedRangeNotFound extends DomainError {
  readonly code = 'allowed_range_not_found';
  readonly kind = 'not-found';

  constructor() {
    super('There is no such allowed range of numbers');
  }
}

export class TooManyAllowedRanges extends DomainError {
  readonly code = 'too_many_allowed_ranges';
  readonly kind = 'conflict';

  constructor(most: number) {
    super(`A tenant allows ${most} ranges of numbers at the most: name wider ones, or remove some`);
  }
}
