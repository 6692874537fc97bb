/** What a text to a number costs a tenant, so that destinations can be compared. */
import { Inject, Injectable } from '@nestjs/common';
import { PROVIDERS_CONFIG, type ProvidersConfig } from '../../providers/index.js';
import { SenderDirectory, usualProvider } from '../../tenants/index.js';
import { PriceBooks } from './price-books.js';
import { priceMessage, type Quantities } from './quote.rules.js';

/** Millionths of a currency. */
export interface TextPrice {
  readonly micros: number;
  readonly currency: string;
}

/** One text of one segment, as if it were the first. */
const ONE: Quantities = {
  message: 1,
  segment: 1,
  recipient: 1,
  minute: 0,
  number_month: 0,
  used: { message: 0, segment: 0, recipient: 0, minute: 0, number_month: 0 },
};

@Injectable()
export class TextPrices {
  constructor(
    @Inject(PROVIDERS_CONFIG) private readonly config: ProvidersConfig,
    private readonly directory: SenderDirectory,
    private readonly books: PriceBooks,
  ) {}

  /**
   * What the tenant is charged for one segment to numbers that begin so, through the provider that it uses where nothing else is said; our cost where its plan has
   * no price. Undefined where neither is known. Raises TenantNotFound.
   */
  async of(
    tenantId: string,
    to: { readonly number: string | null; readonly country: string | null },
  ): Promise<TextPrice | undefined> {
    const at = new Date();
    const tenant = await this.directory.tenant(tenantId);
    const provider = usualProvider(this.config, { channel: 'sms', tenant });
    const [cost, plan] = await Promise.all([
      this.books.at({ kind: 'cost', name: provider }, at),
      this.books.at({ kind: 'plan', name: tenant.plan }, at),
    ]);
    const query = {
      channel: 'sms',
      direction: 'outbound',
      senderType: null,
      category: null,
      provider,
      at,
      ...to,
    } as const;
    const { charge, cost: costs } = priceMessage({ cost, plan }, query, ONE);
    const known = 'unknown' in charge ? costs : charge;
    return 'unknown' in known ? undefined : { micros: Number(known.micros), currency: known.prices.currency };
  }
}
