/** Reads endpoints, and the log of their deliveries. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { decodeCursor, encodeCursor, isUuid, pageOf, type Page, type PageQuery } from '../kernel/index.js';
import { DeliveryStore } from './delivery-store.js';
import { EndpointStore } from './endpoint-store.js';
import { deliveryView, endpointView, replayView } from './endpoint.view.js';
import type { DeliveryView, EndpointView, ListDeliveriesQuery, ReplayView } from './endpoints.dto.js';
import { EndpointNotFound } from './endpoints.errors.js';
import { ReplayStore } from './replay-store.js';

export class ListEndpoints extends Query<Page<EndpointView>> {
  constructor(
    readonly tenantId: string,
    readonly page: PageQuery,
  ) {
    super();
  }
}

export class GetEndpoint extends Query<EndpointView> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
  ) {
    super();
  }
}

export class ListDeliveries extends Query<Page<DeliveryView>> {
  constructor(
    readonly tenantId: string,
    readonly endpointId: string,
    readonly filter: ListDeliveriesQuery,
  ) {
    super();
  }
}

export class ListReplays extends Query<Page<ReplayView>> {
  constructor(
    readonly tenantId: string,
    readonly endpointId: string,
    readonly page: PageQuery,
  ) {
    super();
  }
}

@QueryHandler(ListEndpoints)
export class ListEndpointsHandler implements IQueryHandler<ListEndpoints> {
  constructor(private readonly endpoints: EndpointStore) {}

  /** Newest first. Raises InvalidCursor. */
  async execute({ tenantId, page: { limit, cursor } }: ListEndpoints): Promise<Page<EndpointView>> {
    const [before] = cursor ? decodeCursor(cursor, 1, isUuid) : [];
    const rows = await this.endpoints.page(tenantId, before, limit + 1);
    return pageOf(rows, limit, ({ id }) => encodeCursor(id), endpointView);
  }
}

@QueryHandler(GetEndpoint)
export class GetEndpointHandler implements IQueryHandler<GetEndpoint> {
  constructor(private readonly endpoints: EndpointStore) {}

  /** Raises EndpointNotFound. */
  async execute({ tenantId, id }: GetEndpoint): Promise<EndpointView> {
    const row = await this.endpoints.find(tenantId, id);
    if (!row) throw new EndpointNotFound();
    return endpointView(row);
  }
}

@QueryHandler(ListDeliveries)
export class ListDeliveriesHandler implements IQueryHandler<ListDeliveries> {
  constructor(
    private readonly endpoints: EndpointStore,
    private readonly deliveries: DeliveryStore,
  ) {}

  /** Newest first. Raises EndpointNotFound and InvalidCursor. */
  async execute({ tenantId, endpointId, filter }: ListDeliveries): Promise<Page<DeliveryView>> {
    const { limit, cursor, type, state, messageId: subjectId } = filter;
    const [before] = cursor ? decodeCursor(cursor, 1, isUuid) : [];
    if (!(await this.endpoints.find(tenantId, endpointId))) throw new EndpointNotFound();
    const rows = await this.deliveries.page({ endpointId, type, state, subjectId, before }, limit + 1);
    return pageOf(rows, limit, ({ id }) => encodeCursor(id), deliveryView);
  }
}

@QueryHandler(ListReplays)
export class ListReplaysHandler implements IQueryHandler<ListReplays> {
  constructor(
    private readonly endpoints: EndpointStore,
    private readonly replays: ReplayStore,
  ) {}

  /** Newest first. Raises EndpointNotFound and InvalidCursor. */
  async execute({ tenantId, endpointId, page: { limit, cursor } }: ListReplays): Promise<Page<ReplayView>> {
    const [before] = cursor ? decodeCursor(cursor, 1, isUuid) : [];
    if (!(await this.endpoints.find(tenantId, endpointId))) throw new EndpointNotFound();
    const rows = await this.replays.page(endpointId, before, limit + 1);
    return pageOf(rows, limit, ({ id }) => encodeCursor(id), replayView);
  }
}
