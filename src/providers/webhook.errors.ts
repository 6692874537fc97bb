/** Why a webhook is not taken. No message here holds anything of its content. */
import { DomainError } from '../kernel/index.js';

/** It is not what the provider documents: repeating it cannot help. */
export class MalformedWebhook extends DomainError {
  readonly code = 'webhook_malformed';
  readonly kind = 'invalid';

  constructor(field: string) {
    super(`The webhook is malformed: ${field}`);
  }
}

/** It does not prove that it comes from the provider: it changes nothing. */
export class UntrustedWebhook extends DomainError {
  readonly code = 'webhook_untrusted';
  readonly kind = 'forbidden';

  constructor(why: string) {
    super(`The webhook is not trusted: ${why}`);
  }
}

/** It could not be checked now, for a reason outside of it: the provider should repeat it. */
export class UncheckedWebhook extends DomainError {
  readonly code = 'webhook_unchecked';
  readonly kind = 'unavailable';

  constructor(why: string, cause?: unknown) {
    super(`The webhook could not be checked: ${why}`);
    this.cause = cause;
  }
}
