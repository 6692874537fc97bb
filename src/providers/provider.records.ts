/** What a provider's own books say: its records of messages, its totals by day, and its prices. */
import { readMicros } from '../kernel/index.js';
import type { Channel } from './channels.js';
import type { DeliveryStatus, Price, ProviderEvent } from './provider.events.js';

/** Days in UTC, such as `2026-11-29`, both included. */
export interface Days {
  readonly from: string;
  readonly to: string;
}

/** A provider's total of one day and channel. What it does not tell is absent. */
export interface UsageTotal {
  readonly day: string;
  readonly channel: Channel;
  /** Set for what people wrote to us. */
  readonly direction?: 'inbound';
  /** Messages, or calls, that it took. */
  readonly messages: number;
  readonly segments?: number;
  readonly delivered?: number;
  readonly bounced?: number;
  readonly complained?: number;
  readonly price?: Price;
}

/** One message, or call, as the provider's own list has it. */
export interface ProviderRecord {
  readonly providerMessageId: string;
  readonly channel: Channel;
  /** Set for what a person wrote to us. */
  readonly direction?: 'inbound';
  /** Whom it was sent to, as the ledger writes that. */
  readonly to: string;
  readonly sentAt: Date;
  readonly status: DeliveryStatus;
  /** Absent where the provider counts none. */
  readonly segments?: number;
  /** Absent until the provider knows it. */
  readonly price?: Price;
  /** What its webhook would have reported, and the price: to be looked up, as the list does not hold our id. None of what came in. */
  readonly event: ProviderEvent;
}

/** A page of a day's records, in the provider's order. */
export interface RecordPage {
  readonly records: readonly ProviderRecord[];
  /** Where the next page begins; absent on the last one. */
  readonly next?: string;
}

const CURRENCY = /^[A-Z]{3}$/;

/** The price that decimal text says, exactly; undefined if it says none, or more exactly than a micro. */
export function readPrice(amount: string | null | undefined, currency: string | null | undefined): Price | undefined {
  const code = currency?.toUpperCase() ?? '';
  const micros = readMicros(amount?.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '') ?? '');
  if (micros === undefined || !CURRENCY.test(code)) return undefined;
  return { micros: Number(micros), currency: code };
}

/** Ends the key of an event that tells a price: another price is another event. */
export const priceKey = (price: Price | undefined): string => (price ? `:${price.micros}${price.currency}` : '');
