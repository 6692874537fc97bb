/** Reads the body of an import: a whole list, or nothing. */
import { Injectable } from '@nestjs/common';
import { InvalidRequest, type StreamedRequestBody } from '../../kernel/index.js';
import { formatOf, OpenLists, readerOf } from '../../lists/index.js';
import { PROVIDERS } from '../../tenants/index.js';
import type { PriceListFault } from './price-faults.js';
import { MOST_LINES, PriceListDraft, type PriceListContent, type PriceListName } from './price-list.js';
import { PRICE_VOCABULARY } from './price-row.js';
import { PriceListEmpty, PriceListTooLong } from './prices.errors.js';

@Injectable()
export class PriceReader {
  constructor(private readonly lists: OpenLists) {}

  /**
   * The content, or the faults of its rows. Raises InvalidRequest for costs of no provider of ours, PriceListEmpty and
   * PriceListTooLong, and for an unreadable body ListUnreadable, MalformedJson, BodyIncomplete and BodyTooLarge.
   */
  async read(name: PriceListName, body: StreamedRequestBody): Promise<PriceListContent | readonly PriceListFault[]> {
    requireProvider(name);
    return this.lists.during(async () => {
      const draft = new PriceListDraft(name);
      const reader = readerOf({ format: formatOf(body), charset: body.charset, vocabulary: PRICE_VOCABULARY });
      for await (const part of this.lists.parts(reader, body)) {
        for (const row of part) draft.add(row);
        if (draft.size > MOST_LINES) throw new PriceListTooLong();
      }
      const read = draft.finish();
      if (!('hash' in read) && read.length === 0) throw new PriceListEmpty();
      return read;
    });
  }
}

function requireProvider({ kind, name }: PriceListName): void {
  if (kind !== 'cost' || PROVIDERS.some((provider) => provider === name)) return;
  const message = `name must be the provider that the costs are of: one of ${PROVIDERS.join(', ')}`;
  throw new InvalidRequest([{ path: 'name', message }]);
}
