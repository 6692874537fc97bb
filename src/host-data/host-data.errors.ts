/** Errors of reading the host's data. None of them holds anything of the data. */
import { DomainError } from '../kernel/index.js';

/**
 * The host did not answer, or not with what was asked: nothing is known of any of it, not even that it does not exist. Ask again
 * later.
 */
export class HostDataUnavailable extends DomainError {
  readonly code = 'host_data_unavailable';
  readonly kind = 'unavailable';
  override readonly retryAfterSeconds = 5;

  /** `reason`: a code, a status or a place in the configuration, for operators. */
  constructor(readonly reason: string) {
    super(`The platform's own data cannot be read now (${reason}): try again later`);
  }
}

/** Raised by every read of a deployment that knows no host. */
export class HostDataNotConfigured extends DomainError {
  readonly code = 'host_data_not_configured';
  readonly kind = 'unprocessable';

  constructor() {
    super(
      'This deployment does not know where orders, customers and events are: set HOST_DATABASE_URL or HOST_DATA_URL',
    );
  }
}

/** One record exists and cannot be used: asking again does not help before the host has corrected it. */
export class HostRecordUnreadable extends DomainError {
  readonly code = 'host_record_unreadable';
  readonly kind = 'unprocessable';

  /** `record`: its kind. `fault`: the query and its field, and what is wrong, such as `orders.status is missing`. */
  constructor(
    record: string,
    readonly fault: string,
  ) {
    super(`The platform's record of this ${record} cannot be read: ${fault}`);
  }
}
