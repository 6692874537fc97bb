/** Errors of asking for approvals. */
import { DomainError } from '../../kernel/index.js';

export class ProviderSilent extends DomainError {
  readonly code = 'provider_silent';
  readonly kind = 'unavailable';
  override readonly retryAfterSeconds = 60;

  constructor() {
    super('The provider does not say now whether the template is approved: ask again in a minute');
  }
}
