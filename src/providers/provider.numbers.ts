/** The number port: how phone numbers are found, bought, set up and given back at a provider that rents them. */
import type { ProviderAccount } from './provider-account.js';

export const NUMBER_TYPES = ['local', 'mobile', 'toll-free'] as const;
export type NumberType = (typeof NUMBER_TYPES)[number];

export const NUMBER_CHANNELS = ['sms', 'mms', 'voice'] as const;
export type NumberChannel = (typeof NUMBER_CHANNELS)[number];

export interface NumberSearch {
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  readonly type: NumberType;
  /** What the number must carry. */
  readonly channels: readonly NumberChannel[];
  /** Of North America: 3 digits. */
  readonly areaCode?: string | undefined;
  /** Digits in the number, `*` for any one. */
  readonly contains?: string | undefined;
  readonly limit: number;
}

export interface AvailableNumber {
  /** E.164. */
  readonly address: string;
  readonly channels: readonly NumberChannel[];
  readonly locality: string | null;
  readonly region: string | null;
}

/** A number that the account rents. */
export interface OwnedNumber {
  /** The provider's own id of it. */
  readonly providerId: string;
  /** E.164. */
  readonly address: string;
  /** What it was named when it was bought; empty if it has no name, as after a purchase that was cut off before it was named. */
  readonly label: string;
  readonly channels: readonly NumberChannel[];
  /** Whether what people write to it is posted to our webhook. */
  readonly wired: boolean;
}

/** Every method rejects with RequestFault. */
export interface NumberDesk {
  search(account: ProviderAccount, search: NumberSearch): Promise<AvailableNumber[]>;

  /** The number if the account rents it. */
  find(account: ProviderAccount, address: string): Promise<OwnedNumber | undefined>;

  /**
   * Rents the number and posts what people write to it to our webhook. Not idempotent: after `unknown` or `taken` ask `find`, which
   * shows a number that was rented with its label, or wired and without one.
   */
  buy(account: ProviderAccount, address: string, label: string): Promise<OwnedNumber>;

  /** Has what people write to it posted to our webhook, and names it if a label is given. Idempotent. */
  wire(account: ProviderAccount, providerId: string, label?: string): Promise<void>;

  /** Puts it into a pool of senders that the account has. Idempotent. Absent if the provider has no pools. */
  addToPool?(account: ProviderAccount, pool: string, providerId: string): Promise<void>;

  /** Gives it back. Idempotent: a number that the account does not have is given back. */
  release(account: ProviderAccount, providerId: string): Promise<void>;
}
