/** Shows what a message says, as it was sent or is to be sent. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { iso } from '../../kernel/index.js';
import { shownAddress } from '../../tenants/index.js';
import { MessageHistory, type MessageContentRow } from '../../ledger/index.js';
import { renderedView, TemplateLibrary } from '../../templates/index.js';
import { MailViews } from '../mail/mail.view.js';
import { makeStored } from './made-message.js';
import { MessageNotFound } from './messages.errors.js';
import type { MessageContentView } from './messages.dto.js';

export class GetMessageContent extends Query<MessageContentView> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
  ) {
    super();
  }
}

@QueryHandler(GetMessageContent)
export class GetMessageContentHandler implements IQueryHandler<GetMessageContent> {
  constructor(
    private readonly history: MessageHistory,
    private readonly templates: TemplateLibrary,
    private readonly mails: MailViews,
  ) {}

  /**
   * Rendered again from the version that it was accepted with and its own data, both of which never change; what reads the
   * clock, as of when it was recorded as sent, a call later than when it was rendered. Raises MessageNotFound, also for another
   * tenant's message.
   */
  async execute({ tenantId, id }: GetMessageContent): Promise<MessageContentView> {
    const row = await this.history.content(tenantId, id);
    if (!row) throw new MessageNotFound();
    const { template_version_id: versionId } = row;
    const template = (await this.templates.names([versionId])).get(versionId ?? '');
    return {
      id,
      channel: row.channel,
      to: row.recipient,
      from: shownAddress(row.sender_address),
      fromName: row.sender_name,
      templateKey: template?.key ?? null,
      templateVersion: template?.version ?? null,
      sentAt: iso(row.sent_at),
      ...(await this.said(tenantId, row)),
    };
  }

  private async said(
    tenantId: string,
    row: MessageContentRow,
  ): Promise<Pick<MessageContentView, 'content' | 'mail' | 'unavailable'>> {
    if (row.data === null && row.content === null) return { content: null, mail: null, unavailable: 'erased' };
    const made = await makeStored(row, this.templates, {
      now: row.sent_at === null ? undefined : new Date(row.sent_at),
    });
    if ('failed' in made) return { content: null, mail: null, unavailable: made.failed };
    const mail = await this.mails.of(tenantId, row.mail, made.attachments);
    return { content: renderedView(made.content, row.channel === 'sms'), mail, unavailable: null };
  }
}
