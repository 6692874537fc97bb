/** What tenants, venues, keys, senders and provider accounts say no with. */
import { DomainError } from '../kernel/index.js';

export class TenantNotFound extends DomainError {
  readonly code = 'tenant_not_found';
  readonly kind = 'not-found';

  constructor() {
    super('There is no tenant with this id');
  }
}

export class SlugTaken extends DomainError {
  readonly code = 'slug_taken';
  readonly kind = 'conflict';

  constructor() {
    super('Another tenant has this slug: choose another');
  }
}
