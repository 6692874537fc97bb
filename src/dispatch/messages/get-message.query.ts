/** Reads one message with its whole timeline. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { iso } from '../../kernel/index.js';
import { MessageHistory, VoiceCalls, type CallRow } from '../../ledger/index.js';
import { MessageNotFound } from './messages.errors.js';
import { MessageViews } from './message.view.js';
import type { CallView, MessageWithEvents, PriceView } from './messages.dto.js';

export class GetMessage extends Query<MessageWithEvents> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
  ) {
    super();
  }
}

@QueryHandler(GetMessage)
export class GetMessageHandler implements IQueryHandler<GetMessage> {
  constructor(
    private readonly history: MessageHistory,
    private readonly views: MessageViews,
    private readonly calls: VoiceCalls,
  ) {}

  /** Raises MessageNotFound, also for another tenant's message. */
  async execute({ tenantId, id }: GetMessage): Promise<MessageWithEvents> {
    const row = await this.history.find(tenantId, id);
    if (!row) throw new MessageNotFound();
    const viewOf = await this.views.of([row]);
    return {
      ...viewOf(row),
      call: row.channel === 'voice' ? callView(await this.calls.find(row.id)) : null,
      events: row.events.map(({ occurred_at: occurredAt, at, ...event }) => ({
        ...event,
        at: iso(at),
        occurredAt: iso(occurredAt),
      })),
    };
  }
}

const callView = (row: CallRow | undefined): CallView => ({
  answeredBy: row?.answered_by ?? null,
  key: row?.digits ?? null,
  acknowledgedAt: iso(row?.acknowledged_at ?? null),
  endedAt: iso(row?.ended_at ?? null),
  durationSeconds: row?.duration_seconds ?? null,
  price: priceView(row),
});

function priceView(row: CallRow | undefined): PriceView | null {
  const { price_micros: micros = null, price_currency: currency = null } = row ?? {};
  return micros === null || currency === null ? null : { micros, currency };
}
