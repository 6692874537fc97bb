/** Decides of claimed messages which may be sent: refresh, render, gate. */
import { Injectable } from '@nestjs/common';
import { ConsentGate, type GateVerdict } from '../../consent/index.js';
import type { ClaimedMessage, MessageReason } from '../../ledger/index.js';
import type { ProviderName } from '../../tenants/index.js';
import { endOf } from '../messages/host.rules.js';
import { Envelopes } from './envelopes.js';
import { Freshness, refers } from './freshness.js';
import { candidateOf } from './gate-candidate.js';
import { untilOf } from './held-messages.js';
import type { Settlement } from './outcome-recorder.js';
import type { Ready } from './provider-calls.js';

type Waiting = Extract<GateVerdict, { readonly waits: string }>;

export interface Decided {
  readonly ready: readonly Ready[];
  readonly stopped: readonly Settlement[];
}

@Injectable()
export class Decisions {
  constructor(
    private readonly freshness: Freshness,
    private readonly envelopes: Envelopes,
    private readonly gate: ConsentGate,
  ) {}

  /** Which messages may be sent, and which end or wait here with their reason. All refer to the host's data, or none. */
  async decide(provider: ProviderName, claimed: readonly ClaimedMessage[]): Promise<Decided> {
    const referring = claimed.filter(refers);
    if (referring.length === 0) return this.judge(provider, claimed);
    const { fresh, stopped } = await this.freshness.refresh(referring);
    if (fresh.length === 0) return { ready: [], stopped };
    const judged = await this.judge(provider, fresh);
    return { ready: judged.ready, stopped: [...stopped, ...judged.stopped] };
  }

  /** Renders, then checks the gate, for the recipients that the ledger has by now. */
  private async judge(provider: ProviderName, messages: readonly ClaimedMessage[]): Promise<Decided> {
    const prepared = await this.envelopes.fit(messages, provider);
    const verdicts = await this.gate.check(messages.map(candidateOf)); // last, so that it is as recent as possible
    const ready: Ready[] = [];
    const stopped: Settlement[] = [];
    for (const [index, message] of messages.entries()) {
      const verdict = verdicts[index];
      const result = prepared[index];
      if (verdict?.pass && result && 'envelope' in result) ready.push({ message, ...result });
      else if (verdict && !verdict.pass && 'waits' in verdict)
        stopped.push({ message, outcome: waitingFor(message, verdict) });
      else if (verdict && !verdict.pass) stopped.push(stop(message, verdict.status, reasonOf(message, verdict)));
      else stopped.push(stop(message, 'failed', result && 'failed' in result ? result.failed : 'render_failed'));
    }
    return { ready, stopped };
  }
}

/** What a message waits for that may be sent later. */
const waitingFor = (message: ClaimedMessage, verdict: Waiting): Settlement['outcome'] =>
  verdict.waits === 'sender_paused'
    ? { kind: 'sender-paused' }
    : { kind: 'held', reason: verdict.waits, retryInMs: untilOf(message, verdict.until) };

/** Of a message that is of no use any more: what ended it. */
const reasonOf = (message: ClaimedMessage, { reason }: { readonly reason: MessageReason }): MessageReason =>
  reason === 'expired' ? (endOf(message)?.reason ?? reason) : reason;

type StopStatus = Extract<Settlement['outcome'], { kind: 'stopped' }>['status'];

function stop(message: ClaimedMessage, status: StopStatus, reason: MessageReason): Settlement {
  return { message, outcome: { kind: 'stopped', status, reason } };
}
