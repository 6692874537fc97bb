/** Request and response shapes of the API key routes. */
import { ApiProperty } from '@nestjs/swagger';
import {
  Id,
  Instant,
  Int,
  isNetwork,
  MODES,
  Nested,
  NETWORK,
  OneOf,
  RequestsPerMinuteBody,
  Text,
  TextList,
  type Mode,
} from '../../kernel/index.js';
import { ALL_SCOPES, SCOPES, type Scope } from './scopes.js';

const MOST_NETWORKS = 50;
const MOST_OVERLAP_HOURS = 720;

const AllowedNetworks = (options: { required?: boolean } = {}): PropertyDecorator =>
  TextList({
    ...options,
    max: MOST_NETWORKS,
    of: isNetwork,
    meaning: NETWORK,
    example: ['203.0.113.0/24'],
    description: 'Where requests with the key may come from; anywhere if empty',
  });

const KeyMode = (): PropertyDecorator =>
  OneOf(MODES, { example: 'live', description: '`test`: a key beginning with `cb_test_`' });

const NULLABLE_INSTANT = { type: String, format: 'date-time', nullable: true } as const;
const ExpiresAt = (): PropertyDecorator =>
  ApiProperty({ ...NULLABLE_INSTANT, description: 'When it stops working by itself' });
const Replaces = (): PropertyDecorator =>
  ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'The key that it follows' });

const RequestsPerMinuteField = (options: { required?: boolean } = {}): PropertyDecorator =>
  Nested(() => RequestsPerMinuteBody, {
    ...options,
    example: { send: 6_000 },
    description: 'How many requests the key may make in a minute, where that differs from the configuration',
  });

export class IssueApiKeyBody {
  @Text({ max: 200, example: 'Checkout' })
  name: string;

  @TextList({
    min: 1,
    max: SCOPES.length + 1,
    of: [...SCOPES, ALL_SCOPES],
    description: 'What the key may do; `*` stands for everything there is today',
    example: ['messages:write', 'messages:read'],
  })
  scopes: (Scope | typeof ALL_SCOPES)[];

  @OneOf(MODES, {
    required: false,
    default: 'live',
    description: '`test`: it works with the sandbox’s providers alone, and sees nothing of what is live',
  })
  mode?: Mode;

  @Instant({ required: false, description: 'When it stops working by itself; never, if it is absent' })
  expiresAt?: Date;

  @AllowedNetworks({ required: false })
  networks?: string[];

  @RequestsPerMinuteField({ required: false })
  requestsPerMinute?: RequestsPerMinuteBody;
}

export class RotateApiKeyBody {
  @Int({
    min: 0,
    max: MOST_OVERLAP_HOURS,
    required: false,
    description: 'How long the old key works beside the new one, in hours',
  })
  overlapHours = 24;

  @Instant({ required: false, description: 'When the new key stops working by itself; never, if it is absent' })
  expiresAt?: Date;
}

export class IssuedApiKeyView {
  @Id() id: string;
  @Text({ max: 200, example: 'Checkout' }) name: string;
  @KeyMode() mode: Mode;
  @TextList({ max: SCOPES.length, of: SCOPES }) scopes: Scope[];
  @Text({
    max: 100,
    description: 'Shown only now: only its hash is kept',
    example: 'cb_0199f3a07c1e7b3a9d1c2f4b6a8c0e12_…',
  })
  key: string;
  @ExpiresAt() expiresAt: string | null;
  @AllowedNetworks() networks: string[];
  @RequestsPerMinuteField() requestsPerMinute: RequestsPerMinuteBody;
  @Replaces() replaces: string | null;
  @Instant() createdAt: string;
}

export class ApiKeyView {
  @Id() id: string;
  @Text({ max: 200, example: 'Checkout' }) name: string;
  @KeyMode() mode: Mode;
  @TextList({ max: SCOPES.length, of: SCOPES }) scopes: Scope[];
  @Text({ max: 100, description: 'Who issued it', example: 'admin' }) createdBy: string;
  @ExpiresAt() expiresAt: string | null;
  @AllowedNetworks() networks: string[];
  @RequestsPerMinuteField() requestsPerMinute: RequestsPerMinuteBody;
  @Replaces() replaces: string | null;
  @Instant() createdAt: string;
  @ApiProperty({ ...NULLABLE_INSTANT, description: 'When it was last used, to the minute' })
  lastUsedAt: string | null;
  @ApiProperty({ ...NULLABLE_INSTANT, description: 'When it was revoked' })
  revokedAt: string | null;
}
