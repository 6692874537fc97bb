/** Request and response shapes of the event routes. */
import { CORRELATION_ID, Id, Instant, JsonObject, OneOf, Text, UncheckedList } from '../../kernel/index.js';
import { EVENT_ID_LENGTH } from './inbound-event.js';

/** Events in one batch. */
const BATCH_LIMIT = 1_000;

export const RECEIPTS = ['accepted', 'duplicate'] as const;
export type ReceiptStatus = (typeof RECEIPTS)[number];

export class NewEvent {
  @Text({
    max: 100,
    pattern: /^[A-Za-z][\w.-]*$/,
    meaning: 'a name such as order.confirmed: letters, digits, dots, dashes and underscores',
    description: 'What happened',
    example: 'order.confirmed',
  })
  type: string;

  @Text({
    max: EVENT_ID_LENGTH,
    description: 'The event’s own id: a second event with it is a repetition of the first, whatever it says',
    example: 'evt-20261128-1001',
  })
  id: string;

  @Instant({ required: false, description: 'When it happened; when it arrived, if absent' })
  occurredAt?: Date;

  @JsonObject({
    required: false,
    description:
      'Ids: `orderId`, `customerId`, `eventId`, `attendeeId`, and `venueId` (or the venue’s `externalId`; the default venue when absent). What else it holds is for conditions and templates',
    example: { orderId: 'A-1001', customerId: 'C-7', venueId: 'hall-7' },
  })
  data?: Record<string, unknown>;

  @Text({
    ...CORRELATION_ID,
    required: false,
    description: 'Follows the event to its messages; the header `X-Correlation-Id` when absent',
  })
  correlationId?: string;
}

export class NewEvents {
  /** Validated one by one, so that an invalid event does not affect the others. */
  @UncheckedList(() => NewEvent, { min: 1, max: BATCH_LIMIT })
  events: unknown[];
}

export class EventReceipt {
  @Id({ description: 'Ours' }) id: string;
  @OneOf(RECEIPTS, {
    example: 'accepted',
    description: '`duplicate`: an event with this id was accepted before, and this one changes nothing',
  })
  status: ReceiptStatus;
}
