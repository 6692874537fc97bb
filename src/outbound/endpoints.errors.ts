/** Errors of webhook endpoints. */
import { DomainError } from '../kernel/index.js';

export const MOST_ENDPOINTS = 20;

export class EndpointNotFound extends DomainError {
  readonly code = 'endpoint_not_found';
  readonly kind = 'not-found';
  override readonly field = 'id';

  constructor() {
    super('There is no webhook endpoint with this id: see GET /api/webhook-endpoints');
  }
}

export class EndpointUrlForbidden extends DomainError {
  readonly code = 'endpoint_url_forbidden';
  readonly kind = 'invalid';
  override readonly field = 'url';

  constructor() {
    super('This address is not of the public internet: name one that is');
  }
}

export class TooManyEndpoints extends DomainError {
  readonly code = 'too_many_endpoints';
  readonly kind = 'conflict';

  constructor() {
    super(`A tenant has at most ${MOST_ENDPOINTS} webhook endpoints: remove one first`);
  }
}

export class EndpointDisabled extends DomainError {
  readonly code = 'endpoint_disabled';
  readonly kind = 'conflict';

  constructor() {
    super('This webhook endpoint is disabled and told nothing: enable it with PATCH /api/webhook-endpoints/{id} first');
  }
}

export class ReplayUnderWay extends DomainError {
  readonly code = 'replay_under_way';
  readonly kind = 'conflict';

  constructor() {
    super(
      'A replay of this endpoint is under way: wait until GET /api/webhook-endpoints/{id}/replays says that it is finished',
    );
  }
}

export class DeliveryNotFound extends DomainError {
  readonly code = 'delivery_not_found';
  readonly kind = 'not-found';
  override readonly field = 'deliveryId';

  constructor() {
    super('This endpoint has no delivery with this id: see GET /api/webhook-endpoints/{id}/deliveries');
  }
}

export class DeliveryUnderWay extends DomainError {
  readonly code = 'delivery_under_way';
  readonly kind = 'conflict';

  constructor() {
    super('This delivery is being made right now: look at it in a minute');
  }
}
