/** Reads a tenant's senders: one, or a filtered page. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Database, decodeCursor, encodeCursor, isUuid, pageOf, type Page } from '../../kernel/index.js';
import { SenderDirectory } from './sender-directory.js';
import { Sender } from './sender.entity.js';
import { senderView, type SendersQuery, type SenderView } from './senders.dto.js';
import { SenderNotFound } from '../tenants.errors.js';

export class GetSender extends Query<SenderView> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
  ) {
    super();
  }
}

export class ListSenders extends Query<Page<SenderView>> {
  constructor(
    readonly tenantId: string,
    readonly query: SendersQuery,
  ) {
    super();
  }
}

@QueryHandler(GetSender)
export class GetSenderHandler implements IQueryHandler<GetSender> {
  constructor(private readonly database: Database) {}

  /** Raises SenderNotFound, also for another tenant's. */
  async execute({ tenantId, id }: GetSender): Promise<SenderView> {
    const sender = await this.database.em().findOne(Sender, { id, tenantId }, { populate: ['providerAccount'] });
    if (!sender) throw new SenderNotFound().at('id');
    return senderView(sender);
  }
}

@QueryHandler(ListSenders)
export class ListSendersHandler implements IQueryHandler<ListSenders> {
  constructor(
    private readonly database: Database,
    private readonly directory: SenderDirectory,
  ) {}

  async execute({ tenantId, query }: ListSenders): Promise<Page<SenderView>> {
    const { limit, cursor, channel, status } = query;
    const venueId = await this.directory.venueInFilter(tenantId, query.venueId);
    const [after] = cursor ? decodeCursor(cursor, 1, isUuid) : [];
    const rows = await this.database.em().find(
      Sender,
      {
        tenantId,
        ...(venueId && { venueId }),
        ...(channel && { channel }),
        ...(status && { status }),
        ...(after && { id: { $gt: after } }),
      },
      { populate: ['providerAccount'], orderBy: { id: 'asc' }, limit: limit + 1 },
    );
    return pageOf(rows, limit, ({ id }) => encodeCursor(id), senderView);
  }
}
