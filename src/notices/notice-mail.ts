/** Sends notices by the platform's own email account: through no tenant's ledger, consent or budget. */
import { Inject, Injectable } from '@nestjs/common';
import {
  PROVIDERS_CONFIG,
  ProviderRegistry,
  type Envelope,
  type Outcome,
  type ProvidersConfig,
  type RefusalClass,
} from '../providers/index.js';
import { platformVoice, ProviderAccounts, usualProvider, type PlatformVoice } from '../tenants/index.js';
import type { Delivery, Verdict } from './delivery.js';
import { htmlOf, textOf } from './letter.js';
import { NOTICES, type NoticesSettings } from './notices-config.js';

const TIMEOUT_MS = 20_000;
/** The tenant that providers are told of for notices to the operator. */
const PLATFORM = 'platform';
/** What will be the same at any time. */
const FINAL: ReadonlySet<RefusalClass> = new Set(['recipient', 'opted-out', 'pair']);

@Injectable()
export class NoticeMail {
  constructor(
    @Inject(NOTICES) private readonly settings: NoticesSettings,
    @Inject(PROVIDERS_CONFIG) private readonly config: ProvidersConfig,
    private readonly providers: ProviderRegistry,
    private readonly accounts: ProviderAccounts,
  ) {}

  /** From which address, and through whom; undefined if the platform sends no email. */
  get voice(): PlatformVoice | undefined {
    const context = {
      channel: 'email',
      category: 'transactional',
      tenant: { defaultProviders: {}, marketingProviders: {} },
    } as const;
    const { from: address } = this.settings;
    if (address === undefined) return platformVoice(this.config, context);
    const provider = usualProvider(this.config, context);
    return this.config.platform[provider] && { provider, address };
  }

  /** One verdict each, in order. Never rejects for what a provider does: what may have been sent is sent again. */
  async send(deliveries: readonly Delivery[]): Promise<Verdict[]> {
    const { voice } = this;
    if (voice === undefined) return deliveries.map(() => ({ kind: 'failed', error: 'no_sender' }));
    const adapter = await this.providers.adapter(voice.provider);
    const account = await this.providers.account(await this.accounts.platformId(voice.provider));
    const envelopes = deliveries.map((delivery) => envelopeOf(delivery, voice.address));
    const outcomes = await adapter.send(account, envelopes, AbortSignal.timeout(TIMEOUT_MS));
    return deliveries.map((_, place) =>
      verdictOf(outcomes[place] ?? { kind: 'unknown', code: 'no_outcome' }, account.id),
    );
  }
}

function envelopeOf({ id, attempts, tenantId, address, letters, language }: Delivery, from: string): Envelope {
  const letter = letters[language] ?? letters.en;
  return {
    messageId: id,
    attempt: attempts,
    tenantId: tenantId ?? PLATFORM,
    channel: 'email',
    from,
    fromName: 'Callboard',
    to: address,
    content: {
      kind: 'email',
      subject: letter.subject,
      text: textOf(letter),
      html: htmlOf(letter, language),
      headers: [{ name: 'Auto-Submitted', value: 'auto-generated' }], // RFC 3834: nobody's absence is answered
    },
  };
}

function verdictOf(outcome: Outcome, accountId: string): Verdict {
  switch (outcome.kind) {
    case 'accepted':
      return { kind: 'delivered', accountId };
    case 'refused':
      return { kind: FINAL.has(outcome.reason) ? 'refused' : 'failed', error: `${outcome.reason}: ${outcome.code}` };
    case 'deferred': {
      const { reason, code, retryAfterMs } = outcome;
      return { kind: 'failed', error: `${reason}: ${code}`, ...(retryAfterMs !== undefined && { retryAfterMs }) };
    }
    case 'unknown':
      return { kind: 'failed', error: `unknown: ${outcome.code}` };
  }
}
