/** Request and response shapes of the routes about numbers of no venue. */
import { Instant, OneOf, PageQuery, Text } from '../../kernel/index.js';
import { SOURCE } from '../consent.dto.js';
import { DECISIONS, type Decision } from '../consent.entity.js';
import { Evidence, PastInstant } from '../consent.fields.js';

/** The channels on which people can reply to a number with a keyword. */
const NUMBER_CHANNELS = ['sms', 'mms', 'whatsapp'] as const;
export type NumberChannel = (typeof NUMBER_CHANNELS)[number];

const CHANNEL = { required: false, example: 'sms', description: '`sms` where absent; MMS counts as SMS' };

export class NumberOptOutsQuery extends PageQuery {
  @OneOf(NUMBER_CHANNELS, { required: false, description: 'Only this channel; MMS counts as SMS' })
  channel?: NumberChannel;

  @Text({ required: false, max: 320, example: '+15551234567', description: 'Only this number of ours' })
  number?: string;

  @Text({ required: false, max: 320, example: '+4915112345678', description: 'Only this person’s number' })
  address?: string;
}

export class NumberOptOutPath {
  @Text({ max: 320, example: '+15551234567', description: 'Ours' })
  number: string;

  @Text({ max: 320, example: '+4915112345678', description: 'The person’s, with its country code' })
  address: string;
}

export class NumberOptOutLogQuery extends PageQuery {
  @OneOf(NUMBER_CHANNELS, CHANNEL)
  channel?: NumberChannel;
}

export class SetNumberOptOutBody {
  @OneOf(DECISIONS, { example: 'opted_in', description: '`opted_in` lifts the opt-out' })
  status: Decision;

  @OneOf(NUMBER_CHANNELS, CHANNEL)
  channel?: NumberChannel;

  @Text({ ...SOURCE, example: 'support', description: 'Where the person decided it' })
  source: string;

  @Evidence({ required: true })
  evidence: Record<string, unknown>;

  @PastInstant({ required: false, description: 'When the person decided it; now where absent' })
  occurredAt?: Date;
}

export class NumberOptOutView {
  @OneOf(NUMBER_CHANNELS, { example: 'sms' }) channel: NumberChannel;
  @Text({ max: 16, example: '+15551234567', description: 'Ours' }) number: string;
  @Text({ max: 16, example: '+4915112345678', description: 'The person’s' }) address: string;
  @OneOf(DECISIONS, { example: 'opted_out' }) status: Decision;
  @Instant({ description: 'When the person last decided it' }) occurredAt: string;
}
