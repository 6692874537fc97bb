/** Errors of lanes. */
import { DomainError } from '../../kernel/index.js';

export class LaneNotFound extends DomainError {
  readonly code = 'lane_not_found';
  readonly kind = 'not-found';
  override readonly field = 'id';

  constructor() {
    super('There is no lane with this id');
  }
}

export class ChannelNotSupported extends DomainError {
  readonly code = 'channel_not_supported';
  readonly kind = 'unprocessable';
  override readonly field = 'channel';

  constructor(channel: string, provider: string) {
    super(`${provider} does not carry ${channel} here: use another channel`);
  }
}
