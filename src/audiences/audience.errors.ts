/** Errors of audiences and their contacts. */
import { DomainError } from '../kernel/index.js';

export class AudienceNotFound extends DomainError {
  readonly code = 'audience_not_found';
  readonly kind = 'not-found';
  override readonly field = 'id';

  constructor() {
    super('There is no audience with this id');
  }
}

export class AudienceInUse extends DomainError {
  readonly code = 'audience_in_use';
  readonly kind = 'conflict';

  constructor() {
    super('A campaign that is scheduled or under way is for this audience: cancel it first, or wait for its end');
  }
}

export class ContactNotFound extends DomainError {
  readonly code = 'contact_not_found';
  readonly kind = 'not-found';
  override readonly field = 'address';

  constructor() {
    super('This audience has no contact with this address');
  }
}
