/** Adds and changes senders. */
import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { LockMode } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import { Database, InvalidRequest, lookingUp, unconfined } from '../../kernel/index.js';
import { carriersOf, descriptorOf, PROVIDERS_CONFIG, type ProvidersConfig } from '../../providers/index.js';
import { normaliseSenderAddress } from '../addresses/addresses.js';
import { consentChannel, consentChannelSql, type Channel, type ProviderName } from '../channels.js';
import {
  chooseDefault,
  isDefault,
  lockSenders,
  passCategories,
  settleDefault,
  takeCategories,
} from './default-senders.js';
import { FailoverSenders } from './failover-senders.js';
import { ProviderAccount } from '../provider-accounts/provider-account.entity.js';
import { ProviderAccounts } from '../provider-accounts/provider-accounts.js';
import { platformAddresses, usualProvider } from './provider-choice.js';
import { SenderDirectory } from './sender-directory.js';
import { Sender } from './sender.entity.js';
import { senderView, type CreateSenderBody, type SenderView, type UpdateSenderBody } from './senders.dto.js';
import { SenderInactive, SenderNotFound, SenderReleased, SenderTaken } from '../tenants.errors.js';

export class CreateSender extends Command<SenderView> {
  constructor(
    readonly tenantId: string,
    readonly input: CreateSenderBody,
  ) {
    super();
  }
}

export class UpdateSender extends Command<SenderView> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
    readonly changes: UpdateSenderBody,
  ) {
    super();
  }
}

@CommandHandler(CreateSender)
export class CreateSenderHandler implements ICommandHandler<CreateSender> {
  constructor(
    private readonly database: Database,
    private readonly accounts: ProviderAccounts,
    private readonly directory: SenderDirectory,
    private readonly fallbacks: FailoverSenders,
    @Inject(PROVIDERS_CONFIG) private readonly config: ProvidersConfig,
  ) {}

  /**
   * It becomes the default if there is none, if it is to, or if the default is to be its fallback. Raises InvalidRequest,
   * InvalidAddress, VenueNotFound, ProviderNotConfigured, SenderTaken and FallbackSenderUnfit.
   */
  async execute({ tenantId, input }: CreateSender): Promise<SenderView> {
    const { channel, displayName = null, ratePerSecond = null, fallbackSenderId = null } = input;
    const tenant = await this.directory.tenant(tenantId);
    const { country } = tenant;
    const defaultFor = [...new Set(input.defaultFor)].sort();
    const [only, ...more] = defaultFor;
    const category = more.length === 0 ? only : undefined;
    const provider = carrier(channel, usualProvider(this.config, { channel, category, tenant }), input.provider);
    requireOwnRate(channel, ratePerSecond);
    const address = poolOf(channel, provider, input.address) ?? normaliseSenderAddress(channel, input.address, country);
    const venueId = await this.directory.venueOf(tenantId, input.venueId);
    const accountId = await this.accounts.idFor(tenantId, provider);
    // In the sandbox the platform's number is Twilio's magic one, which anybody may use.
    if (!this.config.sandbox && platformAddresses(this.config, channel).includes(address)) throw new SenderTaken();
    return this.database.transaction(async (em) => {
      await lockSenders(this.database, { venueId, channel });
      await claim(this.database, { tenantId, venueId, channel, address });
      if (fallbackSenderId !== null) await this.fallbacks.requireFit({ tenantId, venueId, channel }, fallbackSenderId);
      const providerAccount = await em.findOneOrFail(ProviderAccount, { id: accountId });
      const sender = em.create(Sender, {
        tenantId,
        venueId,
        channel,
        address,
        displayName,
        ratePerSecond,
        fallbackSenderId,
        defaultFor,
        providerAccount,
      });
      await em.flush();
      await takeCategories(this.database, sender);
      if (input.default ?? (await isDefault(this.database, sender, fallbackSenderId)))
        await chooseDefault(this.database, sender);
      else await settleDefault(this.database, sender);
      await em.refresh(sender, { populate: ['providerAccount'] });
      await this.directory.changed(sender);
      return senderView(sender);
    });
  }
}

@CommandHandler(UpdateSender)
export class UpdateSenderHandler implements ICommandHandler<UpdateSender> {
  constructor(
    private readonly database: Database,
    private readonly directory: SenderDirectory,
    private readonly fallbacks: FailoverSenders,
  ) {}

  /**
   * Omitted fields stay. Naming the default as its fallback makes an active sender the default: it speaks first. A released
   * default is succeeded; a silenced one stays the default. Raises InvalidRequest, SenderNotFound, SenderReleased,
   * SenderInactive for a default that is not active, FallbackSenderUnfit and, when activating, SenderTaken.
   */
  execute({ tenantId, id, changes }: UpdateSender): Promise<SenderView> {
    const { status, displayName, ratePerSecond, fallbackSenderId } = changes;
    return this.database.transaction(async (em) => {
      const sender = await this.lock(em, tenantId, id);
      if (sender.status === 'released') throw new SenderReleased();
      if (changes.default && (status ?? sender.status) !== 'active') throw new SenderInactive();
      if (changes.default === false && sender.isDefault) throw new InvalidRequest([ALWAYS_ONE]);
      requireOwnRate(sender.channel, ratePerSecond);
      if (status === 'active' && sender.status !== 'active') await lookingUp('status', claim(this.database, sender));
      if (typeof fallbackSenderId === 'string') await this.fallbacks.requireFit(sender, fallbackSenderId);
      sender.status = status ?? sender.status;
      if (displayName !== undefined) sender.displayName = displayName;
      if (ratePerSecond !== undefined) sender.ratePerSecond = ratePerSecond;
      if (fallbackSenderId !== undefined) sender.fallbackSenderId = fallbackSenderId;
      if (changes.defaultFor !== undefined) sender.defaultFor = [...new Set(changes.defaultFor)].sort();
      await em.flush();
      await takeCategories(this.database, sender);
      if (sender.status === 'released') await passCategories(this.database, sender);
      const takesOver = sender.status === 'active' && (await isDefault(this.database, sender, fallbackSenderId));
      if (changes.default ?? takesOver) await chooseDefault(this.database, sender);
      else await settleDefault(this.database, sender);
      await em.refresh(sender, { populate: ['providerAccount'] });
      await this.directory.changed(sender);
      return senderView(sender);
    });
  }

  /** Raises SenderNotFound. */
  private async lock(em: EntityManager, tenantId: string, id: string): Promise<Sender> {
    const sender = await em.findOne(Sender, { id, tenantId });
    if (!sender) throw new SenderNotFound().at('id');
    await lockSenders(this.database, sender);
    await em.refresh(sender, { lockMode: LockMode.PESSIMISTIC_WRITE });
    return sender;
  }
}

const ALWAYS_ONE = {
  path: 'default',
  message: 'default cannot be taken from a sender: make another one of its venue and channel the default',
};

/** The requested provider, or the default. Raises InvalidRequest for one that does not support the channel. */
function carrier(channel: Channel, usual: ProviderName, wanted: ProviderName = usual): ProviderName {
  if (carriersOf(channel).includes(wanted)) return wanted;
  const message = `provider ${wanted} does not carry ${channel}: use ${usual}, or leave it out`;
  throw new InvalidRequest([{ path: 'provider', message }]);
}

/** A pool of the provider's numbers, which sends texts; undefined for any other address. */
function poolOf(channel: Channel, provider: ProviderName, address: string): string | undefined {
  const pools = consentChannel(channel) === 'sms' ? descriptorOf(provider).pools : undefined;
  return pools?.test(address.trim()) ? address.trim() : undefined;
}

/** Email providers grant one rate per account, shared by all its senders. Raises InvalidRequest. */
function requireOwnRate(channel: Channel, ratePerSecond: number | null | undefined): void {
  if (channel !== 'email' || ratePerSecond === null || ratePerSecond === undefined) return;
  const message = 'ratePerSecond is for numbers: email goes at the rate that the provider grants the whole account';
  throw new InvalidRequest([{ path: 'ratePerSecond', message }]);
}

/**
 * Ensures that an address has one owner, so that a reply can be attributed: a number belongs to one venue on the platform (for
 * SMS and MMS together), an email address to the venues of one tenant. Locks the address until the transaction ends, so that of
 * two concurrent claims one is rejected. Raises SenderTaken.
 */
async function claim(
  database: Database,
  sender: Pick<Sender, 'tenantId' | 'venueId' | 'channel' | 'address'>,
): Promise<void> {
  const { tenantId, venueId, channel, address } = sender;
  await database.query(`select pg_advisory_xact_lock(hashtextextended($1, 0))`, [`sender ${address}`]);
  const taken = await unconfined(() =>
    database.query(
      `select 1 from sender
       where address = $1 and ${consentChannelSql('channel')} = $2 and status = 'active'
         and case $2 when 'email' then tenant_id <> $4 or venue_id = $5 else channel = $3 or venue_id <> $5 end
       limit 1`,
      [address, consentChannel(channel), channel, tenantId, venueId],
    ),
  );
  if (taken.length > 0) throw new SenderTaken();
}
