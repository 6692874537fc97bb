/** Renders claimed messages into envelopes, once, just before the call. */
import { Injectable } from '@nestjs/common';
import type { Envelope } from '../../providers/index.js';
import { TemplateLibrary } from '../../templates/index.js';
import type { ProviderName } from '../../tenants/index.js';
import { ServiceWindows } from './service-windows.js';
import type { ClaimedMessage, MessageReason } from '../../ledger/index.js';
import { endOf } from '../messages/host.rules.js';
import { makeStored } from '../messages/made-message.js';
import { PictureCheck } from '../messages/picture-check.js';

interface Measured {
  readonly envelope: Envelope;
  readonly segments: number;
}

/** An envelope with its number of segments, or why it could not be rendered. */
export type Prepared = Measured | { readonly failed: MessageReason };

@Injectable()
export class Envelopes {
  constructor(
    private readonly templates: TemplateLibrary,
    private readonly windows: ServiceWindows,
    private readonly pictures: PictureCheck,
  ) {}

  /** As `prepare`, for this provider: what it would not take as an MMS is a text with links. May wait for pictures’ hosts. */
  async fit(messages: readonly ClaimedMessage[], provider: ProviderName): Promise<Prepared[]> {
    const prepared = await this.prepare(messages);
    if (!messages.some(({ channel }) => channel === 'mms')) return prepared;
    return Promise.all(prepared.map(async (one) => ('failed' in one ? one : this.fitOne(one, provider))));
  }

  /** One result per message, in order. */
  async prepare(messages: readonly ClaimedMessage[]): Promise<Prepared[]> {
    const openWindows = await this.windows.open(messages.filter(({ channel }) => channel === 'whatsapp'));
    return Promise.all(messages.map((message) => this.prepareOne(message, openWindows)));
  }

  private async fitOne(measured: Measured, provider: ProviderName): Promise<Prepared> {
    const { tenantId, channel, content } = measured.envelope;
    const text = channel === 'mms' ? await this.pictures.textInstead(tenantId, provider, content) : undefined;
    if (!text) return measured;
    return { envelope: { ...measured.envelope, channel: 'sms', content: text.content }, segments: text.segments };
  }

  private async prepareOne(message: ClaimedMessage, openWindows: ReadonlySet<string>): Promise<Prepared> {
    // A template has been rendered on acceptance, except in a campaign; only one that reads the clock can fail now.
    const made = await makeStored(message, this.templates);
    if ('failed' in made) return made;
    const { content, segments } = made;
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
        content,
        ...(end && { expiresAt: end.at }),
      },
      segments,
    };
  }
}
