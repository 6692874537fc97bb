/** Errors of automations and their runs. */
import { DomainError, type FieldError } from '../../kernel/index.js';

export class AutomationNotFound extends DomainError {
  readonly code = 'automation_not_found';
  readonly kind = 'not-found';
  override readonly field = 'id';

  constructor() {
    super('There is no automation with this id');
  }
}

export class AutomationKeyTaken extends DomainError {
  readonly code = 'automation_key_taken';
  readonly kind = 'conflict';
  override readonly field = 'key';

  constructor() {
    super('The tenant has an automation with this key: change that one with PUT, or choose another key');
  }
}

/** The definition is well-formed, and makes no sense as a whole. */
export class InvalidAutomation extends DomainError {
  readonly code = 'invalid_automation';
  readonly kind = 'unprocessable';

  constructor(faults: readonly FieldError[]) {
    super(faults.map(({ path, message }) => `${path} ${message}`).join('; '), faults);
  }
}

export class RunNotFound extends DomainError {
  readonly code = 'automation_run_not_found';
  readonly kind = 'not-found';
  override readonly field = 'id';

  constructor() {
    super('There is no run of an automation with this id');
  }
}
