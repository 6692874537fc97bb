/** Orders a number for a venue. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { checking, InvalidRequest } from '../kernel/index.js';
import { normaliseAddress, SenderDirectory } from '../tenants/index.js';
import { NumberDesks } from './number-desks.js';
import { numberView, type NumberView, type OrderNumberBody } from './numbers.dto.js';
import { PhoneNumbers } from './phone-numbers.js';

export class OrderNumber extends Command<NumberView> {
  constructor(
    readonly tenantId: string,
    readonly orderedBy: string,
    readonly input: OrderNumberBody,
  ) {
    super();
  }
}

@CommandHandler(OrderNumber)
export class OrderNumberHandler implements ICommandHandler<OrderNumber> {
  constructor(
    private readonly senders: SenderDirectory,
    private readonly desks: NumberDesks,
    private readonly numbers: PhoneNumbers,
  ) {}

  /**
   * Nothing is asked of the provider yet. Raises InvalidRequest, InvalidAddress, VenueNotFound, VenueRequired, NumbersNotRented,
   * ProviderNotConfigured, VenueHasNumber, NumberTaken and NumberLimitReached.
   */
  async execute({ tenantId, orderedBy, input }: OrderNumber): Promise<NumberView> {
    const { address, search, pool, attach = false, channels = ['sms'] } = input;
    const faults = [
      ...((address === undefined) === (search === undefined) ? [EITHER] : []),
      ...(attach && address === undefined ? [ATTACHED] : []),
    ];
    if (faults.length > 0) throw new InvalidRequest(faults);
    const { country } = await this.senders.tenant(tenantId);
    const number =
      address === undefined
        ? null
        : checking('address', () => normaliseAddress('voice', address, country ?? undefined));
    const venueId = await this.senders.venueOf(tenantId, input.venueId);
    const { provider, account } = await this.desks.of(tenantId, input.provider, { channels, pool });
    return numberView(
      await this.numbers.order({
        tenantId,
        venueId,
        accountId: account.id,
        provider,
        channels: [...new Set(channels)],
        search: search ?? null,
        address: number,
        pool: pool ?? null,
        bought: !attach,
        orderedBy,
      }),
    );
  }
}

const EITHER = { path: 'address', message: 'give either `address` or `search`' };
const ATTACHED = { path: 'address', message: '`attach` is for a number that `address` names' };
