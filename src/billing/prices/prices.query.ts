/** Reads price lists, their versions and their lines; and a tenant's charges. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { decodeCursor, encodeCursor, pageOf, type Page, type PageQuery } from '../../kernel/index.js';
import { SenderDirectory } from '../../tenants/index.js';
import { priceCsv } from './price-csv.js';
import { PriceBooks } from './price-books.js';
import type { PriceListName } from './price-list.js';
import { PriceStore } from './price-store.js';
import {
  chargeView,
  priceLineView,
  versionView,
  type ChargeView,
  type PriceLinesQuery,
  type PriceLineView,
  type PriceVersionQuery,
  type PriceVersionsQuery,
  type PriceVersionView,
} from './prices.dto.js';
import { NoPrices } from './prices.errors.js';

const isCount = (text: string): boolean => /^\d{1,9}$/.test(text);

export class ListPriceLists extends Query<Page<PriceVersionView>> {
  constructor(readonly page: PageQuery) {
    super();
  }
}

export class ListPriceVersions extends Query<Page<PriceVersionView>> {
  constructor(readonly query: PriceVersionsQuery) {
    super();
  }
}

export class ListPriceLines extends Query<Page<PriceLineView>> {
  constructor(readonly query: PriceLinesQuery) {
    super();
  }
}

export class ExportPrices extends Query<string> {
  constructor(readonly query: PriceVersionQuery) {
    super();
  }
}

export class ListCharges extends Query<Page<ChargeView>> {
  constructor(
    readonly tenantId: string,
    readonly page: PageQuery,
  ) {
    super();
  }
}

@QueryHandler(ListPriceLists)
export class ListPriceListsHandler implements IQueryHandler<ListPriceLists> {
  constructor(private readonly store: PriceStore) {}

  async execute({ page: { limit, cursor } }: ListPriceLists): Promise<Page<PriceVersionView>> {
    const [kind = '', name = ''] = cursor ? decodeCursor(cursor, 2) : [];
    const rows = await this.store.lists(cursor ? [kind, name] : undefined, limit + 1);
    const cursorOf = (row: PriceListName): string => encodeCursor(row.kind, row.name);
    return pageOf(rows, limit, cursorOf, (row) => versionView(row, row));
  }
}

@QueryHandler(ListPriceVersions)
export class ListPriceVersionsHandler implements IQueryHandler<ListPriceVersions> {
  constructor(private readonly store: PriceStore) {}

  /** Raises PriceListNotFound. */
  async execute({ query }: ListPriceVersions): Promise<Page<PriceVersionView>> {
    const { limit, cursor, kind, name } = query;
    await this.store.version({ kind, name });
    const [below] = cursor ? decodeCursor(cursor, 1, isCount) : [];
    const rows = await this.store.versions({ kind, name }, below === undefined ? undefined : Number(below), limit + 1);
    const cursorOf = ({ version }: { readonly version: number }): string => encodeCursor(version);
    return pageOf(rows, limit, cursorOf, (row) => versionView({ kind, name }, row));
  }
}

@QueryHandler(ListPriceLines)
export class ListPriceLinesHandler implements IQueryHandler<ListPriceLines> {
  constructor(private readonly store: PriceStore) {}

  /** All pages are of the version that the first was of. Raises PriceListNotFound. */
  async execute({ query }: ListPriceLines): Promise<Page<PriceLineView>> {
    const { limit, cursor, kind, name, version: asked } = query;
    const [version = asked, place = 0] = cursor ? decodeCursor(cursor, 2, isCount).map(Number) : [];
    const found = await this.store.version({ kind, name }, version);
    const lines = await this.store.lines(found.id, place, limit + 1);
    const cursorOf = (line: { readonly place: number }): string => encodeCursor(found.version, line.place);
    return pageOf(lines, limit, cursorOf, (line) => priceLineView(line, found.currency));
  }
}

@QueryHandler(ExportPrices)
export class ExportPricesHandler implements IQueryHandler<ExportPrices> {
  constructor(private readonly store: PriceStore) {}

  /** CSV that an import takes. Raises PriceListNotFound. */
  async execute({ query: { kind, name, version } }: ExportPrices): Promise<string> {
    const { id, currency } = await this.store.version({ kind, name }, version);
    return priceCsv(await this.store.lines(id), currency);
  }
}

@QueryHandler(ListCharges)
export class ListChargesHandler implements IQueryHandler<ListCharges> {
  constructor(
    private readonly directory: SenderDirectory,
    private readonly books: PriceBooks,
    private readonly store: PriceStore,
  ) {}

  /** By the plan's version that is valid now. Raises NoPrices. */
  async execute({ tenantId, page: { limit, cursor } }: ListCharges): Promise<Page<ChargeView>> {
    const { plan } = await this.directory.tenant(tenantId);
    const valid = await this.books.at({ kind: 'plan', name: plan }, new Date());
    if (!valid) throw new NoPrices();
    const [place = 0] = cursor ? decodeCursor(cursor, 1, isCount).map(Number) : [];
    const lines = await this.store.lines(valid.versionId, place, limit + 1);
    return pageOf(
      lines,
      limit,
      (line) => encodeCursor(line.place),
      (line) => chargeView(line, valid.currency),
    );
  }
}
