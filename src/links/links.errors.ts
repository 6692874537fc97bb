/** Errors of counted links. */
import { DomainError } from '../kernel/index.js';

export class LinkDomainNotFound extends DomainError {
  readonly code = 'link_domain_not_found';
  readonly kind = 'not-found';
  override readonly field = 'id';

  constructor() {
    super('There is no link domain with this id');
  }
}
