/** What provider events say of messages: their status, their call, what people did about them, and what they cost. */
import { Injectable } from '@nestjs/common';
import {
  EngagementLog,
  PriceLog,
  Transitions,
  VoiceCalls,
  type CallNews,
  type EngagementNews,
  type News,
  type PriceNews,
} from '../ledger/index.js';
import { isTooSoon } from '../links/index.js';
import type { WaitingEvent } from './waiting-event.js';

@Injectable()
export class MessageReports {
  constructor(
    private readonly transitions: Transitions,
    private readonly calls: VoiceCalls,
    private readonly engagement: EngagementLog,
    private readonly prices: PriceLog,
  ) {}

  /** Must run in the transaction that marks the events as applied. */
  async record(known: readonly WaitingEvent[]): Promise<void> {
    await this.transitions.apply(known.flatMap(newsOf), 'webhook');
    await this.calls.record(known.flatMap(callOf));
    await this.engagement.record(known.flatMap(engagementOf), 'webhook');
    await this.prices.record(known.flatMap(priceOf), 'webhook');
  }
}

function newsOf({ event, message_id: messageId }: WaitingEvent): News[] {
  if (event.kind !== 'status' || messageId === null) return [];
  const { status, code, message: errorMessage, providerMessageId, occurredAt } = event;
  const ended = status === 'failed' || status === 'undelivered';
  return [
    {
      messageId,
      status,
      code,
      errorMessage,
      providerMessageId,
      reason: ended ? (event.optedOut ? 'opted_out_at_provider' : 'provider_report') : undefined,
      occurredAt: occurredAt === undefined ? undefined : new Date(occurredAt),
    },
  ];
}

/** What the provider told of a call. */
function callOf({ event, message_id: messageId, tenant_id: tenantId }: WaitingEvent): CallNews[] {
  if (event.kind !== 'status' || !event.call || messageId === null) return [];
  const { call, price, status, occurredAt } = event;
  const at = occurredAt === undefined ? undefined : new Date(occurredAt);
  return [{ ...call, price, messageId, tenantId, ended: status !== 'read', occurredAt: at }];
}

/** What the provider charges for the message. */
function priceOf({ event, message_id: messageId }: WaitingEvent): PriceNews[] {
  if (event.kind !== 'status' || !event.price || messageId === null) return [];
  return [{ messageId, price: event.price }];
}

/** What is told of a machine, or comes too soon after the message, nobody has done. */
function engagementOf({ event, message_id: messageId, channel, left_at: leftAt }: WaitingEvent): EngagementNews[] {
  if (event.kind !== 'engagement' || messageId === null) return [];
  const { type, byMachine = false } = event;
  const occurredAt = event.occurredAt === undefined ? undefined : new Date(event.occurredAt);
  if (type === 'unsubscribed') return [{ messageId, kind: type, occurredAt }];
  if (type !== 'opened' && type !== 'clicked') return [];
  const isMachine =
    byMachine || (leftAt !== null && occurredAt !== undefined && isTooSoon(channel, occurredAt, new Date(leftAt)));
  return [{ messageId, kind: isMachine ? `machine_${type}` : type, occurredAt }];
}
