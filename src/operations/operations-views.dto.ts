/** Responses of the operator console. */
import { ApiProperty } from '@nestjs/swagger';
import type { LinkState } from '../automations/index.js';
import { Id, Instant, OneOf } from '../kernel/index.js';
import { MessageView } from '../dispatch/index.js';
import { CHANNELS, PROVIDERS, type Channel, type ProviderName } from '../tenants/index.js';

/** Stuck messages with the same reason. */
export class StuckView {
  @ApiProperty({ type: String, nullable: true, example: 'sender_misconfigured' }) reason: string | null;
  @OneOf(CHANNELS, { example: 'sms' }) channel: Channel;
  @OneOf(PROVIDERS, { example: 'twilio' }) provider: ProviderName;
  @ApiProperty({ example: 12 }) messages: number;
  @Instant({ description: 'When the oldest of them was accepted' }) oldest: string;
}

/** A lane in which messages have waited for more than a minute. */
export class SlowLaneView {
  @Id() laneId: string;
  @OneOf(CHANNELS, { example: 'sms' }) channel: Channel;
  @OneOf(PROVIDERS, { example: 'twilio' }) provider: ProviderName;
  @ApiProperty({ description: 'It sends nothing, because of what its provider answered' }) resting: boolean;
  @ApiProperty({ type: String, nullable: true, example: 'no_answer' }) reason: string | null;
  @Instant({ description: 'Since when a message waits that could leave' }) waitingSince: string;
}

export class InboxState {
  @ApiProperty({ example: 0, description: 'Reports of providers that are not applied yet, counted to 10,000' })
  events: number;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) oldest: string | null;
}

const LINK_STATES = ['up', 'down', 'off'] as const;

export class EventsState {
  @ApiProperty({
    example: 0,
    description: 'Events of the queue and of the message bus that were refused for good within the last 24 hours',
  })
  deadLettered: number;
  @OneOf(LINK_STATES, {
    example: 'up',
    description: 'Whether a worker is connected to the message bus; `off` where none tries',
  })
  serviceBus: LinkState;
}

const ROLES = ['all', 'api', 'worker'] as const;

/** A process of the deployment, which runs or ended without a stop. */
export class ProcessView {
  @OneOf(ROLES, { example: 'worker' }) role: (typeof ROLES)[number];
  @ApiProperty({ example: 'callboard-worker-7d9f:1', description: 'The machine or container, and the process on it' })
  name: string;
  @ApiProperty({ example: '0.1.0' }) version: string;
  @Instant() startedAt: string;
  @Instant({ description: 'A process says every ten seconds that it lives' }) lastSeenAt: string;
  @ApiProperty({
    description: 'It has been silent for half a minute and did not stop: killed, cut off or suspended',
  })
  lost: boolean;
}

export class DeskView {
  @ApiProperty({ type: [StuckView], description: 'Put off: they are tried again by themselves' }) waiting: StuckView[];
  @ApiProperty({ type: [StuckView], description: 'In doubt: nobody knows whether they were sent' }) doubts: StuckView[];
  @ApiProperty({
    type: [SlowLaneView],
    nullable: true,
    description: 'With the admin key for all tenants; null for one',
  })
  lanes: SlowLaneView[] | null;
  @ApiProperty({ type: InboxState, nullable: true, description: 'With the admin key for all tenants; null for one' })
  inbox: InboxState | null;
  @ApiProperty({ type: EventsState, nullable: true, description: 'With the admin key for all tenants; null for one' })
  events: EventsState | null;
  @ApiProperty({
    type: [ProcessView],
    nullable: true,
    description: 'With the admin key for all tenants; null for one. Lost ones are shown for ten minutes',
  })
  processes: ProcessView[] | null;
}

export class DoubtView {
  @ApiProperty({ type: MessageView }) message: MessageView;
  @Id() tenantId: string;
  @Instant({ description: 'Since when it is in doubt' }) since: string;
  @ApiProperty({ example: 2, description: 'How often the provider was asked, or the call made again' }) looks: number;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When the provider is asked next, or the call made again; null: not any more, somebody has to decide',
  })
  nextLookAt: string | null;
}

export class DoneView {
  @ApiProperty({ example: 12, description: 'Messages that this was done to' }) messages: number;
  @ApiProperty({ description: 'There are more: ask again' }) more: boolean;
}

export class ResentView {
  @ApiProperty({ example: 12, description: 'Messages that were sent again' }) messages: number;
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'integer' },
    example: { no_sender: 1 },
    description: 'How many could not be, by the code of what is in their way',
  })
  refused: Record<string, number>;
  @ApiProperty({ type: String, nullable: true, description: 'Pass as `cursor` to go on; null at the end' })
  nextCursor: string | null;
}
