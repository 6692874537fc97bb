/** Settles messages in doubt by making their call again, the same, where the provider answers what came of the first. */
import { Injectable } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ConsentGate } from '../../consent/index.js';
import { Database } from '../../kernel/index.js';
import { ProviderRegistry, type Envelope, type Outcome } from '../../providers/index.js';
import { Envelopes } from '../drain/envelopes.js';
import { candidateOf } from '../drain/gate-candidate.js';
import { digestOf, OpenCalls, type Carried, type OpenCall } from '../drain/open-calls.js';
import { OutcomeRecorder, type Settlement } from '../drain/outcome-recorder.js';

/** Calls of one look: a provider that was away has had its rest. */
const BATCH = 20;
const CALL_MS = 10_000;

export class RepeatCalls extends Command<void> {}

/** What is to become of a call: it is made again, is looked at later, or never again. */
type Plan = { readonly again: readonly Envelope[] } | 'later' | 'never';

/** Judges whether a call may be made again. */
@Injectable()
export class Repetition {
  constructor(
    private readonly envelopes: Envelopes,
    private readonly gate: ConsentGate,
  ) {}

  /**
   * A call that the provider never had sends when it is repeated: so each in doubt must pass the gate as if it were sent now, and each
   * other one must be known to be taken. One that waits, ended otherwise, or reads differently now, is not what the call carried.
   */
  async planOf({ messageIds, digest }: OpenCall, carried: readonly Carried[]): Promise<Plan> {
    const doubted = carried.filter(({ status }) => status === 'unknown');
    if (doubted.length === 0 || carried.some(({ status }) => status === 'sending')) return 'later';
    if (doubted.some(({ throttle }) => throttle !== null && throttle !== 'open')) return 'later'; // its campaign is paused, or over
    const settled = carried.filter(({ status }) => status !== 'unknown');
    if (carried.length < messageIds.length || settled.some((each) => each.provider_message_id === null)) return 'never';
    const again = (await this.envelopes.prepare(carried)).flatMap((one) => ('envelope' in one ? [one.envelope] : []));
    if (!digestOf(again).equals(digest)) return 'never';
    const verdicts = await this.gate.check(doubted.map(candidateOf)); // last, so that it is as fresh as can be
    return verdicts.every(({ pass }) => pass) ? { again } : 'never';
  }
}

@CommandHandler(RepeatCalls)
export class RepeatCallsHandler implements ICommandHandler<RepeatCalls> {
  constructor(
    private readonly database: Database,
    private readonly calls: OpenCalls,
    private readonly repetition: Repetition,
    private readonly providers: ProviderRegistry,
    private readonly outcomes: OutcomeRecorder,
  ) {}

  async execute(): Promise<void> {
    await this.calls.forgetSettled();
    for (let made = 0; made < BATCH; made += 1) {
      const call = await this.calls.due();
      if (!call) return;
      await this.database.transaction(() => this.repeat(call));
    }
  }

  private async repeat(call: OpenCall): Promise<void> {
    if (!(await this.calls.hold(call.id))) return;
    const carried = await this.calls.carried(call);
    const plan = await this.repetition.planOf(call, carried);
    if (plan === 'later') return;
    if (plan === 'never') return this.calls.forget(call.id);
    const adapter = await this.providers.adapter(call.provider);
    const account = await this.providers.account(call.accountId);
    const outcomes = await adapter.send(account, plan.again, AbortSignal.timeout(CALL_MS));
    const known = carried.flatMap((message, place): Settlement[] => {
      const outcome = outcomes[place];
      return message.status === 'unknown' && outcome && tells(outcome) ? [{ message, outcome }] : [];
    });
    if (known.length > 0) await this.outcomes.record(known);
  }
}

/** Only what the provider says of the message tells what came of the first call: a key that is refused now says nothing of then. */
function tells(outcome: Outcome): boolean {
  if (outcome.kind === 'accepted') return true;
  return outcome.kind === 'refused' && outcome.reason !== 'config' && outcome.reason !== 'account';
}
