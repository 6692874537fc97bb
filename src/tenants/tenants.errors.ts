/** Errors of tenants, venues, keys, senders and provider accounts. */
import { DomainError } from '../kernel/index.js';
import type { Channel, ProviderName } from './channels.js';

export class TenantNotFound extends DomainError {
  readonly code = 'tenant_not_found';
  readonly kind = 'not-found';
  override readonly field = 'id';

  constructor(message = 'There is no tenant with this id') {
    super(message);
  }
}

export class SlugTaken extends DomainError {
  readonly code = 'slug_taken';
  readonly kind = 'conflict';
  override readonly field = 'slug';

  constructor() {
    super('Another tenant has this slug: choose another');
  }
}

export class ApiKeyNotFound extends DomainError {
  readonly code = 'api_key_not_found';
  readonly kind = 'not-found';
  override readonly field = 'keyId';

  constructor() {
    super('This tenant has no API key with this id');
  }
}

/** It works no more, or ends before its successor would begin. */
export class ApiKeyEnded extends DomainError {
  readonly code = 'api_key_ended';
  readonly kind = 'conflict';
  override readonly field = 'keyId';

  constructor() {
    super('This API key is revoked or has expired: issue a new one instead');
  }
}

export class ExpiryPast extends DomainError {
  readonly code = 'expiry_past';
  readonly kind = 'invalid';

  constructor() {
    const message = 'expiresAt is in the past: the key would never work';
    super(message, [{ path: 'expiresAt', message }]);
  }
}

export class VenueNotFound extends DomainError {
  readonly code = 'venue_not_found';
  readonly kind = 'not-found';
  override readonly field = 'venueId';

  constructor() {
    super('There is no venue with this id or externalId: see GET /api/venues');
  }
}

/** The tenant requires that messages name their venue. */
export class VenueRequired extends DomainError {
  readonly code = 'venue_required';
  readonly kind = 'invalid';

  constructor() {
    const message = 'This tenant requires a venue: send venueId, the id or externalId of one in GET /api/venues';
    super(message, [{ path: 'venueId', message }]);
  }
}

export class ExternalIdTaken extends DomainError {
  readonly code = 'external_id_taken';
  readonly kind = 'conflict';
  override readonly field = 'externalId';

  constructor() {
    super('Another venue of this tenant has this externalId: choose another');
  }
}

export class SenderNotFound extends DomainError {
  readonly code = 'sender_not_found';
  readonly kind = 'not-found';
  override readonly field = 'senderId';

  constructor() {
    super('There is no sender with this id, or it is one of another venue or channel');
  }
}

export class SenderTaken extends DomainError {
  readonly code = 'sender_taken';
  readonly kind = 'conflict';
  override readonly field = 'address';

  constructor() {
    super('This address already is an active sender: release that one first, or use another address');
  }
}

export class SenderReleased extends DomainError {
  readonly code = 'sender_released';
  readonly kind = 'conflict';

  constructor() {
    super('This sender has been released, which is final: create a new one with POST /api/senders');
  }
}

export class SenderInactive extends DomainError {
  readonly code = 'sender_inactive';
  readonly kind = 'conflict';
  override readonly field = 'senderId';

  constructor() {
    super('This sender is not active: activate it with PATCH /api/senders/{id}, or name another');
  }
}

export class FallbackSenderUnfit extends DomainError {
  readonly code = 'fallback_sender_unfit';
  readonly kind = 'unprocessable';
  override readonly field = 'fallbackSenderId';

  constructor() {
    super('fallbackSenderId must be another sender of the same venue and channel that has not been released');
  }
}

/** Neither the venue nor the platform has a sender on this channel. */
export class NoSender extends DomainError {
  readonly code = 'no_sender';
  readonly kind = 'unprocessable';
  override readonly field = 'channel';

  constructor(channel: Channel) {
    super(`This venue has no sender for ${channel}: create one with POST /api/senders`);
  }
}

export class ProviderAccountNotFound extends DomainError {
  readonly code = 'provider_account_not_found';
  readonly kind = 'not-found';
  override readonly field = 'id';

  constructor() {
    super('This tenant has no provider account of its own with this id');
  }
}

export class AccountExists extends DomainError {
  readonly code = 'account_exists';
  readonly kind = 'conflict';
  override readonly field = 'provider';

  constructor(provider: ProviderName) {
    super(
      `This tenant already has an account at ${provider}: replace its credentials with PUT /api/provider-accounts/{id}/credentials`,
    );
  }
}

export class NoSubaccounts extends DomainError {
  readonly code = 'no_subaccounts';
  readonly kind = 'unprocessable';
  override readonly field = 'provider';

  constructor(provider: ProviderName) {
    super(`The platform has no account at ${provider} that can have subaccounts: enter an account of the tenant’s own`);
  }
}

export class SubaccountRefused extends DomainError {
  readonly code = 'subaccount_refused';
  readonly kind = 'unprocessable';

  /** `code` is the provider's. */
  constructor(code: string) {
    super(
      `The provider refused to make a subaccount (${code}): it takes the platform’s own token, no API key, and an account that is paid for`,
    );
  }
}

export class SubaccountUnanswered extends DomainError {
  readonly code = 'subaccount_unanswered';
  readonly kind = 'unavailable';
  override readonly retryAfterSeconds = 60;

  constructor() {
    super('The provider does not answer now: send the same request again in a minute, it makes no second subaccount');
  }
}

export class ProviderNotConfigured extends DomainError {
  readonly code = 'provider_not_configured';
  readonly kind = 'unprocessable';
  override readonly field = 'provider';

  constructor(provider: ProviderName) {
    super(`There is no account at ${provider} to send through: add one with POST /api/provider-accounts`);
  }
}
