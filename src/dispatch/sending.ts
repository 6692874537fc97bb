/** One window of messages on its way: the gate, the render, the provider. */
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ConsentGate } from '../consent/index.js';
import { isRetryable } from '../kernel/index.js';
import { ProviderRegistry, type Envelope, type Outcome } from '../providers/index.js';
import type { ClaimedMessage } from './claim.js';
import { Envelopes } from './envelopes.js';
import type { LaneLease } from './lane.lease.js';
import { Ledger } from './ledger.js';
import { RecordOutcomes, type Settlement } from './record-outcomes.command.js';

/** Two minutes: a database restarts in less. */
const RECORD_RETRIES = 120;
const RECORD_RETRY_MS = 1_000;

interface Ready {
  readonly message: ClaimedMessage;
  readonly envelope: Envelope;
  readonly segments: number;
}

interface Decided {
  readonly ready: readonly Ready[];
  readonly stopped: readonly Settlement[];
}

/** What became of nothing: the call was never begun. */
const NOT_CALLED: Outcome = { kind: 'deferred', reason: 'unreachable', code: 'not_called', retryAfterMs: 0 };

@Injectable()
export class Sending {
  private readonly logger = new Logger(Sending.name);

  constructor(
    private readonly gate: ConsentGate,
    private readonly envelopes: Envelopes,
    private readonly ledger: Ledger,
    private readonly providers: ProviderRegistry,
    private readonly commands: CommandBus,
  ) {}

  /** Takes every claimed message to an outcome, and records them all. */
  async send(lease: LaneLease, claimed: readonly ClaimedMessage[]): Promise<void> {
    const { ready, stopped } = await this.decideOrPutBack(lease, claimed);
    const batches = batched(ready, lease.settings.batch_size);
    const outcomes = batches.map(async (batch) => {
      const results = await this.call(lease, batch);
      return batch.map(({ message }, index): Settlement => ({
        message,
        outcome: results[index] ?? { kind: 'unknown', code: 'no_outcome' },
      }));
    });
    const settled = await Promise.all(outcomes);
    await this.record([...stopped, ...settled.flat()]);
  }

  /** What a provider took must not be forgotten because the database is away for a while. */
  private async record(settlements: readonly Settlement[]): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        await this.commands.execute(new RecordOutcomes(settlements));
        return;
      } catch (error) {
        if (!isRetryable(error) || attempt >= RECORD_RETRIES) throw error;
        await delay(RECORD_RETRY_MS);
      }
    }
  }

  /** Nothing has left yet: whatever fails here, a lost database most of all, leaves every message to be tried again. */
  private async decideOrPutBack(lease: LaneLease, claimed: readonly ClaimedMessage[]): Promise<Decided> {
    try {
      const decided = await this.decide(claimed);
      await this.resize(lease, decided.ready);
      return decided;
    } catch (error) {
      this.logger.error(`A window was put back before the call: ${nameOf(error)}`);
      const outcome = { ...NOT_CALLED, retryAfterMs: undefined };
      return { ready: [], stopped: claimed.map((message) => ({ message, outcome })) };
    }
  }

  /** A campaign's messages are accepted before they are rendered: what they are billed by is known now. */
  private async resize(lease: LaneLease, ready: readonly Ready[]): Promise<void> {
    const changed = ready.filter(({ message, segments }) => segments !== message.segments);
    await this.ledger.resize(changed.map(({ message, segments }) => ({ id: message.id, segments })));
    lease.owe(changed.reduce((sum, { message, segments }) => sum + segments - message.segments, 0));
  }

  /** The gate and the render: what may go, and what ends here with its reason. */
  private async decide(claimed: readonly ClaimedMessage[]): Promise<Decided> {
    const prepared = await this.envelopes.prepare(claimed);
    const verdicts = await this.gate.check(claimed.map(candidateOf)); // last, so that it is as fresh as can be
    const ready: Ready[] = [];
    const stopped: Settlement[] = [];
    for (const [index, message] of claimed.entries()) {
      const verdict = verdicts[index];
      const result = prepared[index];
      if (verdict?.pass && result && 'envelope' in result) ready.push({ message, ...result });
      else if (verdict && !verdict.pass) stopped.push(stop(message, verdict.status, verdict.reason));
      else stopped.push(stop(message, 'failed', result && 'failed' in result ? result.failed : 'render_failed'));
    }
    return { ready, stopped };
  }

  private async call(lease: LaneLease, batch: readonly Ready[]): Promise<Outcome[]> {
    const { safeMs } = lease;
    if (safeMs < 1) return batch.map(() => NOT_CALLED); // we were stopped for longer than our lease: another drain may have them
    try {
      const adapter = await this.providers.adapter(lease.lane.provider);
      const account = await this.providers.account(lease.lane.provider_account_id);
      const envelopes = batch.map(({ envelope }) => envelope);
      return await adapter.send(account, envelopes, AbortSignal.timeout(Math.floor(safeMs)));
    } catch (error) {
      // Adapters do not throw for what providers do: this is a missing key or a lost database, before the call.
      this.logger.error(`No call to ${lease.lane.provider} was made: ${nameOf(error)}`);
      return batch.map(() => ({ ...NOT_CALLED, retryAfterMs: undefined }));
    }
  }
}

function candidateOf(message: ClaimedMessage): Parameters<ConsentGate['check']>[0][number] {
  return {
    messageId: message.id,
    tenantId: message.tenant_id,
    venueId: message.venue_id,
    channel: message.channel,
    category: message.category,
    recipient: message.recipient,
    senderAddress: message.sender_address,
    expiresAt: message.expires_at === null ? null : new Date(message.expires_at),
  };
}

type StopStatus = Extract<Settlement['outcome'], { kind: 'stopped' }>['status'];

function stop(message: ClaimedMessage, status: StopStatus, reason: string): Settlement {
  return { message, outcome: { kind: 'stopped', status, reason } };
}

function batched<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'unknown error');
