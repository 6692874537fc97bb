/** Answers a person in a conversation, from the number that they wrote to, and marks what they wrote as read. */
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { DomainError, InvalidRequest } from '../kernel/index.js';
import { AcceptMessages, ServiceWindows, type AcceptedMessage } from '../dispatch/index.js';
import { AnsweringSenders } from './answering-senders.js';
import type { ConversationRow } from './conversation-row.js';
import { Conversations } from './conversations.js';
import type { NewAnswer } from './conversations.dto.js';
import { WindowClosed } from './conversations.errors.js';

export class Answer extends Command<AcceptedMessage> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
    readonly input: NewAnswer,
    readonly correlationId?: string,
  ) {
    super();
  }
}

@CommandHandler(Answer)
export class AnswerHandler implements ICommandHandler<Answer> {
  constructor(
    private readonly conversations: Conversations,
    private readonly windows: ServiceWindows,
    private readonly senders: AnsweringSenders,
    private readonly commands: CommandBus,
  ) {}

  /** Raises ConversationNotFound, WindowClosed, InvalidRequest, and what `AcceptMessages` refuses. */
  async execute({ tenantId, id, input, correlationId }: Answer): Promise<AcceptedMessage> {
    const conversation = await this.conversations.find(tenantId, id);
    await this.checkWindow(conversation, input);
    const [newest] = await this.conversations.received(id, undefined, 0);
    const [accepted] = await this.commands.execute(
      new AcceptMessages(tenantId, [await this.messageOf(conversation, input)], { correlationId }),
    );
    if (accepted === undefined) throw new Error('the one message gets an answer');
    if (accepted instanceof DomainError) throw accepted;
    await this.conversations.markRead(tenantId, id, newest?.id); // what came meanwhile has not been answered
    return accepted;
  }

  /** Asked again before it is sent; whoever writes had better know now. Raises WindowClosed. */
  private async checkWindow(conversation: ConversationRow, { template }: NewAnswer): Promise<void> {
    const { id, channel, number, person } = conversation;
    if (channel !== 'whatsapp' || template) return;
    const open = await this.windows.open([{ id, channel, sender_address: number, recipient: person }]);
    if (!open.has(id)) throw new WindowClosed();
  }

  private async messageOf(conversation: ConversationRow, input: NewAnswer): Promise<object> {
    const { venue_id: venueId, channel, person, number } = conversation;
    const { text, mediaUrls = [], template } = input;
    if ((text === undefined && mediaUrls.length === 0) === (template === undefined))
      throw new InvalidRequest([
        { path: 'text', message: 'give either text, with or without mediaUrls, or a template' },
      ]);
    const senderId = await this.senders.of(venueId, channel, number);
    return {
      channel: channel === 'sms' && mediaUrls.length > 0 ? 'mms' : channel,
      to: person,
      venueId,
      ...(senderId !== undefined && { senderId }),
      category: 'transactional',
      ...(template
        ? { template }
        : { content: { ...(text !== undefined && { body: text }), ...(mediaUrls.length > 0 && { mediaUrls }) } }),
    };
  }
}
