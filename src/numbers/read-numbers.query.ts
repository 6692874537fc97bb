/** Reads numbers: those of a tenant, and those for sale. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { decodeCursor, encodeCursor, isUuid, pageOf, type Page } from '../kernel/index.js';
import { SenderDirectory } from '../tenants/index.js';
import { askedNow, NumberDesks } from './number-desks.js';
import {
  numberView,
  type AvailableNumbersQuery,
  type AvailableNumbersView,
  type NumbersQuery,
  type NumberView,
} from './numbers.dto.js';
import { NumberReader } from './number-reader.js';

export class GetNumber extends Query<NumberView> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
  ) {
    super();
  }
}

export class ListNumbers extends Query<Page<NumberView>> {
  constructor(
    readonly tenantId: string,
    readonly filter: NumbersQuery,
  ) {
    super();
  }
}

export class SearchNumbers extends Query<AvailableNumbersView> {
  constructor(
    readonly tenantId: string,
    readonly search: AvailableNumbersQuery,
  ) {
    super();
  }
}

@QueryHandler(GetNumber)
export class GetNumberHandler implements IQueryHandler<GetNumber> {
  constructor(private readonly numbers: NumberReader) {}

  /** Raises NumberNotFound. */
  async execute({ tenantId, id }: GetNumber): Promise<NumberView> {
    return numberView(await this.numbers.find(tenantId, id));
  }
}

@QueryHandler(ListNumbers)
export class ListNumbersHandler implements IQueryHandler<ListNumbers> {
  constructor(
    private readonly numbers: NumberReader,
    private readonly senders: SenderDirectory,
  ) {}

  /** Newest first. Raises InvalidCursor. */
  async execute({ tenantId, filter }: ListNumbers): Promise<Page<NumberView>> {
    const { limit, cursor, status, address } = filter;
    const [before] = cursor ? decodeCursor(cursor, 1, isUuid) : [];
    const venueId = await this.senders.venueInFilter(tenantId, filter.venueId);
    // An unescaped `+` in the URL arrives as a space.
    const number = address?.replace(/^ /, '+');
    const rows = await this.numbers.page(tenantId, { venueId, status, address: number, before }, limit);
    return pageOf(rows, limit, ({ id }) => encodeCursor(id), numberView);
  }
}

@QueryHandler(SearchNumbers)
export class SearchNumbersHandler implements IQueryHandler<SearchNumbers> {
  constructor(private readonly desks: NumberDesks) {}

  /** Raises NumbersNotRented, InvalidRequest, ProviderNotConfigured, SearchRefused and NumbersUnanswered. */
  async execute({ tenantId, search }: SearchNumbers): Promise<AvailableNumbersView> {
    const { country, type, areaCode, contains, channel, limit } = search;
    const channels = [channel];
    const { provider, desk, account } = await this.desks.of(tenantId, search.provider, { channels });
    const found = desk.search(account, { country, type, areaCode, contains, channels, limit });
    return { provider, items: await askedNow(found) };
  }
}
