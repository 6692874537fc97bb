/** The calls of one window to its provider. */
import { Injectable, Logger } from '@nestjs/common';
import { ProviderRegistry, type Envelope, type Outcome } from '../providers/index.js';
import type { ClaimedMessage } from './claimed-message.js';
import type { LaneLease } from './lane.lease.js';
import { LaneRests } from './lane-rests.js';
import { OpenCalls } from './open-calls.js';

/** A message that may go. */
export interface Ready {
  readonly message: ClaimedMessage;
  readonly envelope: Envelope;
  readonly segments: number;
}

export interface Called {
  readonly message: ClaimedMessage;
  readonly outcome: Outcome;
}

/** The call was never begun. */
export const NOT_CALLED: Outcome = { kind: 'deferred', reason: 'unreachable', code: 'not_called' };
/** Another drain may have the lane: it is to find the messages at once. */
const TOO_LATE: Outcome = { ...NOT_CALLED, retryAfterMs: 0 };

@Injectable()
export class ProviderCalls {
  private readonly logger = new Logger(ProviderCalls.name);

  constructor(
    private readonly providers: ProviderRegistry,
    private readonly rests: LaneRests,
    private readonly openCalls: OpenCalls,
  ) {}

  /** Calls the provider for all of them at once. One outcome each; the lane heeds what they say of it. Never rejects. */
  async make(lease: LaneLease, ready: readonly Ready[]): Promise<Called[]> {
    const batches = bySender(ready).flatMap((ofOne) => batched(ofOne, lease.settings.batch_size));
    const called = (await Promise.all(batches.map((batch) => this.callOne(lease, batch)))).flat();
    await this.rests.heed(
      lease,
      called.map(({ outcome }) => outcome),
    );
    return called;
  }

  private async callOne(lease: LaneLease, batch: readonly Ready[]): Promise<Called[]> {
    const outcomes = await this.outcomesOf(lease, batch);
    return batch.map(({ message }, index) => ({
      message,
      outcome: outcomes[index] ?? { kind: 'unknown', code: 'no_outcome' },
    }));
  }

  private async outcomesOf(lease: LaneLease, batch: readonly Ready[]): Promise<Outcome[]> {
    try {
      const adapter = await this.providers.adapter(lease.lane.provider);
      const account = await this.providers.account(lease.lane.provider_account_id);
      const envelopes = batch.map(({ envelope }) => envelope);
      const { repeatableForMs } = adapter;
      if (repeatableForMs && !(await this.openCalls.note(lease, envelopes, repeatableForMs)))
        return batch.map(() => TOO_LATE);
      const { safeMs } = lease; // last: what came before may have taken its time
      if (safeMs < 1) return batch.map(() => TOO_LATE); // we were stopped for longer than our lease
      return await adapter.send(account, envelopes, AbortSignal.timeout(Math.floor(safeMs)));
    } catch (error) {
      // Adapters do not throw for what providers do: this is a missing key or a lost database, before the call.
      const name = error instanceof Error ? error.name : 'unknown error';
      this.logger.error(`No call to ${lease.lane.provider} was made: ${name}`);
      return batch.map(() => NOT_CALLED);
    }
  }
}

/** No provider takes messages of several senders in one call. */
const bySender = (ready: readonly Ready[]): Ready[][] => [
  ...Map.groupBy(ready, ({ envelope }) => envelope.from).values(),
];

function batched<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
