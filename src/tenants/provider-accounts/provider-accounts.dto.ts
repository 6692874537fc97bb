/** Request and response shapes of the provider account routes. No response holds a credential. */
import { ApiProperty } from '@nestjs/swagger';
import { Id, Instant, Int, iso, JsonObject, OneOf, Text } from '../../kernel/index.js';
import { ACCOUNT_FAULTS, type AccountFault } from '../../providers/index.js';
import { PROVIDERS, type ProviderName } from '../channels.js';
import type { AccountState } from './account-health.js';
import type { ProviderAccount } from './provider-account.entity.js';
import { credentialsTaken } from './provider-credentials.js';

const OWNERS = ['tenant', 'platform'] as const;

const CREDENTIALS = {
  description: `${credentialsTaken()} Stored encrypted, and never shown again.`,
  example: { accountSid: 'AC0123456789abcdef0123456789abcdef', authToken: 'your_auth_token' },
};

export class CreateProviderAccountBody {
  @OneOf(PROVIDERS, { example: 'twilio' })
  provider: ProviderName;

  @Text({ max: 200, example: 'Our Twilio' })
  name: string;

  @JsonObject(CREDENTIALS)
  credentials: Record<string, unknown>;
}

export class CreateSubaccountBody {
  @OneOf(PROVIDERS, { example: 'twilio' })
  provider: ProviderName;
}

export class ReplaceCredentialsBody {
  @JsonObject(CREDENTIALS)
  credentials: Record<string, unknown>;
}

const ACCOUNT_STATUSES = ['well', 'unwell'] as const;

export class AccountHealthView {
  @OneOf(ACCOUNT_STATUSES, { example: 'well' }) status: (typeof ACCOUNT_STATUSES)[number];
  @ApiProperty({
    type: String,
    enum: ACCOUNT_FAULTS,
    nullable: true,
    example: 'credentials',
    description:
      '`credentials`: they are not taken, or grant no sending; `account`: it is suspended, closed or out of funds; `refused`: another refusal; `unreachable`: no answer that says anything about the account',
  })
  reason: AccountFault | null;
  @Instant({ description: 'When the provider was last asked' }) checkedAt: string;
  @Instant({ description: 'Since when it is so' }) since: string;
}

export class ProviderAccountView {
  @Id() id: string;
  @OneOf(PROVIDERS, { example: 'twilio' }) provider: ProviderName;
  @Text({ max: 200, example: 'Our Twilio' }) name: string;
  @OneOf(OWNERS, { description: 'Whose it is: the tenant’s own, or the platform’s, which it may use' })
  owner: (typeof OWNERS)[number];
  @Int({ min: 1, max: 2_147_483_647, description: 'Counts replacements of the credentials', example: 1 })
  version: number;
  @ApiProperty({
    type: AccountHealthView,
    nullable: true,
    description:
      'Whether the provider takes the credentials of a tenant’s own account that an active sender sends through. Asked every hour, every ten minutes while it is not well, and within a minute after the credentials were replaced; null until then, and of the platform’s',
  })
  health: AccountHealthView | null;
  @Instant() createdAt: string;
  @Instant() updatedAt: string;
}

/** An account as the API shows it. */
export const providerAccountView = (account: ProviderAccount, state?: AccountState): ProviderAccountView => ({
  id: account.id,
  provider: account.provider,
  name: account.name,
  version: account.version,
  owner: account.tenantId ? 'tenant' : 'platform',
  health: state ? healthView(state) : null,
  createdAt: iso(account.createdAt),
  updatedAt: iso(account.updatedAt),
});

const healthView = ({ fault, checkedAt, since }: AccountState): AccountHealthView => ({
  status: fault === null ? 'well' : 'unwell',
  reason: fault,
  checkedAt: iso(checkedAt),
  since: iso(since),
});
