/** Renders claimed messages into envelopes, once, just before the call. */
import { Injectable } from '@nestjs/common';
import type { Content } from '../../providers/index.js';
import { TemplateLibrary, type Rendered } from '../../templates/index.js';
import type { ProviderName } from '../../tenants/index.js';
import { ServiceWindows } from './service-windows.js';
import type { ClaimedMessage, MessageReason } from '../../ledger/index.js';
import { endOf } from '../messages/host.rules.js';
import { MailCarrier, type CarriedMail } from '../mail/carried-mail.js';
import { makeStored } from '../messages/made-message.js';
import { PictureCheck } from '../messages/picture-check.js';
import { MessageLinks } from './message-links.js';
import type { Measured, Prepared } from './prepared.js';

@Injectable()
export class Envelopes {
  constructor(
    private readonly templates: TemplateLibrary,
    private readonly windows: ServiceWindows,
    private readonly pictures: PictureCheck,
    private readonly mails: MailCarrier,
    private readonly links: MessageLinks,
  ) {}

  /** As `prepare`, for this provider: what it would not take as an MMS is a text with links. May wait for pictures’ hosts. */
  async fit(messages: readonly ClaimedMessage[], provider: ProviderName): Promise<Prepared[]> {
    const prepared = await this.prepare(messages, provider);
    if (!messages.some(({ channel }) => channel === 'mms')) return prepared;
    return Promise.all(prepared.map(async (one) => ('failed' in one ? one : this.fitOne(one, provider))));
  }

  /** One result per message, in order; for a provider, as far as it takes what they carry. */
  async prepare(messages: readonly ClaimedMessage[], provider?: ProviderName): Promise<Prepared[]> {
    const openWindows = await this.windows.open(messages.filter(({ channel }) => channel === 'whatsapp'));
    const prepared = await Promise.all(messages.map((message) => this.prepareOne(message, openWindows, provider)));
    return this.links.countedIn(messages, prepared);
  }

  private async fitOne(measured: Measured, provider: ProviderName): Promise<Prepared> {
    const { tenantId, channel, content } = measured.envelope;
    const text = channel === 'mms' ? await this.pictures.textInstead(tenantId, provider, content) : undefined;
    if (!text) return measured;
    return { envelope: { ...measured.envelope, channel: 'sms', content: text.content }, segments: text.segments };
  }

  private async withHeaders(message: ClaimedMessage, content: Rendered, carried: CarriedMail): Promise<Content> {
    if (content.kind !== 'email') return content;
    const headers = [...(await this.links.headersOf(message)), ...(carried.headers ?? [])];
    return { ...content, ...carried, ...(headers.length > 0 && { headers }) };
  }

  private async prepareOne(
    message: ClaimedMessage,
    openWindows: ReadonlySet<string>,
    provider: ProviderName | undefined,
  ): Promise<Prepared> {
    // A template has been rendered on acceptance, except in a campaign; only one that reads the clock can fail now.
    const made = await makeStored(message, this.templates, { links: () => this.links.variablesOf(message) });
    if ('failed' in made) return made;
    const { content, segments, attachments: ofTemplate = [] } = made;
    const hasMore = content.kind === 'email' && (message.mail !== null || ofTemplate.length > 0);
    const carried: CarriedMail | { failed: MessageReason } = hasMore
      ? await this.mails.carry({ ...message, ofTemplate }, provider)
      : {};
    if ('failed' in carried) return carried;
    if (message.channel === 'whatsapp' && content.kind === 'text' && !openWindows.has(message.id)) {
      return { failed: 'whatsapp_window_closed' };
    }
    const end = endOf(message);
    const {
      id: messageId,
      attempts: attempt,
      tenant_id: tenantId,
      channel,
      sender_address: from,
      recipient: to,
    } = message;
    return {
      envelope: {
        messageId,
        attempt,
        tenantId,
        ...(message.correlation_id !== null && { correlationId: message.correlation_id }),
        channel,
        from,
        fromName: message.sender_name ?? undefined,
        to,
        content: await this.withHeaders(message, content, carried),
        ...(end && { expiresAt: end.at }),
      },
      segments,
    };
  }
}
