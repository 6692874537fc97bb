/** Answers people who write, where their venue has said what. */
import { Logger } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AcceptMessages } from '../../dispatch/index.js';
import { Database, DomainError, errorLine } from '../../kernel/index.js';
import { pauseMs } from '../../notices/index.js';
import { AnsweringSenders } from '../answering-senders.js';
import { AUTOMATIC_REPLY } from '../automatic.js';
import { AutoReplyStore, type DueReply } from './auto-reply-store.js';
import { ReplyPolicy } from './reply-policy.js';

const BATCH = 100;

export class SendAutoReplies extends Command<void> {}

@CommandHandler(SendAutoReplies)
export class SendAutoRepliesHandler implements ICommandHandler<SendAutoReplies> {
  private readonly logger = new Logger(SendAutoRepliesHandler.name);

  constructor(
    private readonly database: Database,
    private readonly replies: AutoReplyStore,
    private readonly policy: ReplyPolicy,
    private readonly senders: AnsweringSenders,
    private readonly commands: CommandBus,
  ) {}

  /** Until nothing is due. Safe to run concurrently: what waits is taken by the transaction that accepts its answer. */
  async execute(): Promise<void> {
    let due: readonly string[];
    do {
      due = await this.replies.due(BATCH);
      for (const receivedId of due) await this.reply(receivedId);
    } while (due.length === BATCH);
  }

  /** One that fails holds up no other, and is tried again for an hour. */
  private async reply(receivedId: string): Promise<void> {
    try {
      await this.database.transaction(() => this.accept(receivedId));
    } catch (error) {
      const what = error instanceof DomainError ? error.code : errorLine(error);
      this.logger.warn(`An automatic reply waits: ${what}`);
      await this.replies.putOff(receivedId, (attempts) => pauseMs(attempts, undefined, Math.random()));
    }
  }

  private async accept(receivedId: string): Promise<void> {
    const due = await this.replies.take(receivedId);
    if (!due || !(await this.policy.wants(due)) || !(await this.replies.takeTurn(due))) return;
    const [accepted] = await this.commands.execute(new AcceptMessages(due.tenantId, [await this.messageOf(due)]));
    if (accepted instanceof DomainError) throw accepted;
  }

  private async messageOf({ venueId, channel, person, number, text, template, receivedId }: DueReply): Promise<object> {
    const senderId = await this.senders.of(venueId, channel, number);
    return {
      channel,
      to: person,
      venueId,
      ...(senderId !== undefined && { senderId }),
      category: 'transactional',
      messageType: AUTOMATIC_REPLY,
      metadata: { inReplyTo: receivedId },
      ...(template ? { template } : { content: { body: text } }),
    };
  }
}
