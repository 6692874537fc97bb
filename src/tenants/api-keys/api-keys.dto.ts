/** Request and response shapes of the API key routes. */
import { ApiProperty } from '@nestjs/swagger';
import { Id, Instant, Text, TextList } from '../../kernel/index.js';
import { ALL_SCOPES, SCOPES, type Scope } from './scopes.js';

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
}

export class IssuedApiKeyView {
  @Id() id: string;
  @Text({ max: 200, example: 'Checkout' }) name: string;
  @TextList({ max: SCOPES.length, of: SCOPES }) scopes: Scope[];
  @Text({
    max: 100,
    description: 'Shown only now: only its hash is kept',
    example: 'cb_0199f3a07c1e7b3a9d1c2f4b6a8c0e12_…',
  })
  key: string;
  @Instant() createdAt: string;
}

export class ApiKeyView {
  @Id() id: string;
  @Text({ max: 200, example: 'Checkout' }) name: string;
  @TextList({ max: SCOPES.length, of: SCOPES }) scopes: Scope[];
  @Text({ max: 100, description: 'Who issued it', example: 'admin' }) createdBy: string;
  @Instant() createdAt: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When it stopped working' })
  revokedAt: string | null;
}
