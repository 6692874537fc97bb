/** Errors of calls and escalations. */
import { DomainError } from '../kernel/index.js';
import type { EscalationStatus } from './escalation.rules.js';

export class CallNotFound extends DomainError {
  readonly code = 'call_not_found';
  readonly kind = 'not-found';
  override readonly field = 'id';

  constructor() {
    super('There is no call with this id: a call that is a message is at /api/messages/{id}');
  }
}

export class CallInState extends DomainError {
  readonly code = 'call_state';
  readonly kind = 'conflict';

  constructor(action: 'cancelled' | 'acknowledged', status: EscalationStatus) {
    super(
      action === 'cancelled'
        ? `The call is ${status}: only one that is CALLING can be cancelled`
        : `The call is ${status}: only one that is CALLING or EXHAUSTED can be acknowledged`,
    );
  }
}

export class CalleeRequired extends DomainError {
  readonly code = 'callee_required';
  readonly kind = 'invalid';
  override readonly field = 'to';

  constructor() {
    super('Say whom to call: either `to`, or `escalation` with one person after another');
  }
}
