/** Request and response shapes of the sandbox's own API. */
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsInt, IsString, Matches, Max, Min } from 'class-validator';
import { Reads } from '../kernel/index.js';
import type { ProviderName } from '../providers/index.js';
import { Optional } from './fault-plan.rules.js';
import type { Entry } from './message-record.js';
import { SANDBOX_PROVIDERS } from './sandbox.options.js';

export class ListSandboxMessages {
  @ApiPropertyOptional({ description: 'Only messages to this number or email address', example: '+14155550100' })
  @Optional()
  @IsString()
  to?: string;

  @ApiPropertyOptional({ enum: [...SANDBOX_PROVIDERS] })
  @Optional()
  @IsIn(SANDBOX_PROVIDERS)
  provider?: ProviderName;

  @ApiPropertyOptional({ minimum: 1, maximum: 1_000, default: 100 })
  @Max(1_000)
  @Min(1)
  @IsInt()
  @Reads((value) => (typeof value === 'string' ? Number(value) : value))
  limit: number = 100;

  @ApiPropertyOptional({ description: 'The `nextCursor` of the page before' })
  @Optional()
  @Matches(/^\d{1,15}$/, { message: 'cursor must be the nextCursor of a page before' })
  cursor?: string;
}

export class SandboxAttachment {
  @ApiProperty({ example: 'ticket.pdf' }) name: string;
  @ApiProperty({ example: 'application/pdf' }) mediaType: string;
  @ApiProperty({ example: 48_210 }) bytes: number;
  @ApiProperty({ description: 'Of its content, in hex' }) sha256: string;
  @ApiPropertyOptional({ description: 'Of a picture within the HTML' }) contentId?: string;
  @ApiPropertyOptional({ description: 'What a calendar file says' }) calendar?: string;
}

/** One send accepted by a sandbox provider, for one recipient. */
export class SandboxMessage {
  @ApiProperty({ example: '17' })
  id: string;

  @ApiProperty({ enum: [...SANDBOX_PROVIDERS] })
  provider: ProviderName;

  @ApiProperty({ description: 'The Twilio account or AWS access key that sent it' })
  accountId: string;

  @ApiProperty({ enum: ['email', 'sms', 'mms', 'whatsapp'] })
  channel: string;

  @ApiProperty({ example: '+14155550199' })
  from: string;

  @ApiProperty({ example: '+14155550100' })
  to: string;

  @ApiPropertyOptional()
  subject?: string;

  @ApiPropertyOptional()
  html?: string;

  @ApiPropertyOptional()
  text?: string;

  @ApiPropertyOptional()
  body?: string;

  @ApiPropertyOptional({ type: [String] })
  mediaUrls?: readonly string[];

  @ApiPropertyOptional()
  contentSid?: string;

  @ApiPropertyOptional({ description: 'JSON, as it was sent' })
  contentVariables?: string;

  @ApiPropertyOptional({ type: Object, description: 'Extra headers of an email' })
  headers?: Readonly<Record<string, string>>;

  @ApiPropertyOptional({ description: 'Where answers to an email go' })
  replyTo?: string;

  @ApiPropertyOptional({ type: [String], description: 'Who got a copy: each has an item of its own' })
  cc?: readonly string[];

  @ApiPropertyOptional({ type: [String], description: 'Who got one unseen by the others' })
  bcc?: readonly string[];

  @ApiPropertyOptional({ type: [SandboxAttachment] })
  attachments?: readonly SandboxAttachment[];

  @ApiPropertyOptional({ description: "This service's own message id, as the send carried it" })
  messageId?: string;

  @ApiProperty()
  providerMessageId: string;

  @ApiPropertyOptional()
  segments?: number;

  @ApiProperty({ example: 'delivered' })
  status: string;

  @ApiPropertyOptional({ example: 30003 })
  errorCode?: number;

  @ApiPropertyOptional({ example: true, description: 'The provider knows nothing of it' })
  isLost?: boolean;

  @ApiPropertyOptional({ example: '0.0083', description: 'In USD, where it is not the usual price' })
  price?: string;

  @ApiProperty({ type: String, format: 'date-time' })
  acceptedAt: Date;

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    description: 'When the provider had sent it on, or given up',
  })
  sentAt?: Date;

  static of({ position, message }: Entry): SandboxMessage {
    return Object.assign(new SandboxMessage(), { id: String(position) }, message);
  }
}

export class SandboxMessagePage {
  @ApiProperty({ type: [SandboxMessage] })
  items: SandboxMessage[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}

export class SandboxMessageId {
  @ApiProperty({ example: 'SM0123456789abcdef0123456789abcdef' })
  providerMessageId: string;
}

export class SandboxCallbacks {
  @ApiProperty({ type: 'integer', minimum: 0, example: 0 }) pending: number;
}
