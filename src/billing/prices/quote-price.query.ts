/** Says what one message costs and is charged, by which lines, or that no price is known. */
import { Inject } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { checking, iso, type Principal } from '../../kernel/index.js';
import { PROVIDERS_CONFIG, type ProvidersConfig } from '../../providers/index.js';
import { countryOf, normaliseAddress, SenderDirectory, usualProvider } from '../../tenants/index.js';
import { PriceBooks } from './price-books.js';
import type { PriceQuery } from './price-book.js';
import type { PricedChannel } from './price-line.js';
import { amountView, type QuoteBody, type QuoteView } from './prices.dto.js';
import { priceMessage, type Quantities } from './quote.rules.js';

export class QuotePrice extends Query<QuoteView> {
  constructor(
    readonly caller: Principal,
    readonly tenantId: string,
    readonly body: QuoteBody,
  ) {
    super();
  }
}

@QueryHandler(QuotePrice)
export class QuotePriceHandler implements IQueryHandler<QuotePrice> {
  constructor(
    @Inject(PROVIDERS_CONFIG) private readonly config: ProvidersConfig,
    private readonly directory: SenderDirectory,
    private readonly books: PriceBooks,
  ) {}

  /** A tenant's key is told no cost. Raises InvalidAddress and AmbiguousAddress. */
  async execute({ caller, tenantId, body }: QuotePrice): Promise<QuoteView> {
    const tenant = await this.directory.tenant(tenantId);
    const { channel, direction, senderType = null, category = null, at = new Date() } = body;
    const number = numberOf(body, tenant.country);
    const country = (number === null ? body.country : countryOf(number)) ?? null;
    const sending = channel === 'number' ? 'sms' : channel;
    const provider = body.provider ?? usualProvider(this.config, { channel: sending, tenant });
    const query: PriceQuery = { channel, direction, number, country, senderType, category, provider, at };
    const [cost, plan] = await Promise.all([
      this.books.at({ kind: 'cost', name: provider }, at),
      this.books.at({ kind: 'plan', name: tenant.plan }, at),
    ]);
    const priced = priceMessage({ cost, plan }, query, quantitiesOf(body));
    return {
      at: iso(at),
      channel,
      direction,
      provider,
      country,
      charge: amountView(priced.charge),
      cost: caller.kind === 'admin' ? amountView(priced.cost) : null,
    };
  }
}

const KIND_OF: Readonly<Record<PricedChannel, 'sms' | 'voice' | null>> = {
  email: null,
  sms: 'sms',
  mms: 'sms',
  whatsapp: 'sms',
  voice: 'voice',
  number: 'voice',
};

function numberOf({ channel, to }: QuoteBody, country: string | null): string | null {
  const kind = KIND_OF[channel];
  return to === undefined || kind === null ? null : checking('to', () => normaliseAddress(kind, to, country));
}

const quantitiesOf = ({ segments, recipients, minutes, months, used }: QuoteBody): Quantities => ({
  used: { message: used, segment: used, recipient: used, minute: used, number_month: used },
  message: 1,
  segment: segments,
  recipient: recipients,
  minute: minutes,
  number_month: months,
});
