/** Finds where a counted link leads. */
import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { CONFIG, type ReadyConfig } from '../kernel/index.js';
import { LinkDomainStore } from './link-domain-store.js';
import { LinkKey } from './link-key.js';
import { LinkStore, type Destination } from './link-store.js';
import { readToken, type FollowedLink, type Token } from './link-token.js';

/** Destinations that are remembered: those of a campaign's emails are few, and followed by many. */
const REMEMBERED = 20_000;
/** So long a link leads on that was deleted. */
const REMEMBERED_MS = 60_000;
const DAY_MS = 86_400_000;

export type Resolved = (FollowedLink & Destination) | 'unknown' | 'expired';

@Injectable()
export class LinkResolver {
  private readonly destinations = new LRUCache<string, Destination>({ max: REMEMBERED, ttl: REMEMBERED_MS });

  constructor(
    @Inject(CONFIG) private readonly config: Pick<ReadyConfig, 'linkDays'>,
    private readonly key: LinkKey,
    private readonly store: LinkStore,
    private readonly domains: LinkDomainStore,
  ) {}

  /**
   * At most one read by a primary key, and none for a token that we have not made. A tenant's own domain leads to where its links lead, and
   * to nobody else's; `host` is what was asked for.
   */
  async resolve(text: string, host: string): Promise<Resolved> {
    const token = readToken(await this.key.get(), text);
    const found = token && (await this.find(token));
    if (!found) return 'unknown';
    const owner = (await this.domains.owners()).get(host.toLowerCase());
    if (owner !== undefined && owner !== found.tenantId) return 'unknown';
    return this.isOver(found.messageId) ? 'expired' : found;
  }

  private async find(token: Token): Promise<(FollowedLink & Destination) | undefined> {
    if (token.kind === 'short') return this.store.findShort(token.code);
    const { messageId, linkId } = token;
    const destination = this.destinations.get(linkId) ?? (await this.store.find(linkId));
    if (!destination) return undefined;
    this.destinations.set(linkId, destination);
    return { messageId, linkId, ...destination };
  }

  private isOver(messageId: string): boolean {
    return Date.now() - acceptedAt(messageId) > this.config.linkDays * DAY_MS;
  }
}

/** A message's id holds its acceptance time, in its first 48 bits. */
const acceptedAt = (messageId: string): number => Number.parseInt(messageId.slice(0, 8) + messageId.slice(9, 13), 16);
