/** Request and response shapes of the routes about runs. */
import { ApiProperty } from '@nestjs/swagger';
import { Id, Instant, Nested, OneOf, PageQuery, Text } from '../../kernel/index.js';
import { NewEvent } from '../events/events.dto.js';
import { EVENT_ID_LENGTH } from '../events/inbound-event.js';
import { STATUSES, type MessageStatus } from '../../ledger/index.js';
import { DefinitionBody } from '../rules/definition.dto.js';
import { RUN_STATUSES, type LogEntry, type RunStatus } from './run-row.js';

const ENTRIES = ['sent', 'refused', 'skipped', 'waits', 'recalled', 'ended'] as const;

export class ListRunsQuery extends PageQuery {
  @Id({ required: false }) automationId?: string;
  @OneOf(RUN_STATUSES, { required: false }) status?: RunStatus;
  @Text({ required: false, max: EVENT_ID_LENGTH }) orderId?: string;
  @Text({ required: false, max: EVENT_ID_LENGTH }) customerId?: string;
  @Text({ required: false, max: EVENT_ID_LENGTH }) eventId?: string;
}

export class RunEntryView implements Omit<LogEntry, 'planned'> {
  @Instant() at: string;
  @Text({ max: 200, example: 'steps[0].send', description: 'Where in the definition; empty for the run as a whole' })
  path: string;
  @OneOf(ENTRIES, { example: 'sent' }) what: LogEntry['what'];
  @Text({
    required: false,
    max: 100,
    description:
      'A stable code: why it was refused, skipped, recalled or ended; of what was sent, why its message has its status',
  })
  reason?: string;
  @OneOf(STATUSES, {
    required: false,
    example: 'delivered',
    description: 'Of what was sent: what has become of it by now',
  })
  status?: MessageStatus;
  @Id({ required: false, description: 'At /api/messages/{id}' }) messageId?: string;
  @Text({ required: false, max: 20, example: 'sms' }) channel?: string;
  @Instant({ required: false, description: 'Until when it waits' }) until?: string;
}

export class RunView {
  @Id() id: string;
  @Id() automationId: string;
  @ApiProperty({ example: 1 }) version: number;
  @OneOf(RUN_STATUSES, { example: 'done' }) status: RunStatus;
  @ApiProperty({ type: String, nullable: true, description: 'Why it ended before its last step', example: null })
  reason: string | null;
  @Id({ description: 'The event that began it' }) triggerId: string;
  @Id() venueId: string;
  @ApiProperty({ type: String, nullable: true, example: 'A-1001' }) orderId: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'C-7' }) customerId: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'E-3' }) eventId: string | null;
  @ApiProperty({ type: String, nullable: true }) attendeeId: string | null;
  @ApiProperty({ type: String, nullable: true }) correlationId: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When it is looked at next' })
  dueAt: string | null;
  @ApiProperty({ type: [RunEntryView], description: 'What it did, and why it did not' }) log: readonly LogEntry[];
  @Instant() createdAt: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) finishedAt: string | null;
}

export class DryRunBody {
  @Nested(() => NewEvent, {
    description: 'A sample event; the order, the customer and the event that it names are read as they are now',
    example: { type: 'order.confirmed', id: 'sample', data: { orderId: 'A-1001' } },
  })
  event: NewEvent;

  @Instant({ required: false, description: 'When it happens; now, when absent' })
  at?: Date;

  @Nested(() => DefinitionBody, { required: false, description: 'Another definition, before it is stored' })
  definition?: DefinitionBody;
}

export class DryRunStep extends RunEntryView {
  @Text({ required: false, max: 100, example: 'order-confirmation-sms' }) templateKey?: string;
  @ApiProperty({ type: [String], required: false, description: 'Channels that follow if it reaches nobody' })
  fallback?: string[];
}

export class DryRunView {
  @ApiProperty({ description: 'Whether this event would start it' }) starts: boolean;
  @OneOf(['done', 'stopped'], { description: 'How it would end' }) ends: 'done' | 'stopped';
  @ApiProperty({ type: String, nullable: true, description: 'Why it would end before its last step' })
  reason: string | null;
  @ApiProperty({
    type: [DryRunStep],
    description:
      'As if each message were delivered at once, nobody read, opened, clicked or answered it, and nothing changed meanwhile',
  })
  steps: DryRunStep[];
}
