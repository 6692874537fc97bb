/** Numbers, amounts, dates and countries as a language writes them; its words are in statement-words.ts. */
import { decimalsOf, decimalText } from './statement-money.js';
import type { Language } from './statement-words.js';

/** Months and days are the tenant's own already: they are only written, in no time zone. */
const UTC = { timeZone: 'UTC' } as const;

/** For one document: its formats are made once, which takes longer than their use. */
export class LocaleTexts {
  private readonly counts: Intl.NumberFormat;
  private readonly months: Intl.DateTimeFormat;
  private readonly countries: Intl.DisplayNames;
  private readonly amounts = new Map<string, Intl.NumberFormat>();

  constructor(private readonly language: Language) {
    this.counts = new Intl.NumberFormat(language);
    this.months = new Intl.DateTimeFormat(language, { ...UTC, month: 'long', year: 'numeric' });
    this.countries = new Intl.DisplayNames(language, { type: 'region' });
  }

  count(count: number): string {
    return this.counts.format(count);
  }

  /** Of a code as ISO 3166-1 alpha-2. */
  country(code: string): string {
    return this.countries.of(code) ?? code;
  }

  /** Of a month such as `2026-11`. */
  month(month: string): string {
    return this.months.format(firstDayOf(month));
  }

  firstAndLastDay(month: string): [first: string, last: string] {
    const format = new Intl.DateTimeFormat(this.language, { ...UTC, dateStyle: 'long' });
    const last = firstDayOf(month);
    last.setUTCMonth(last.getUTCMonth() + 1, 0);
    return [format.format(firstDayOf(month)), format.format(last)];
  }

  moment(moment: Date): string {
    const format = new Intl.DateTimeFormat(this.language, { ...UTC, dateStyle: 'long', timeStyle: 'short' });
    return `${format.format(moment)} UTC`;
  }

  /** Exact, with so many decimals as `decimalsOf` says of this amount and of those that it stands among. */
  money(micros: bigint, currency: string, decimals = decimalsOf([micros], currency)): string {
    const key = `${currency} ${decimals}`;
    const format = this.amounts.get(key) ?? this.amountFormat(currency, decimals);
    this.amounts.set(key, format);
    return format.format(decimalText(micros) as `${number}`);
  }

  private amountFormat(currency: string, decimals: number): Intl.NumberFormat {
    return new Intl.NumberFormat(this.language, {
      style: 'currency',
      currency,
      currencyDisplay: 'code',
      // Both: Intl's own are what shops print, and differ between versions.
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
    });
  }
}

const firstDayOf = (month: string): Date => new Date(`${month}-01T00:00:00Z`);
