/** Delivers the notices that are due, to all hosts at once, and to each host a few at a time. */
import { randomUUID } from 'node:crypto';
import { Logger, type OnModuleDestroy } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { errorLine, Schedules } from '../kernel/index.js';
import { BY_EMAIL, type Delivery, type Verdict } from './delivery.js';
import { NoticeMail } from './notice-mail.js';
import { NoticePosts } from './notice-posts.js';
import { NoticeStore, type Result } from './notice-store.js';
import { Receivers } from './receivers.js';
import { pauseMs } from './retry.rules.js';

/** Hosts that one process speaks to at once: one that is slow holds up nobody but itself. */
const HOSTS_AT_ONCE = 64;
/** Calls to one host at once. */
const CALLS_AT_ONCE = 4;
/** Emails of one run, and so a second: the messages of tenants keep the account's rate. */
const EMAILS_AT_ONCE = 5;

export class DeliverNotices extends Command<void> {}

@CommandHandler(DeliverNotices)
export class DeliverNoticesHandler implements ICommandHandler<DeliverNotices>, OnModuleDestroy {
  private readonly logger = new Logger(DeliverNoticesHandler.name);
  private readonly hosts: Receivers;

  constructor(
    schedules: Schedules,
    private readonly store: NoticeStore,
    private readonly posts: NoticePosts,
    private readonly mail: NoticeMail,
  ) {
    this.hosts = new Receivers(schedules, {
      name: 'notices',
      atOnce: HOSTS_AT_ONCE,
      due: async (again) => (await store.dueHosts()).filter((host) => !(again && host === BY_EMAIL)),
      deliver: (host) => (host === BY_EMAIL ? this.sendSome() : this.postSome(host)),
    });
  }

  /** Begins with each host that is not being spoken to, and waits for none. Safe to run concurrently: a delivery is claimed first. */
  execute(): Promise<void> {
    return this.hosts.begin();
  }

  onModuleDestroy(): void {
    this.hosts.stop();
  }

  /** No more than these until the next run. */
  private async sendSome(): Promise<boolean> {
    const claimed = await this.store.claim(BY_EMAIL, randomUUID(), EMAILS_AT_ONCE);
    if (claimed.length > 0) await this.record(claimed, await this.guarded(claimed, () => this.mail.send(claimed)));
    return false;
  }

  /** False if none was due. */
  private async postSome(host: string): Promise<boolean> {
    const claimed = await this.store.claim(host, randomUUID(), CALLS_AT_ONCE);
    if (claimed.length === 0) return false;
    const post = (delivery: Delivery): Promise<readonly Verdict[]> =>
      this.guarded([delivery], async () => [await this.posts.post(delivery)]);
    await this.record(claimed, (await Promise.all(claimed.map(post))).flat());
    return true;
  }

  /** What fails on our side, such as a key that is missing, is tried again too, and ends with the day. */
  private async guarded(
    claimed: readonly Delivery[],
    call: () => Promise<readonly Verdict[]>,
  ): Promise<readonly Verdict[]> {
    try {
      return await call();
    } catch (error) {
      this.logger.error(`Notices wait: ${errorLine(error)}`);
      return claimed.map(() => ({ kind: 'failed', error: 'not_called' }));
    }
  }

  private async record(claimed: readonly Delivery[], verdicts: readonly Verdict[]): Promise<void> {
    const results = claimed.flatMap((delivery, place) => {
      const verdict = verdicts[place];
      return verdict ? [resultOf(delivery, verdict)] : [];
    });
    for (const id of await this.store.record(results)) this.logger.warn(`The delivery ${id} of a notice was given up`);
  }
}

function resultOf({ id, claim, attempts }: Delivery, verdict: Verdict): Result {
  switch (verdict.kind) {
    case 'delivered':
      return { id, claim, state: 'delivered', error: null, pauseMs: null, accountId: verdict.accountId ?? null };
    case 'refused':
      return { id, claim, state: 'refused', error: verdict.error, pauseMs: null, accountId: null };
    case 'failed': {
      const { error, retryAfterMs } = verdict;
      const pause = pauseMs(attempts, retryAfterMs, Math.random());
      return { id, claim, state: 'waiting', error, pauseMs: pause, accountId: null };
    }
  }
}
