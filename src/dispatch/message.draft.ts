/** Turns a request into a ledger row: who speaks, on which lane, saying what. Everything that can be wrong is found here. */
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { SenderDirectory, normaliseAddress, type Category, type Channel } from '../tenants/index.js';
import { TemplateLibrary, countSegments, render, type LoadedTemplate, type Rendered } from '../templates/index.js';
import { BadSchedule, ChannelDisabled, ContentRequired, MessageTooLong, TemplateMismatch } from './dispatch.errors.js';
import { Lanes } from './lanes.js';
import { requireContent, type StoredContent } from './message.content.js';
import type { MessageStatus } from './message.status.js';
import type { NewMessage } from './messages.dto.js';

/** A row to be: the columns of `message`, and of its place in the line. */
export interface MessageDraft {
  readonly id: string;
  readonly tenant_id: string;
  readonly venue_id: string;
  readonly channel: Channel;
  readonly category: Category;
  readonly lane_id: string;
  readonly provider: string;
  readonly sender_address: string;
  readonly sender_name: string | null;
  readonly recipient: string;
  readonly template_version_id: string | null;
  readonly data: Record<string, unknown> | null;
  readonly content: StoredContent | null;
  readonly status: MessageStatus;
  readonly segments: number;
  readonly reference: string | null;
  readonly metadata: Record<string, unknown> | null;
  readonly resend_of: string | null;
  readonly send_at: Date | null;
  readonly expires_at: Date | null;
  readonly ready_at: Date;
}

/** Twilio takes 1,600 characters of SMS and WhatsApp text. */
const TEXT_LIMIT = 1_600;
const CLOCK_SKEW_MS = 60_000;
const FARTHEST_MS = 366 * 86_400_000;
const METADATA_LIMIT = 4_096;

@Injectable()
export class DraftMaker {
  constructor(
    private readonly senders: SenderDirectory,
    private readonly templates: TemplateLibrary,
    private readonly lanes: Lanes,
  ) {}

  /** Drafts the messages of one request, which share what they look up. */
  batch(tenantId: string): (input: NewMessage) => Promise<MessageDraft> {
    const templates = new Map<string, Promise<LoadedTemplate>>();
    return (input) =>
      this.draft(tenantId, input, (key) => remembered(templates, key, () => this.templates.current(tenantId, key)));
  }

  /** Raises a DomainError that says what to change in the request. */
  private async draft(
    tenantId: string,
    input: NewMessage,
    templateOf: (key: string) => Promise<LoadedTemplate>,
  ): Promise<MessageDraft> {
    const tenant = await this.senders.tenant(tenantId);
    if (!tenant.sendsOn(input.channel)) throw new ChannelDisabled(input.channel);
    const recipient = normaliseAddress(input.channel, input.to, tenant.country ?? undefined);
    const schedule = scheduleOf(input);
    const venueId = await this.senders.venueOf(tenantId, input.venueId);
    const template = input.template && (await templateOf(input.template.key));
    const content = requireContent(input);
    const category = categoryOf(input, template);
    const segments = segmentsOf(input.channel, template ? textOf(this.rehearse(input, template)) : content?.body);
    const route = await this.senders.routeFor(tenantId, venueId, input.channel, input.senderId);
    const laneId = await this.lanes.laneFor(route, input.channel);
    return {
      ...{
        id: uuidv7(),
        tenant_id: tenantId,
        venue_id: venueId,
        channel: input.channel,
        category,
        lane_id: laneId,
        recipient,
      },
      ...{ provider: route.provider, sender_address: route.address, sender_name: route.displayName },
      ...{
        template_version_id: template?.versionId ?? null,
        data: template ? (input.template?.data ?? {}) : null,
        content,
      },
      ...{ segments, reference: input.reference ?? null, metadata: boundedMetadata(input), resend_of: null },
      ...schedule,
    };
  }

  /** Renders once before accepting, so that a missing variable is the caller's error and not a failed message. */
  private rehearse(input: NewMessage, template: LoadedTemplate): Rendered {
    const fits = template.channel === input.channel || (template.channel === 'sms' && input.channel === 'mms');
    if (!fits)
      throw new TemplateMismatch(
        `The template is for ${template.channel}: use a template for ${input.channel}, or another channel`,
      );
    return render(template.compiled, input.template?.data ?? {});
  }
}

function remembered<T>(known: Map<string, T>, key: string, find: () => T): T {
  const found = known.get(key) ?? find();
  known.set(key, found);
  return found;
}

function categoryOf(input: NewMessage, template: LoadedTemplate | undefined): Category {
  if (template?.category === 'marketing' && input.category === 'transactional') {
    throw new TemplateMismatch('The template is for marketing: it cannot be sent as transactional, past the opt-in');
  }
  return input.category ?? template?.category ?? 'transactional';
}

function scheduleOf({
  sendAt,
  expiresAt,
}: NewMessage): Pick<MessageDraft, 'status' | 'send_at' | 'expires_at' | 'ready_at'> {
  const now = Date.now();
  if (sendAt && sendAt.getTime() < now - CLOCK_SKEW_MS)
    throw new BadSchedule('sendAt is in the past: leave it out to send now');
  if (sendAt && sendAt.getTime() > now + FARTHEST_MS)
    throw new BadSchedule('sendAt is more than a year ahead: schedule it later');
  if (expiresAt && expiresAt.getTime() <= Math.max(now, sendAt?.getTime() ?? 0)) {
    throw new BadSchedule('expiresAt must be later than now and than sendAt: the message could never be sent');
  }
  const waits = sendAt !== undefined && sendAt.getTime() > now;
  return {
    status: waits ? 'scheduled' : 'queued',
    send_at: sendAt ?? null,
    expires_at: expiresAt ?? null,
    ready_at: waits ? sendAt : new Date(now),
  };
}

const textOf = (rendered: Rendered): string | undefined => (rendered.kind === 'text' ? rendered.body : undefined);

function segmentsOf(channel: Channel, body: string | undefined): number {
  if (channel === 'email' || body === undefined) return 1;
  if (body.length > TEXT_LIMIT) throw new MessageTooLong(body.length, TEXT_LIMIT);
  return channel === 'sms' ? Math.max(1, countSegments(body).segments) : 1;
}

function boundedMetadata({ metadata }: NewMessage): Record<string, unknown> | null {
  if (metadata && JSON.stringify(metadata).length > METADATA_LIMIT) {
    throw new ContentRequired(
      `metadata is larger than ${METADATA_LIMIT} characters of JSON: keep it short, and the rest on your side`,
    );
  }
  return metadata ?? null;
}
