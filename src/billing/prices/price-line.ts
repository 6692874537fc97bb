/** One line of a price list: for whom it is meant, since when, and what it says. */
import { CHANNELS, type ProviderName, type SenderType } from '../../tenants/index.js';

export const PRICE_LIST_KINDS = ['cost', 'plan'] as const;
/** `cost`: what we pay a provider. `plan`: what tenants pay us. */
export type PriceListKind = (typeof PRICE_LIST_KINDS)[number];

/** `number` is the rent of a phone number. */
export const PRICED_CHANNELS = [...CHANNELS, 'number'] as const;
export type PricedChannel = (typeof PRICED_CHANNELS)[number];

export const DIRECTIONS = ['outbound', 'inbound'] as const;
export type Direction = (typeof DIRECTIONS)[number];

/** Meta's, which decide the price of a WhatsApp message. */
export const WHATSAPP_CATEGORIES = ['marketing', 'utility', 'authentication', 'service'] as const;
export type WhatsAppCategory = (typeof WHATSAPP_CATEGORIES)[number];

export const PRICE_UNITS = ['message', 'segment', 'recipient', 'minute', 'number_month'] as const;
export type PriceUnit = (typeof PRICE_UNITS)[number];

/** By what a channel may be priced; a `message` of `voice` is a call. */
export const UNITS_OF: Readonly<Record<PricedChannel, readonly PriceUnit[]>> = {
  email: ['message', 'recipient'],
  sms: ['segment', 'message'],
  mms: ['message', 'segment'],
  whatsapp: ['message'],
  voice: ['minute', 'message'],
  number: ['number_month'],
};

/** What a line is for; null is any. */
export interface PriceScope {
  readonly channel: PricedChannel;
  readonly direction: Direction;
  /** ISO 3166-1 alpha-2, of the person's number. */
  readonly country: string | null;
  /** How the person's number begins, such as `+4915`; never beside a country. */
  readonly prefix: string | null;
  readonly senderType: SenderType | null;
  readonly category: WhatsAppCategory | null;
  readonly provider: ProviderName | null;
}

/** What one unit costs, or how many are included. All amounts are micros of the list's currency. */
export type Rate =
  | { readonly kind: 'price'; readonly unit: PriceUnit; readonly price: bigint; readonly carrierFee: bigint }
  /** On what the unit costs us, with its carrier fee: so many hundredths of a percent of it, and a fixed amount. */
  | { readonly kind: 'markup'; readonly basisPoints: bigint; readonly fixed: bigint }
  /** So many units of a month are free of charge. */
  | { readonly kind: 'allowance'; readonly unit: PriceUnit; readonly included: number };

export interface PriceLine extends PriceScope {
  /** From which unit of the tenant's month on this channel and direction it holds; the first is 1. */
  readonly fromUnit: number;
  /** Null: it has always been so. */
  readonly validFrom: Date | null;
  readonly rate: Rate;
}

/** A line with its place in its list, from 1. */
export interface ListedPrice extends PriceLine {
  readonly place: number;
}

/** Equal for lines that are for the same, and no others; an allowance is beside prices. */
export function scopeKey({
  channel,
  direction,
  country,
  prefix,
  senderType,
  category,
  provider,
  rate,
}: PriceLine): string {
  const isAllowance = Number(rate.kind === 'allowance');
  return [channel, direction, prefix ?? country, senderType, category, provider, isAllowance].join(' ');
}

/** When a line begins to hold, in milliseconds since 1970. */
export const sinceOf = ({ validFrom }: PriceLine): number => validFrom?.getTime() ?? -Infinity;
