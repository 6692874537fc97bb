/** Errors of opt-in requests. */
import { DomainError } from '../kernel/index.js';

export class OptInRequestNotFound extends DomainError {
  readonly code = 'opt_in_request_not_found';
  readonly kind = 'not-found';
  override readonly field = 'id';

  constructor() {
    super('There is no opt-in request with this id');
  }
}

export class AlreadyOptedIn extends DomainError {
  readonly code = 'already_opted_in';
  readonly kind = 'conflict';
  override readonly field = 'address';

  constructor() {
    super('The person has opted in at this venue on this channel: there is nothing to confirm');
  }
}

/** The person, or what is known of the address, forbids even to ask. */
export class OptInNotAskable extends DomainError {
  readonly code = 'opt_in_not_askable';
  readonly kind = 'conflict';
  override readonly field = 'address';

  constructor(reason: string) {
    super(
      `Not even a request may be sent to this address (${reason}): only the person can lift an opt-out of everything, by START or on their preference page, and you a suppression`,
    );
  }
}

/** So that nobody's form is used to write to somebody who did not fill it in. */
export class AskedLately extends DomainError {
  readonly code = 'opt_in_asked_lately';
  readonly kind = 'too-many';
  override readonly field = 'address';

  constructor(override readonly retryAfterSeconds: number) {
    super(
      'This address was asked a short time ago, or several times today: show the person that a message is on its way',
    );
  }
}

export class ConfirmLinkMissing extends DomainError {
  readonly code = 'confirm_link_missing';
  readonly kind = 'unprocessable';
  override readonly field = 'template';

  constructor() {
    super(
      'A person confirms an email by its link: name a transactional template that shows `{{ confirm_url }}` in every language, outside of any `if`',
    );
  }
}

export class OptInTemplateRequired extends DomainError {
  readonly code = 'opt_in_template_required';
  readonly kind = 'invalid';
  override readonly field = 'template';

  constructor() {
    super('Only a text has words of its own: name a template for email, and an approved one for WhatsApp');
  }
}
