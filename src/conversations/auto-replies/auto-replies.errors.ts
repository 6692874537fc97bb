/** Errors of automatic replies. */
import { DomainError } from '../../kernel/index.js';
import type { ConversationChannel } from '../conversation-row.js';

export class AutoReplyNotFound extends DomainError {
  readonly code = 'auto_reply_not_found';
  readonly kind = 'not-found';
  override readonly field = 'id';

  constructor() {
    super('There is no automatic reply with this id');
  }
}

export class AutoReplyExists extends DomainError {
  readonly code = 'auto_reply_exists';
  readonly kind = 'conflict';

  constructor(channel: ConversationChannel) {
    super(`The venue has an automatic reply on ${channel} already: change that one`);
  }
}
