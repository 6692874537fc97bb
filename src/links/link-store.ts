/** Where links lead. */
import { Injectable } from '@nestjs/common';
import { Database, JointReads } from '../kernel/index.js';
import type { FollowedLink } from './link-token.js';

export interface StoredLink {
  readonly id: string;
  readonly tenantId: string;
  readonly url: string;
}

/** A link of a text, by the code that stands for it and for its message. */
export interface ShortLink extends FollowedLink {
  readonly code: string;
}

/** Where a link leads, and whose it is. */
export type Destination = Omit<StoredLink, 'id'>;

/** In order, so that concurrent statements do not deadlock. A link that is in use is kept from being deleted, with one write a day. */
const KEEP = `
  with kept as (
    insert into link (id, tenant_id, url) select id, tenant_id, url from unnest($1::uuid[], $2::uuid[], $3::text[]) as link (id, tenant_id, url)
    order by id
    on conflict (id) do update set used_on = excluded.used_on where link.used_on < excluded.used_on
  )
  insert into short_link (code, message_id, link_id)
  select code, message_id, link_id from unnest($4::text[], $5::uuid[], $6::uuid[]) as short (code, message_id, link_id) order by code
  on conflict (code) do nothing`;

const FIND = `select tenant_id as "tenantId", url from link where id = $1`;
const FIND_SHORT = `
  select code, short_link.message_id as "messageId", link.id as "linkId", tenant_id as "tenantId", url
  from short_link join link on link.id = link_id where code = any ($1)`;
/** Short links that one statement looks up, at the most. */
const LOOKED_UP = 200;

@Injectable()
export class LinkStore {
  private readonly shorts: JointReads<FollowedLink & Destination>;

  constructor(private readonly database: Database) {
    this.shorts = new JointReads(LOOKED_UP, (codes) => this.readShorts(codes));
  }

  /** Those of a batch, each once; what there is already stays. */
  async keep(links: readonly StoredLink[], shorts: readonly ShortLink[]): Promise<void> {
    if (links.length === 0 && shorts.length === 0) return;
    await this.database.query(KEEP, [
      links.map(({ id }) => id),
      links.map(({ tenantId }) => tenantId),
      links.map(({ url }) => url),
      shorts.map(({ code }) => code),
      shorts.map(({ messageId }) => messageId),
      shorts.map(({ linkId }) => linkId),
    ]);
  }

  async find(id: string): Promise<Destination | undefined> {
    const [found] = await this.database.prepared<Destination>(FIND, [id]);
    return found;
  }

  /** Of a campaign by text thousands are followed within seconds, each another. */
  findShort(code: string): Promise<(FollowedLink & Destination) | undefined> {
    return this.shorts.get(code);
  }

  private async readShorts(codes: readonly string[]): Promise<ReadonlyMap<string, FollowedLink & Destination>> {
    const rows = await this.database.prepared<FollowedLink & Destination & { code: string }>(FIND_SHORT, [codes]);
    return new Map(rows.map(({ code, ...found }) => [code, found]));
  }
}
