/** Errors of pauses of senders. */
import { DomainError } from '../kernel/index.js';

export class SenderPauseNotFound extends DomainError {
  readonly code = 'sender_pause_not_found';
  readonly kind = 'not-found';

  constructor() {
    super('There is no such pause of a sender');
  }
}

export class SenderNotPaused extends DomainError {
  readonly code = 'sender_not_paused';
  readonly kind = 'conflict';

  constructor() {
    super('This pause is over: marketing from the sender goes on already');
  }
}
