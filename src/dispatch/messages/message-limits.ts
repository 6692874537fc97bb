/** Checks of a new message that need no lookups: schedule, size, metadata. */
import { countSegments, type Rendered } from '../../templates/index.js';
import type { Channel } from '../../tenants/index.js';
import { BadSchedule, ContentRequired, MessageTooLong } from './messages.errors.js';
import type { MessageStatus } from '../../ledger/index.js';
import type { NewMessage } from './messages.dto.js';

/** Twilio takes 1,600 characters of SMS and WhatsApp text; a call of as many takes two minutes. */
const TEXT_LIMIT = 1_600;
const CLOCK_SKEW_MS = 60_000;
const FARTHEST_MS = 366 * 86_400_000;
const METADATA_LIMIT = 4_096;

interface Schedule {
  readonly status: MessageStatus;
  readonly send_at: Date | null;
  readonly expires_at: Date | null;
  readonly ready_at: Date;
}

export function scheduleOf({ sendAt, expiresAt }: NewMessage): Schedule {
  const now = Date.now();
  if (sendAt && sendAt.getTime() < now - CLOCK_SKEW_MS)
    throw new BadSchedule('sendAt is in the past: leave it out to send now', 'sendAt');
  if (sendAt && sendAt.getTime() > now + FARTHEST_MS)
    throw new BadSchedule('sendAt is more than a year ahead: schedule it later', 'sendAt');
  if (expiresAt && expiresAt.getTime() <= Math.max(now, sendAt?.getTime() ?? 0)) {
    throw new BadSchedule(
      'expiresAt must be later than now and than sendAt: the message could never be sent',
      'expiresAt',
    );
  }
  const waits = sendAt !== undefined && sendAt.getTime() > now;
  return {
    status: waits ? 'scheduled' : 'queued',
    send_at: sendAt ?? null,
    expires_at: expiresAt ?? null,
    ready_at: waits ? sendAt : new Date(now),
  };
}

export function textOf(rendered: Rendered): string | undefined {
  if (rendered.kind === 'text') return rendered.body;
  return rendered.kind === 'speech' ? rendered.text : undefined;
}

/** Raises MessageTooLong for the text of `field`. */
export function segmentsOf(channel: Channel, body: string | undefined, field = 'content.body'): number {
  if (channel === 'email' || body === undefined) return 1;
  if (body.length > TEXT_LIMIT) throw new MessageTooLong(body.length, TEXT_LIMIT).at(field);
  return channel === 'sms' ? Math.max(1, countSegments(body).segments) : 1;
}

export function boundedMetadata({ metadata }: NewMessage): Record<string, unknown> | null {
  if (metadata && JSON.stringify(metadata).length > METADATA_LIMIT) {
    throw new ContentRequired(
      `metadata is larger than ${METADATA_LIMIT} characters of JSON: keep it short, and the rest on your side`,
      'metadata',
    );
  }
  return metadata ?? null;
}
