/** Errors of accepting, cancelling and resending messages. */
import { DomainError } from '../../kernel/index.js';
import type { MessageStatus } from '../../ledger/index.js';

export class MessageNotFound extends DomainError {
  readonly code = 'message_not_found';
  readonly kind = 'not-found';
  override readonly field = 'id';

  constructor() {
    super('There is no message with this id');
  }
}

export class CannotCancel extends DomainError {
  readonly code = 'cannot_cancel';
  readonly kind = 'conflict';

  constructor(status: MessageStatus) {
    super(`The message is ${status}: only one that is scheduled or queued can be cancelled`);
  }
}

export class CannotResend extends DomainError {
  readonly code = 'cannot_resend';
  readonly kind = 'conflict';

  constructor(status: MessageStatus) {
    super(`The message is ${status}: only one that ended without reaching anybody can be sent again`);
  }
}

export class AlreadyFollowed extends DomainError {
  readonly code = 'already_followed';
  readonly kind = 'conflict';

  /** `by` is the id of the message that replaced it. */
  constructor(by: string) {
    super(`Another message has taken the place of this one: look at ${by}, and send that again if need be`);
  }
}

export class ChannelDisabled extends DomainError {
  readonly code = 'channel_disabled';
  readonly kind = 'unprocessable';
  override readonly field = 'channel';

  constructor(channel: string) {
    super(`This tenant does not send on ${channel}: turn it on with PATCH /api/tenants/{id}/settings`);
  }
}

export class ContentRequired extends DomainError {
  readonly code = 'content_required';
  readonly kind = 'invalid';

  constructor(
    message: string,
    override readonly field = 'content',
  ) {
    super(message);
  }
}

export class MessageTooLong extends DomainError {
  readonly code = 'message_too_long';
  readonly kind = 'unprocessable';
  override readonly field = 'content.body';

  constructor(length: number, limit: number) {
    super(`The text is ${length} characters long; the limit on this channel is ${limit}: shorten it or use email`);
  }
}

export class BadSchedule extends DomainError {
  readonly code = 'bad_schedule';
  readonly kind = 'unprocessable';

  constructor(
    message: string,
    override readonly field: 'sendAt' | 'expiresAt' | 'scheduledAt',
  ) {
    super(message);
  }
}
