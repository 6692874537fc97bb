import { Module } from '@nestjs/common';
import { DispatchModule } from '../dispatch/index.js';
import { LedgerModule } from '../ledger/index.js';
import { AnswerHandler } from './answer.command.js';
import { AnsweringSenders } from './answering-senders.js';
import { AutoRepliesController } from './auto-replies/auto-replies.controller.js';
import { AutoRepliesSchedule } from './auto-replies/auto-replies.schedule.js';
import { AutoReplyStore } from './auto-replies/auto-reply-store.js';
import { GetAutoReplyHandler, ListAutoRepliesHandler } from './auto-replies/read-auto-replies.query.js';
import { ReplyPolicy } from './auto-replies/reply-policy.js';
import {
  AutoReplyRows,
  CreateAutoReplyHandler,
  DeleteAutoReplyHandler,
  UpdateAutoReplyHandler,
} from './auto-replies/save-auto-reply.command.js';
import { SendAutoRepliesHandler } from './auto-replies/send-auto-replies.command.js';
import { ConversationsController } from './conversations.controller.js';
import { Conversations } from './conversations.js';
import { FetchMediaHandler } from './fetch-media.command.js';
import { ForwardStore } from './forwards/forward-store.js';
import { ForwardsSchedule } from './forwards/forwards.schedule.js';
import { SendForwardsHandler } from './forwards/send-forwards.command.js';
import { MarkReadHandler } from './mark-read.command.js';
import { MediaDownload } from './media-download.js';
import { MediaSchedule } from './media.schedule.js';
import {
  GetConversationHandler,
  ListConversationMessagesHandler,
  ListConversationsHandler,
} from './read-conversations.query.js';
import { ReceivedMedia } from './received-media.js';
import { RetryMediaHandler } from './retry-media.command.js';

/** What people write to venues, and what venues answer. */
@Module({
  imports: [DispatchModule, LedgerModule],
  controllers: [ConversationsController, AutoRepliesController],
  providers: [
    AnswerHandler,
    AnsweringSenders,
    AutoRepliesSchedule,
    AutoReplyRows,
    AutoReplyStore,
    CreateAutoReplyHandler,
    DeleteAutoReplyHandler,
    GetAutoReplyHandler,
    ListAutoRepliesHandler,
    ReplyPolicy,
    SendAutoRepliesHandler,
    SendForwardsHandler,
    UpdateAutoReplyHandler,
    FetchMediaHandler,
    ForwardStore,
    ForwardsSchedule,
    GetConversationHandler,
    ListConversationMessagesHandler,
    ListConversationsHandler,
    MarkReadHandler,
    MediaDownload,
    MediaSchedule,
    ReceivedMedia,
    RetryMediaHandler,
    Conversations,
  ],
  exports: [Conversations],
})
export class ConversationsModule {}
