/** Reads requests: one, or a tenant's, newest first. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { ConsentSubjects } from '../consent/index.js';
import { decodeCursor, encodeCursor, isUuid, lookingUp, pageOf, type Page } from '../kernel/index.js';
import { SenderDirectory } from '../tenants/index.js';
import { OptInRequests } from './opt-in-requests.js';
import { optInRequestView } from './opt-in.view.js';
import type { ListOptInRequestsQuery, OptInRequestView } from './opt-ins.dto.js';
import { OptInRequestNotFound } from './opt-ins.errors.js';

export class GetOptInRequest extends Query<OptInRequestView> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
  ) {
    super();
  }
}

export class ListOptInRequests extends Query<Page<OptInRequestView>> {
  constructor(
    readonly tenantId: string,
    readonly filter: ListOptInRequestsQuery,
  ) {
    super();
  }
}

@QueryHandler(GetOptInRequest)
export class GetOptInRequestHandler implements IQueryHandler<GetOptInRequest> {
  constructor(private readonly requests: OptInRequests) {}

  /** Raises OptInRequestNotFound, also for another tenant's. */
  async execute({ tenantId, id }: GetOptInRequest): Promise<OptInRequestView> {
    const row = await this.requests.find(id, tenantId);
    if (!row) throw new OptInRequestNotFound();
    return optInRequestView(row);
  }
}

@QueryHandler(ListOptInRequests)
export class ListOptInRequestsHandler implements IQueryHandler<ListOptInRequests> {
  constructor(
    private readonly requests: OptInRequests,
    private readonly subjects: ConsentSubjects,
    private readonly senders: SenderDirectory,
  ) {}

  /** Raises InvalidAddress and InvalidCursor. */
  async execute({ tenantId, filter }: ListOptInRequests): Promise<Page<OptInRequestView>> {
    const { limit, cursor, channel, status } = filter;
    const [before] = cursor ? decodeCursor(cursor, 1, isUuid) : [];
    const venueId = await this.senders.venueInFilter(tenantId, filter.venueId);
    const address = filter.address === undefined ? undefined : await this.addressOf(tenantId, filter.address, channel);
    const rows = await this.requests.page(tenantId, { venueId, channel, address, status, before }, limit);
    return pageOf(rows, limit, ({ id }) => encodeCursor(id), optInRequestView);
  }

  private addressOf(tenantId: string, text: string, channel: ListOptInRequestsQuery['channel']): Promise<string> {
    const written = text.replace(/^ /, '+'); // a raw + in a query string reads as a space
    const implied = channel ?? (written.includes('@') ? 'email' : 'sms');
    return lookingUp('address', this.subjects.address(tenantId, implied, written));
  }
}
