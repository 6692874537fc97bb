/** Reads erasures: one, its certificate, or a tenant's, newest first. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { decodeCursor, encodeCursor, isUuid, pageOf, type Page, type PageQuery } from '../kernel/index.js';
import { ErasureStore, type ErasureRow } from './erasure-store.js';
import { erasureView } from './erasure.view.js';
import type { CertificateView, ErasureView } from './privacy.dto.js';
import { ErasureNotFinished, ErasureNotFound } from './privacy.errors.js';

export class GetErasure extends Query<ErasureView> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
  ) {
    super();
  }
}

export class GetCertificate extends Query<CertificateView> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
  ) {
    super();
  }
}

export class ListErasures extends Query<Page<ErasureView>> {
  constructor(
    readonly tenantId: string,
    readonly page: PageQuery,
  ) {
    super();
  }
}

/** Raises ErasureNotFound, also for another tenant's. */
async function required(erasures: ErasureStore, { tenantId, id }: GetErasure | GetCertificate): Promise<ErasureRow> {
  const row = await erasures.find(tenantId, id);
  if (!row) throw new ErasureNotFound();
  return row;
}

@QueryHandler(GetErasure)
export class GetErasureHandler implements IQueryHandler<GetErasure> {
  constructor(private readonly erasures: ErasureStore) {}

  /** Raises ErasureNotFound, also for another tenant's. */
  async execute(query: GetErasure): Promise<ErasureView> {
    return erasureView(await required(this.erasures, query));
  }
}

@QueryHandler(GetCertificate)
export class GetCertificateHandler implements IQueryHandler<GetCertificate> {
  constructor(private readonly erasures: ErasureStore) {}

  /** Raises ErasureNotFound, and ErasureNotFinished before everything has been gone through once. */
  async execute(query: GetCertificate): Promise<CertificateView> {
    const { certificate } = await required(this.erasures, query);
    if (!certificate) throw new ErasureNotFinished();
    return certificate;
  }
}

@QueryHandler(ListErasures)
export class ListErasuresHandler implements IQueryHandler<ListErasures> {
  constructor(private readonly erasures: ErasureStore) {}

  /** Raises InvalidCursor. */
  async execute({ tenantId, page: { limit, cursor } }: ListErasures): Promise<Page<ErasureView>> {
    const [before] = cursor ? decodeCursor(cursor, 1, isUuid) : [];
    const rows = await this.erasures.page(tenantId, before, limit);
    return pageOf(rows, limit, ({ id }) => encodeCursor(id), erasureView);
  }
}
