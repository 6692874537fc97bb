/** Makes the provider calls of one batch. */
import { Injectable, Logger } from '@nestjs/common';
import {
  ProviderRegistry,
  type Envelope,
  type Outcome,
  type ProviderAccount,
  type ProviderAdapter,
} from '../../providers/index.js';
import { PendingQueue, type ClaimedMessage } from '../../ledger/index.js';
import { NOT_CALLED } from './not-called.js';
import type { LeasedLane } from '../lanes/leased-lane.js';
import { CircuitBreakers } from '../lanes/circuit-breakers.js';
import { CallDurations } from './call-durations.js';
import { OpenCalls } from './open-calls.js';
import { errorLine } from '../../kernel/index.js';

/** A message that may be sent. */
export interface Ready {
  readonly message: ClaimedMessage;
  readonly envelope: Envelope;
  readonly segments: number;
}

export interface Called {
  readonly message: ClaimedMessage;
  readonly outcome: Outcome;
}

/** Another drain may have the lane: no delay, so that it finds the messages at once. */
const TOO_LATE: Outcome = { ...NOT_CALLED, retryAfterMs: 0 };

/** Context of a batch's calls; `held` are the messages that it still holds. */
interface CallContext {
  readonly adapter: ProviderAdapter;
  readonly account: ProviderAccount;
  readonly held: ReadonlySet<string>;
}

@Injectable()
export class ProviderCalls {
  private readonly logger = new Logger(ProviderCalls.name);

  constructor(
    private readonly providers: ProviderRegistry,
    private readonly breakers: CircuitBreakers,
    private readonly pending: PendingQueue,
    private readonly openCalls: OpenCalls,
    private readonly durations: CallDurations,
  ) {}

  /** Calls the provider for all concurrently. One outcome each, which update the lane's circuit breaker. Never rejects. */
  async make(lane: LeasedLane, ready: readonly Ready[]): Promise<Called[]> {
    const batches = bySender(ready).flatMap((ofOne) => batched(ofOne, lane.settings.batch_size));
    const context = await this.open(lane, batches);
    const called = (await Promise.all(batches.map((batch) => this.callOne(lane, batch, context)))).flat();
    await this.breakers.record(
      lane,
      called.map(({ message, outcome }) => ({
        outcome,
        recipient: message.recipient,
        isFirst: message.attempts <= 1,
      })),
    );
    return this.breakers.isRefused(lane) ? called.map(asOfTheLane) : called;
  }

  /** Prepares the first call; undefined if that failed. */
  private async open(lane: LeasedLane, batches: readonly Ready[][]): Promise<CallContext | undefined> {
    if (batches.length === 0) return undefined;
    try {
      const adapter = await this.providers.adapter(lane.row.provider);
      const account = await this.providers.account(lane.row.provider_account_id);
      const { repeatableForMs } = adapter;
      // First, so that every call in doubt can be retried. If it is then not made, its digest will not match its messages later.
      if (repeatableForMs) await this.openCalls.note(lane.row.id, batches.map(envelopesOf), repeatableForMs);
      const held = await this.pending.begin(batches.flat().map(({ message }) => message));
      return { adapter, account, held };
    } catch (error) {
      this.report(lane, error);
      return undefined;
    }
  }

  private async callOne(lane: LeasedLane, batch: readonly Ready[], context?: CallContext): Promise<Called[]> {
    const outcomes = context ? await this.outcomesOf(lane, batch, context) : batch.map(() => NOT_CALLED);
    return batch.map(({ message }, index) => ({
      message,
      outcome: outcomes[index] ?? { kind: 'unknown', code: 'no_outcome' },
    }));
  }

  private async outcomesOf(lane: LeasedLane, batch: readonly Ready[], context: CallContext): Promise<Outcome[]> {
    if (!batch.every(({ message }) => context.held.has(message.id))) return batch.map(() => TOO_LATE);
    const { safeMs } = lane.lease; // last: the steps before may have taken time
    if (safeMs < 1) return batch.map(() => TOO_LATE); // the process was suspended for longer than its lease
    const deadline = AbortSignal.timeout(Math.floor(safeMs));
    const send = (): Promise<Outcome[]> => context.adapter.send(context.account, envelopesOf(batch), deadline);
    try {
      const messages = batch.map(({ message }) => message);
      return await this.durations.measure(lane.row.provider, messages, send);
    } catch (error) {
      this.report(lane, error);
      return batch.map(() => NOT_CALLED);
    }
  }

  /** Adapters do not throw for provider errors: this is a missing key or a lost database, before the call. */
  private report({ row }: LeasedLane, error: unknown): void {
    this.logger.error(`No call to ${row.provider} was made: ${errorLine(error)}`);
  }
}

/** An unlisted refusal, where different recipients have shown that the lane is at fault: the message waits until that is mended. */
function asOfTheLane({ message, outcome }: Called): Called {
  const isUnlisted = outcome.kind === 'refused' && outcome.reason === 'unlisted';
  return { message, outcome: isUnlisted ? { ...outcome, reason: 'config' } : outcome };
}

const envelopesOf = (batch: readonly Ready[]): Envelope[] => batch.map(({ envelope }) => envelope);

/** No provider accepts messages from several senders in one call. */
const bySender = (ready: readonly Ready[]): Ready[][] => [
  ...Map.groupBy(ready, ({ envelope }) => envelope.from).values(),
];

function batched<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
