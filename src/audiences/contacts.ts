/** Reads the contacts of audiences, for sending. */
import { Injectable } from '@nestjs/common';
import { Database } from '../kernel/index.js';
import { ContactNotFound } from './audience.errors.js';
import { contactAddress } from './contact-address.js';
import type { AddressKind } from '../tenants/index.js';
import type { Membership } from './segments/rule.sql.js';

export interface Contact {
  readonly address: string;
  readonly attributes: Record<string, unknown>;
}

/** Whose contacts are read. */
export interface ContactsAsked {
  readonly audienceId: string;
  readonly members: Membership;
}

/** SQL expressions for `contactsOf`. */
interface ContactsSql {
  readonly audience: string;
  readonly kind: string;
  /** Only addresses greater than this one, and at most `until`. */
  readonly after?: string;
  readonly until?: string;
  /** Only those of whom this holds. */
  readonly members?: string;
}

/** A SELECT of `address` and `attributes` for bulk statements: the contacts never leave the database. */
export const contactsOf = ({ audience, kind, after, until, members }: ContactsSql): string =>
  [
    `select address, attributes from contact where audience_id = ${audience} and kind = ${kind}`,
    ...(after === undefined ? [] : [`address > ${after}`]),
    ...(until === undefined ? [] : [`address <= ${until}`]),
    ...(members === undefined ? [] : [members]),
  ].join(' and ');

/** The same of up to `size` (an SQL expression) of them, at random but always the same ones; reads all of them once. */
export const sampleOf = (contacts: ContactsSql, size: string): string =>
  `select * from (${contactsOf(contacts)}) as contact order by md5(address) limit ${size}`;

@Injectable()
export class Contacts {
  constructor(private readonly database: Database) {}

  /** Whether any has attributes matching a jsonpath. */
  async hasAny({ audienceId, members }: ContactsAsked, kind: AddressKind, jsonpath: string): Promise<boolean> {
    const { sql, values } = members(4);
    const some = await this.database.query(
      `select from contact where audience_id = $1 and kind = $2 and coalesce(attributes @? $3::jsonpath, false) and ${sql} limit 1`,
      [audienceId, kind, jsonpath, ...values],
    );
    return some.length > 0;
  }

  /** Raises InvalidAddress and ContactNotFound. */
  async find(audienceId: string, kind: AddressKind, address: string, country: string | null): Promise<Contact> {
    const [contact] = await this.database.query<Contact>(
      `select address, attributes from contact where audience_id = $1 and kind = $2 and address = $3`,
      [audienceId, kind, contactAddress(kind, address, country).address],
    );
    if (!contact) throw new ContactNotFound();
    return contact;
  }

  /** The first by address whose attributes match a jsonpath. */
  first(
    { audienceId, members }: ContactsAsked,
    kind: AddressKind,
    size: number,
    jsonpath = 'strict $',
  ): Promise<Contact[]> {
    const { sql, values } = members(5);
    return this.database.query<Contact>(
      `select address, attributes from contact
       where audience_id = $1 and kind = $2 and coalesce(attributes @? $4::jsonpath, false) and ${sql}
       order by address limit $3`,
      [audienceId, kind, size, jsonpath, ...values],
    );
  }

  /** The number of the next up to `size` after an address, and the last of them; null if there are no more. */
  async next(
    audienceId: string,
    kind: AddressKind,
    after: string,
    size: number,
  ): Promise<{ readonly people: number; readonly until: string | null }> {
    const [next] = await this.database.query<{ people: number; until: string | null }>(
      `select count(*)::int as people, max(address) as until from (
         select address from contact where audience_id = $1 and kind = $2 and address > $3 order by address limit $4) as next`,
      [audienceId, kind, after, size],
    );
    if (!next) throw new Error('a count always answers');
    return next;
  }
}
