/** Request and response shapes of the provider account routes. No response holds a credential. */
import { Id, Instant, Int, iso, JsonObject, OneOf, Text } from '../../kernel/index.js';
import { PROVIDERS, type ProviderName } from '../channels.js';
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

export class ProviderAccountView {
  @Id() id: string;
  @OneOf(PROVIDERS, { example: 'twilio' }) provider: ProviderName;
  @Text({ max: 200, example: 'Our Twilio' }) name: string;
  @OneOf(OWNERS, { description: 'Whose it is: the tenant’s own, or the platform’s, which it may use' })
  owner: (typeof OWNERS)[number];
  @Int({ min: 1, max: 2_147_483_647, description: 'Counts replacements of the credentials', example: 1 })
  version: number;
  @Instant() createdAt: string;
  @Instant() updatedAt: string;
}

/** An account as the API shows it. */
export const providerAccountView = (account: ProviderAccount): ProviderAccountView => ({
  id: account.id,
  provider: account.provider,
  name: account.name,
  version: account.version,
  owner: account.tenantId ? 'tenant' : 'platform',
  createdAt: iso(account.createdAt),
  updatedAt: iso(account.updatedAt),
});
