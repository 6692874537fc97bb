/** Puts counted links in the place of those in messages, right before they are sent. */
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Database } from '../kernel/index.js';
import type { Envelope } from '../providers/index.js';
import type { Category } from '../tenants/index.js';
import { replaceLinks } from './html-links.js';
import { LinkKey } from './link-key.js';
import { LinkPolicies } from './link-policies.js';
import { isCounted, webLinkOf, type LinkPolicy, type WebLink } from './link-policy.js';
import { LinkStore, type ShortLink, type StoredLink } from './link-store.js';
import { linkIdOf, linkPart, messagePart, shortCode } from './link-token.js';
import { replaceAddresses } from './text-links.js';

/** Addresses that are remembered: of a campaign all messages have the same few. */
const REMEMBERED = 20_000;

/** A message that is about to be sent. */
export interface Sendable {
  readonly envelope: Envelope;
  readonly category: Category;
}

/** An address as messages name it; `keptOn` is the day for which it is stored. */
interface Known extends WebLink {
  readonly id: string;
  readonly part: string;
  keptOn: string;
}

/** What a batch needs to have stored before it is sent; `day` is today's, in UTC. */
interface Needed {
  readonly day: string;
  readonly links: Map<string, StoredLink>;
  readonly known: Set<Known>;
  readonly shorts: ShortLink[];
}

@Injectable()
export class CountedLinks {
  private readonly known = new LRUCache<string, Known>({ max: REMEMBERED });

  constructor(
    private readonly database: Database,
    private readonly policies: LinkPolicies,
    private readonly key: LinkKey,
    private readonly store: LinkStore,
  ) {}

  /**
   * The envelopes with counted links, in order; one without is the same object. Where they lead is stored by then. A message has the same
   * links however often it is rendered, so that a repeated call is the same call.
   */
  async write(messages: readonly Sendable[]): Promise<readonly Envelope[]> {
    const policies = await this.policies.all();
    const unchanged = messages.map(({ envelope }) => envelope);
    if (policies.size === 0) return unchanged;
    const key = await this.key.get();
    const day = new Date().toISOString().slice(0, 10);
    const needed: Needed = { day, links: new Map(), known: new Set(), shorts: [] };
    const written = messages.map((message) =>
      this.writeOne(key, policies.get(message.envelope.tenantId), message, needed),
    );
    await this.store.keep([...needed.links.values()], needed.shorts);
    await this.database.afterCommit(() => {
      for (const one of needed.known) one.keptOn = day;
    });
    return written;
  }

  private writeOne(
    key: Buffer,
    policy: LinkPolicy | undefined,
    { envelope, category }: Sendable,
    needed: Needed,
  ): Envelope {
    const { messageId, tenantId, content, channel } = envelope;
    if (!policy?.categories.has(category)) return envelope;
    if (content.kind === 'email') {
      if (content.html === undefined) return envelope;
      let first: string | undefined; // the same for all links of the message
      const html = replaceLinks(content.html, (address) => {
        const link = this.countedOf(key, policy, tenantId, address, needed);
        return link && policy.base + (first ??= messagePart(key, messageId)) + link.part;
      });
      return html === content.html ? envelope : { ...envelope, content: { ...content, html } };
    }
    if (content.kind !== 'text' || (channel !== 'sms' && channel !== 'mms')) return envelope;
    const body = replaceAddresses(content.body, (address) => {
      const link = this.countedOf(key, policy, tenantId, address, needed);
      if (!link) return undefined;
      const code = shortCode(key, { messageId, linkId: link.id });
      needed.shorts.push({ code, messageId, linkId: link.id });
      return policy.base + code;
    });
    return body === content.body ? envelope : { ...envelope, content: { ...content, body } };
  }

  /** Undefined for an address that is not counted. One that may not be stored yet is needed. */
  private countedOf(
    key: Buffer,
    policy: LinkPolicy,
    tenantId: string,
    address: string,
    needed: Needed,
  ): Known | undefined {
    const name = `${tenantId} ${address}`;
    const known = this.known.get(name) ?? this.learn(key, policy, tenantId, address, name);
    if (!known || !isCounted(policy, known)) return undefined;
    if (known.keptOn !== needed.day) {
      needed.links.set(known.id, { id: known.id, tenantId, url: known.url });
      needed.known.add(known);
    }
    return known;
  }

  /** What is not counted is not remembered: each person has another link by which to unsubscribe. */
  private learn(key: Buffer, policy: LinkPolicy, tenantId: string, address: string, name: string): Known | undefined {
    const link = webLinkOf(address);
    if (!link || !isCounted(policy, link)) return undefined;
    const id = linkIdOf(key, tenantId, link.url);
    const known = { ...link, id, part: linkPart(id), keptOn: '' };
    this.known.set(name, known);
    return known;
  }
}
