/** Sends what waited for a number, once its venue has it, or will have none. */
import { Injectable } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database } from '../../kernel/index.js';
import { hasWaiting, NUMBER_ASSIGNED, PendingQueue, Transitions } from '../../ledger/index.js';
import { AwaitedNumbers } from '../../numbers/index.js';
import { awaitedOrder, NoSender, SenderDirectory, type Channel, type SenderRoute } from '../../tenants/index.js';
import { SenderFailover } from './sender-failover.js';

/** In one run, of each lane. */
const MOST_FAILED = 1_000;

/** SQL, after `from`. */
const WAITING_LANES = `lane where state = 'waiting' and ${hasWaiting('lane.id')}`;

/** SQL: whether messages wait for a number. */
export const ANY_NUMBER_AWAITED = `exists (select from ${WAITING_LANES})`;

interface WaitingLane {
  readonly id: string;
  readonly accountId: string;
  readonly address: string;
  readonly channel: Channel;
}

@Injectable()
export class WaitingMessages {
  constructor(
    private readonly pending: PendingQueue,
    private readonly transitions: Transitions,
  ) {}

  /** Ends those of a lane that are due: there will be no number, and nothing in its place. */
  async fail(laneId: string): Promise<void> {
    const ids = await this.pending.readyIn(laneId, MOST_FAILED);
    const end = { status: 'failed', reason: 'number_unavailable', uncalled: true } as const;
    await this.transitions.apply(
      ids.map((messageId) => ({ messageId, ...end })),
      'dispatch',
    );
  }
}

export class AssignNumbers extends Command<void> {}

@CommandHandler(AssignNumbers)
export class AssignNumbersHandler implements ICommandHandler<AssignNumbers> {
  constructor(
    private readonly database: Database,
    private readonly numbers: AwaitedNumbers,
    private readonly senders: SenderDirectory,
    private readonly failover: SenderFailover,
    private readonly waiting: WaitingMessages,
  ) {}

  async execute(): Promise<void> {
    const lanes = await this.database.query<WaitingLane>(
      `select id, provider_account_id as "accountId", sender_address as address, channel
       from ${WAITING_LANES}`,
    );
    for (const lane of lanes) await this.assign(lane);
  }

  private async assign(lane: WaitingLane): Promise<void> {
    const order = await this.numbers.outcome(awaitedOrder(lane.address) ?? '');
    if (!order || order.status === 'ordered') return;
    const { tenantId, venueId } = order;
    const route = await this.routeOf(tenantId, venueId, lane.channel);
    if (!route) return this.waiting.fail(lane.id);
    // The directory may not have heard of the new sender yet.
    if (order.status === 'active' && route.senderId === null) return;
    const open = { ...lane, reason: NUMBER_ASSIGNED, code: null };
    await this.failover.toSender(open, { tenantId, venueId, address: lane.address, route });
  }

  /** Any sender that the venue has by now, else the platform's; undefined for none. */
  private async routeOf(tenantId: string, venueId: string, channel: Channel): Promise<SenderRoute | undefined> {
    try {
      return await this.senders.routeFor(tenantId, venueId, { channel, category: 'transactional' });
    } catch (error) {
      if (error instanceof NoSender) return undefined;
      throw error;
    }
  }
}
