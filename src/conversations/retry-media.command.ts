/** Has media fetched again that could not be fetched. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database } from '../kernel/index.js';
import { receivedView } from './conversation.view.js';
import { Conversations } from './conversations.js';
import type { ConversationMessageView } from './conversations.dto.js';
import { ReceivedMedia } from './received-media.js';

export class RetryMedia extends Command<ConversationMessageView> {
  constructor(
    readonly tenantId: string,
    readonly conversationId: string,
    readonly messageId: string,
  ) {
    super();
  }
}

@CommandHandler(RetryMedia)
export class RetryMediaHandler implements ICommandHandler<RetryMedia> {
  constructor(
    private readonly database: Database,
    private readonly conversations: Conversations,
    private readonly media: ReceivedMedia,
  ) {}

  /** Raises ConversationNotFound and ReceivedMessageNotFound. */
  execute({ tenantId, conversationId, messageId }: RetryMedia): Promise<ConversationMessageView> {
    return this.database.transaction(async () => {
      await this.conversations.find(tenantId, conversationId);
      await this.conversations.receivedOne(conversationId, messageId);
      await this.media.retry(messageId);
      return receivedView(await this.conversations.receivedOne(conversationId, messageId));
    });
  }
}
