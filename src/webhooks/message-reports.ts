/** What provider events say of messages: their status, their call, and what people did about them. */
import { Injectable } from '@nestjs/common';
import {
  EngagementLog,
  Transitions,
  VoiceCalls,
  type CallNews,
  type EngagementNews,
  type News,
} from '../ledger/index.js';
import type { WaitingEvent } from './waiting-event.js';

@Injectable()
export class MessageReports {
  constructor(
    private readonly transitions: Transitions,
    private readonly calls: VoiceCalls,
    private readonly engagement: EngagementLog,
  ) {}

  /** Must run in the transaction that marks the events as applied. */
  async record(known: readonly WaitingEvent[]): Promise<void> {
    await this.transitions.apply(known.flatMap(newsOf), 'webhook');
    await this.calls.record(known.flatMap(callOf));
    await this.engagement.record(known.flatMap(engagementOf));
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
  const { call, status, occurredAt } = event;
  const at = occurredAt === undefined ? undefined : new Date(occurredAt);
  return [{ ...call, messageId, tenantId, ended: status !== 'read', occurredAt: at }];
}

function engagementOf({ event, message_id: messageId }: WaitingEvent): EngagementNews[] {
  if (event.kind !== 'engagement' || messageId === null) return [];
  const { type, occurredAt } = event;
  if (type !== 'opened' && type !== 'clicked') return [];
  return [{ messageId, kind: type, occurredAt: occurredAt === undefined ? undefined : new Date(occurredAt) }];
}
