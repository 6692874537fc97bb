/** Errors of alerts. */
import { DomainError } from '../kernel/index.js';

export class AlertNotFound extends DomainError {
  readonly code = 'alert_not_found';
  readonly kind = 'not-found';
  override readonly field = 'id';

  constructor() {
    super('There is no alert with this id: see GET /api/alerts');
  }
}
