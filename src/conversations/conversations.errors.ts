/** Errors of conversations. */
import { DomainError } from '../kernel/index.js';

export class ConversationNotFound extends DomainError {
  readonly code = 'conversation_not_found';
  readonly kind = 'not-found';
  override readonly field = 'id';

  constructor() {
    super('There is no conversation with this id');
  }
}

export class ReceivedMessageNotFound extends DomainError {
  readonly code = 'received_message_not_found';
  readonly kind = 'not-found';
  override readonly field = 'messageId';

  constructor() {
    super('The person has written no message with this id: media belong to inbound messages of the conversation');
  }
}

export class WindowClosed extends DomainError {
  readonly code = 'whatsapp_window_closed';
  readonly kind = 'conflict';

  constructor() {
    super(
      'The person last wrote more than 24 hours ago, and WhatsApp takes free text no longer: answer with an approved template',
    );
  }
}
