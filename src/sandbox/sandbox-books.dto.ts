/** Request shapes for the providers' own books: what they say of a message, whatever happened. */
import { Flag, Instant, Int, OneOf, Text } from '../kernel/index.js';
import type { ProviderName } from '../providers/index.js';
import type { RecordedMessage } from './message-record.js';
import { SANDBOX_PROVIDERS } from './sandbox.options.js';

const CHANNELS: readonly RecordedMessage['channel'][] = ['email', 'sms', 'mms', 'whatsapp', 'voice'];
const AMOUNT = { max: 20, pattern: /^\d{1,6}(\.\d{1,6})?$/, meaning: 'an amount with at most six decimals' };

export class SandboxMessageChange {
  @Flag({ required: false, description: 'The provider knows nothing of the message: it neither lists nor counts it' })
  isLost?: boolean;

  @Text({ required: false, ...AMOUNT, example: '0.0083', description: 'In USD, for the whole message' })
  price?: string;

  @Int({ required: false, min: 1, max: 100, example: 2 })
  segments?: number;

  @Text({ required: false, max: 40, example: 'undelivered', description: 'In the provider’s words; nothing is called' })
  status?: string;

  @Instant({ required: false, description: 'When it was sent: it decides in which day’s books the message is' })
  sentAt?: Date;
}

/** A message in a provider's books that this service never sent. */
export class NewSandboxMessage {
  @OneOf(SANDBOX_PROVIDERS)
  provider: ProviderName;

  @Text({ max: 100, description: 'As in the record of what that account sent' })
  accountId: string;

  @OneOf(CHANNELS)
  channel: RecordedMessage['channel'];

  @Text({ max: 320, example: '+14155550199' })
  from: string;

  @Text({ max: 320, example: '+14155550100' })
  to: string;

  @Text({ required: false, ...AMOUNT, example: '0.0083', description: 'In USD, for the whole message' })
  price?: string;

  @Instant({ required: false })
  sentAt?: Date;
}
