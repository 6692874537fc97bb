import { Module } from '@nestjs/common';
import { DispatchModule } from '../dispatch/index.js';
import { LedgerModule } from '../ledger/index.js';
import { AnswerHandler } from './answer.command.js';
import { ConversationsController } from './conversations.controller.js';
import { Conversations } from './conversations.js';
import { MarkReadHandler } from './mark-read.command.js';
import {
  GetConversationHandler,
  ListConversationMessagesHandler,
  ListConversationsHandler,
} from './read-conversations.query.js';

/** What people write to venues, and what venues answer. */
@Module({
  imports: [DispatchModule, LedgerModule],
  controllers: [ConversationsController],
  providers: [
    AnswerHandler,
    GetConversationHandler,
    ListConversationMessagesHandler,
    ListConversationsHandler,
    MarkReadHandler,
    Conversations,
  ],
  exports: [Conversations],
})
export class ConversationsModule {}
