/** The words of a statement as people read it, by language. */
import type { Category } from '../../tenants/index.js';
import type { Direction, PricedChannel, PriceUnit } from '../prices/price-line.js';
import type { LineKind } from './statement.js';

export const LANGUAGES = ['en', 'de'] as const;
export type Language = (typeof LANGUAGES)[number];

export interface Words {
  readonly statement: (month: string) => string;
  readonly facts: Readonly<Record<'tenant' | 'tenantId' | 'period' | 'closed' | 'hash', string>>;
  readonly period: (first: string, last: string, timezone: string) => string;
  readonly total: string;
  /** What the rounded total was made of. */
  readonly exactly: (sum: string) => string;
  readonly nothing: string;
  readonly unpriced: (count: string) => string;
  readonly noPrice: string;
  /** Of a PDF that cannot show some letters. */
  readonly unprintable: string;
  readonly sum: string;
  readonly page: (page: number, pages: number) => string;
  readonly tables: Readonly<Record<LineKind, string>>;
  readonly columns: Readonly<Record<Column, string>>;
  readonly channels: Readonly<Record<PricedChannel, string>>;
  readonly directions: Readonly<Record<Direction, string>>;
  readonly categories: Readonly<Record<Category, string>>;
  readonly units: Readonly<Record<PriceUnit, string>>;
}

export const COLUMNS = [
  'month',
  'channel',
  'direction',
  'category',
  'country',
  'provider',
  'messages',
  'unit',
  'units',
  'included',
  'note',
  'charge',
] as const;
export type Column = (typeof COLUMNS)[number];

const EN: Words = {
  statement: (month) => `Statement for ${month}`,
  facts: { tenant: 'Tenant', tenantId: 'Id', period: 'Period', closed: 'Closed', hash: 'Content hash (SHA-256)' },
  period: (first, last, timezone) => `${first} to ${last}, in the time zone ${timezone}`,
  total: 'Total',
  exactly: (sum) => `rounded once from ${sum}`,
  nothing: 'Nothing was charged.',
  unpriced: (count) =>
    `No price is known for ${count} messages or months of numbers: they are listed without a charge.`,
  noPrice: 'no price',
  unprintable:
    'This file has no font for some of the letters in it, and shows boxes in their place: the page has them.',
  sum: 'Sum',
  page: (page, pages) => `Page ${page} of ${pages}`,
  tables: {
    usage: 'Messages',
    adjustment: 'Adjustments of earlier months',
    rent: 'Phone numbers',
    credit: 'Credits',
  },
  columns: {
    month: 'Month',
    channel: 'Channel',
    direction: 'Direction',
    category: 'Category',
    country: 'Country',
    provider: 'Provider',
    messages: 'Messages',
    unit: 'Counted by',
    units: 'Units',
    included: 'Included',
    note: 'Reason',
    charge: 'Charge',
  },
  channels: { email: 'Email', sms: 'SMS', mms: 'MMS', whatsapp: 'WhatsApp', voice: 'Voice', number: 'Number' },
  directions: { outbound: 'sent', inbound: 'received' },
  categories: { transactional: 'transactional', marketing: 'marketing', emergency: 'emergency' },
  units: {
    message: 'message',
    segment: 'segment',
    recipient: 'recipient',
    minute: 'minute',
    number_month: 'number and month',
  },
};

const DE: Words = {
  statement: (month) => `Abrechnung für ${month}`,
  facts: {
    tenant: 'Mandant',
    tenantId: 'Kennung',
    period: 'Zeitraum',
    closed: 'Abgeschlossen',
    hash: 'Prüfsumme (SHA-256)',
  },
  period: (first, last, timezone) => `${first} bis ${last}, in der Zeitzone ${timezone}`,
  total: 'Gesamtbetrag',
  exactly: (sum) => `einmal gerundet aus ${sum}`,
  nothing: 'Es wurde nichts berechnet.',
  unpriced: (count) =>
    `Für ${count} Nachrichten oder Monate von Rufnummern ist kein Preis bekannt: Sie sind ohne Betrag aufgeführt.`,
  noPrice: 'kein Preis',
  unprintable: 'Für einige Schriftzeichen hat diese Datei keine Schrift und zeigt Kästchen: Die Seite enthält sie.',
  sum: 'Summe',
  page: (page, pages) => `Seite ${page} von ${pages}`,
  tables: {
    usage: 'Nachrichten',
    adjustment: 'Berichtigungen früherer Monate',
    rent: 'Rufnummern',
    credit: 'Gutschriften',
  },
  columns: {
    month: 'Monat',
    channel: 'Kanal',
    direction: 'Richtung',
    category: 'Art',
    country: 'Land',
    provider: 'Anbieter',
    messages: 'Nachrichten',
    unit: 'Gezählt nach',
    units: 'Einheiten',
    included: 'Enthalten',
    note: 'Grund',
    charge: 'Betrag',
  },
  channels: { email: 'E-Mail', sms: 'SMS', mms: 'MMS', whatsapp: 'WhatsApp', voice: 'Anruf', number: 'Rufnummer' },
  directions: { outbound: 'gesendet', inbound: 'empfangen' },
  categories: { transactional: 'Transaktion', marketing: 'Werbung', emergency: 'Notfall' },
  units: {
    message: 'Nachricht',
    segment: 'Segment',
    recipient: 'Empfänger',
    minute: 'Minute',
    number_month: 'Nummer und Monat',
  },
};

export const WORDS: Readonly<Record<Language, Words>> = { en: EN, de: DE };
