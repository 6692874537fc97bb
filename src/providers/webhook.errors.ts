/** Errors of verifying webhooks. No message here quotes the content. */
import { DomainError } from '../kernel/index.js';

/** Not in the provider's documented form: retrying cannot help. */
export class MalformedWebhook extends DomainError {
  readonly code = 'webhook_malformed';
  readonly kind = 'invalid';

  constructor(field: string) {
    super(`The webhook is malformed: ${field}`);
  }
}

/** It is not proven to come from the provider: it changes nothing. */
export class UntrustedWebhook extends DomainError {
  readonly code = 'webhook_untrusted';
  readonly kind = 'forbidden';

  constructor(why: string, cause?: unknown) {
    super(`The webhook is not trusted: ${why}`);
    this.cause = cause;
  }
}

/** It could not be verified now, for an external reason: the provider should retry. */
export class UncheckedWebhook extends DomainError {
  readonly code = 'webhook_unchecked';
  readonly kind = 'unavailable';

  constructor(why: string, cause?: unknown) {
    super(`The webhook could not be checked: ${why}`);
    this.cause = cause;
  }
}
