/** Pages through the platform's list of dead addresses, by channel and address. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { decodeCursor, encodeCursor, pageOf, type Page } from '../../kernel/index.js';
import { normaliseAddress } from '../../tenants/index.js';
import { channelOf } from '../consent-subject.js';
import { deadAddressView, type DeadAddressesQuery, type DeadAddressView } from './dead-addresses.dto.js';
import { DeadAddresses, type DeadAddressPlace } from './dead-addresses.js';

export class ListDeadAddresses extends Query<Page<DeadAddressView>> {
  constructor(readonly query: DeadAddressesQuery) {
    super();
  }
}

@QueryHandler(ListDeadAddresses)
export class ListDeadAddressesHandler implements IQueryHandler<ListDeadAddresses> {
  constructor(private readonly dead: DeadAddresses) {}

  /** Raises InvalidAddress and InvalidCursor. */
  async execute({ query: { channel, address, limit, cursor } }: ListDeadAddresses): Promise<Page<DeadAddressView>> {
    const place = cursor
      ? (decodeCursor(cursor, 2, (text) => !text.includes('\0')) as unknown as DeadAddressPlace)
      : undefined;
    const text = address?.replace(/^ /, '+'); // a raw + in a query string reads as a space
    const wanted = text === undefined ? undefined : normaliseAddress(channel ?? channelOf(text), text);
    const rows = await this.dead.after({ channel, address: wanted }, place, limit + 1);
    return pageOf(rows, limit, (row) => encodeCursor(row.channel, row.address), deadAddressView);
  }
}
