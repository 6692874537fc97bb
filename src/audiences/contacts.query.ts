/** Pages through the contacts of an audience, by kind and address. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Database, decodeCursor, encodeCursor, iso, pageOf, type Page } from '../kernel/index.js';
import { SenderDirectory } from '../tenants/index.js';
import { AudienceStore } from './audience-store.js';
import { kindOf } from '../lists/index.js';
import { contactAddress, type ContactAddress } from './contact-address.js';
import type { ContactsQuery, ContactView } from './contacts.dto.js';

/** Of a ContactView, its times as PostgreSQL text. */
export const CONTACT_COLUMNS = `kind, address, attributes, coalesce(person, address) as person, preferred_channel as "preferredChannel",
  import_id as "importId", created_at as "createdAt", updated_at as "updatedAt"`;

export const contactView = (row: ContactView): ContactView => ({
  ...row,
  createdAt: iso(row.createdAt),
  updatedAt: iso(row.updatedAt),
});

export class ListContacts extends Query<Page<ContactView>> {
  constructor(
    readonly tenantId: string,
    readonly audienceId: string,
    readonly query: ContactsQuery,
  ) {
    super();
  }
}

@QueryHandler(ListContacts)
export class ListContactsHandler implements IQueryHandler<ListContacts> {
  constructor(
    private readonly database: Database,
    private readonly audiences: AudienceStore,
    private readonly senders: SenderDirectory,
  ) {}

  /** Raises AudienceNotFound, InvalidAddress and InvalidCursor. */
  async execute({ tenantId, audienceId, query }: ListContacts): Promise<Page<ContactView>> {
    const { limit, cursor } = query;
    await this.audiences.require(tenantId, audienceId);
    const { kind = null, address = null } = await this.filter(tenantId, query);
    const after = cursor ? decodeCursor(cursor, 2, (text) => !text.includes('\0')) : ['', ''];
    const rows = await this.database.query<ContactView>(
      `select ${CONTACT_COLUMNS} from contact
       where audience_id = $1 and (kind, address) > ($2, $3)
         and ($4::text is null or kind = $4) and ($5::text is null or address = $5)
       order by kind, address limit $6`,
      [audienceId, ...after, kind, address, limit + 1],
    );
    return pageOf(rows, limit, (row) => encodeCursor(row.kind, row.address), contactView);
  }

  /** Searched only among addresses of its kind, so by the key. */
  private async filter(tenantId: string, { kind, address }: ContactsQuery): Promise<Partial<ContactAddress>> {
    if (address === undefined) return { kind };
    const { country } = await this.senders.tenant(tenantId);
    const text = address.replace(/^ /, '+'); // a raw + in a query string reads as a space
    return contactAddress(kind ?? kindOf(text), text, country);
  }
}
