/** Marks what a person wrote as read. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { conversationView } from './conversation.view.js';
import { Conversations } from './conversations.js';
import type { ConversationView } from './conversations.dto.js';

export class MarkRead extends Command<ConversationView> {
  /** `upTo`: the last message that was read; absent: all that there are. */
  constructor(
    readonly tenantId: string,
    readonly id: string,
    readonly upTo: string | undefined,
  ) {
    super();
  }
}

@CommandHandler(MarkRead)
export class MarkReadHandler implements ICommandHandler<MarkRead> {
  constructor(private readonly conversations: Conversations) {}

  /** Raises ConversationNotFound. */
  async execute({ tenantId, id, upTo }: MarkRead): Promise<ConversationView> {
    return conversationView(await this.conversations.markRead(tenantId, id, upTo));
  }
}
