/** Errors of notices. */
import { DomainError } from '../kernel/index.js';

export class NoticeNotFound extends DomainError {
  readonly code = 'notice_not_found';
  readonly kind = 'not-found';
  override readonly field = 'id';

  constructor() {
    super('There is no notice with this id: see GET /api/notices');
  }
}

export class NoticeDelivered extends DomainError {
  readonly code = 'notice_delivered';
  readonly kind = 'conflict';

  constructor() {
    super('Everybody has this notice, or is being sent it now: name the deliveryId of one that is to be sent again');
  }
}

/** Whoever is posted to must be able to tell that it was us. */
export class NoticeSecretMissing extends DomainError {
  readonly code = 'notice_secret_missing';
  readonly kind = 'unprocessable';

  constructor() {
    super('Nothing is posted without a signature: make a secret with POST /api/notices/secret first');
  }
}

export class NoticeUrlForbidden extends DomainError {
  readonly code = 'notice_url_forbidden';
  readonly kind = 'invalid';

  constructor() {
    super('This address is not of the public internet: name one that is');
  }
}

export class NoticeEmailMissing extends DomainError {
  readonly code = 'notice_email_missing';
  readonly kind = 'unprocessable';

  constructor() {
    super('This deployment has no email address of its own to write from: name a url, or leave the emails out');
  }
}
