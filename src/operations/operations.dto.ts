/** Requests of the operator console. */
import { Id, Instant, Int, OneOf, Text } from '../kernel/index.js';
import { RESENDABLE, type MessageStatus } from '../ledger/index.js';
import {
  CATEGORIES,
  CHANNELS,
  PROVIDERS,
  VenueRef,
  type Category,
  type Channel,
  type ProviderName,
} from '../tenants/index.js';

/** Messages per request; the response says whether there are more. */
const MOST = 1_000;
/** Lower, since each is resent as a new message. */
const MOST_RESENT = 200;

/** Selects messages; an omitted field does not filter. */
export class MessageFilterBody {
  @OneOf(CHANNELS, { required: false }) channel?: Channel;
  @OneOf(PROVIDERS, { required: false }) provider?: ProviderName;
  @OneOf(CATEGORIES, { required: false }) category?: Category;
  @Text({ required: false, max: 60, description: 'The `reason` of the messages', example: 'no_answer' })
  reason?: string;
  @Text({ required: false, max: 100, description: 'The provider’s own code', example: 'http-502' })
  errorCode?: string;
  @VenueRef({ required: false }) venueId?: string;
  @Id({ required: false }) campaignId?: string;
  @Instant({ required: false, description: 'Accepted at or after' }) since?: Date;
  @Instant({ required: false, description: 'Accepted before' }) until?: Date;
}

export class ManyMessages extends MessageFilterBody {
  @Int({ required: false, min: 1, max: MOST, default: MOST, description: 'How many at the most, the oldest first' })
  limit: number = MOST;
}

/** `sent`: the provider has it. `requeue`: it does not, send it. `fail`: it does not, and it is not to be sent. */
export const DECISIONS = ['sent', 'requeue', 'fail'] as const;
export type Decision = (typeof DECISIONS)[number];

const DECISION = {
  example: 'requeue',
  description:
    '`sent`: the provider has it. `requeue`: it has not, send it now. `fail`: it has not, and it is not to be sent',
};

export class SettleBody {
  @OneOf(DECISIONS, DECISION) decision: Decision;
}

export class SettleManyBody extends ManyMessages {
  @OneOf(DECISIONS, DECISION) decision: Decision;
}

export class ResendManyBody extends MessageFilterBody {
  @OneOf(RESENDABLE, { example: 'failed' }) status: MessageStatus;

  @Instant({ description: 'Accepted at or after', example: '2026-11-26T18:00:00Z' })
  declare since: Date;

  @Int({ required: false, min: 1, max: MOST_RESENT, default: MOST_RESENT }) limit: number = MOST_RESENT;
  @Text({ required: false, max: 500, description: 'The `nextCursor` of the answer before' }) cursor?: string;
}
