/** The daily caps of tenants, exactly: each message counts before its first call, under a lock that all processes share. */
import { Injectable } from '@nestjs/common';
import { ShortCache } from '../../kernel/index.js';
import { beyond, countOf, type CapRoom, type Countable } from './daily-cap.rules.js';
import { DailyCapStore, type CapRow } from './daily-cap-store.js';

/** A cap that is new counts in other processes this much later. */
const CACHE_MS = 1_000;

/** Caps that are held until the transaction ends, and the messages that they have no room for. */
export interface HeldCaps {
  readonly beyond: ReadonlySet<string>;
  /** Counts messages whose calls are made. */
  count(messages: readonly Countable[]): Promise<void>;
}

@Injectable()
export class DailyCaps {
  private readonly capped = new ShortCache<ReadonlySet<string>>(CACHE_MS);

  constructor(private readonly store: DailyCapStore) {}

  /** Whether any of these tenants has a cap. Costs nobody a statement of their own. */
  async concern(tenantIds: readonly string[]): Promise<boolean> {
    const capped = await this.capped.get('caps', () => this.store.tenants());
    return capped.size > 0 && tenantIds.some((id) => capped.has(id));
  }

  /** Call after a change in this process: the next message heeds it. */
  forget(): void {
    this.capped.clear();
  }

  /** Holds the caps of these messages' tenants until the transaction ends, so call it in one; notes those without room. */
  async hold(messages: readonly Countable[]): Promise<HeldCaps> {
    const rows = await this.store.lock([...new Set(messages.map(({ tenantId }) => tenantId))]);
    const rooms = rows.flatMap(roomOf);
    const over = beyond(rooms, messages);
    await this.store.stop([...over.caps]);
    const days = new Map(rows.map(({ id, today }) => [id, today]));
    return {
      beyond: over.ids,
      count: (called) =>
        this.store.count(
          [...countOf(rooms, called)].map(([id, count]) => ({ id, day: days.get(id) ?? '', messages: count })),
        ),
    };
  }

  /** Tenants of whose caps one has stopped messages, and has room again. */
  async relieved(): Promise<string[]> {
    const stopped = await this.store.stopped();
    return [...new Set(stopped.filter(hasRoom).map((row) => row.tenant_id))];
  }

  /** None of a tenant's messages waits any more for a cap that has room. Holds its caps until the transaction ends. */
  async goOn(tenantId: string): Promise<void> {
    const rows = await this.store.lock([tenantId]);
    await this.store.goOn(rows.filter(hasRoom).map(({ id }) => id));
  }
}

const hasRoom = ({ messages, used }: CapRow): boolean => messages === null || used < messages;

const roomOf = ({ id, tenant_id: tenantId, channel, category, messages, used }: CapRow): CapRoom[] =>
  messages === null ? [] : [{ id, tenantId, channel, category, left: messages - used }];
