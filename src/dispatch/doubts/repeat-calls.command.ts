/** Settles messages in doubt by retrying their call unchanged, where the provider returns the result of the first. */
import { Injectable } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ConsentGate } from '../../consent/index.js';
import { Database } from '../../kernel/index.js';
import { ProviderRegistry, type Envelope, type Outcome } from '../../providers/index.js';
import { Envelopes } from '../drain/envelopes.js';
import { Freshness, refers } from '../drain/freshness.js';
import { candidateOf } from '../drain/gate-candidate.js';
import { digestOf, OpenCalls, type Carried, type OpenCall } from '../drain/open-calls.js';
import { OutcomeRecorder, type Settlement } from '../drain/outcome-recorder.js';

/** Calls per run, after a provider outage. */
const BATCH = 20;
const CALL_MS = 10_000;

export class RepeatCalls extends Command<void> {}

/** What to do with a call: retry it, look again later, or never retry it. */
type Plan = { readonly again: readonly Envelope[] } | 'later' | 'never';
/** The doubted messages of a call as the host knows what they are about now, or what to do instead. */
type Known = readonly Carried[] | 'later' | 'never';

/** Decides whether a call may be retried. */
@Injectable()
export class Repetition {
  constructor(
    private readonly envelopes: Envelopes,
    private readonly freshness: Freshness,
    private readonly gate: ConsentGate,
  ) {}

  /**
   * A call that the provider never received is sent by its retry: so each message in doubt must be true and pass the gate as if it
   * were sent now, and each other one must be known to be taken. One that is pending, has ended otherwise, or renders differently
   * now makes it a different call.
   */
  async planOf({ messageIds, digest }: OpenCall, carried: readonly Carried[]): Promise<Plan> {
    const doubted = carried.filter(({ status }) => status === 'unknown');
    if (doubted.length === 0 || carried.some(({ status }) => status === 'sending')) return 'later';
    if (doubted.some(isStopped)) return 'later';
    if (doubted.some((each) => each.followed_by !== null)) return 'never'; // another was sent in its place
    const settled = carried.filter(({ status }) => status !== 'unknown');
    if (carried.length < messageIds.length || settled.some((each) => each.provider_message_id === null)) return 'never';
    const again = (await this.envelopes.prepare(carried)).flatMap((one) => ('envelope' in one ? [one.envelope] : []));
    if (!digestOf(again).equals(digest)) return 'never';
    const known = await this.known(doubted);
    if (typeof known === 'string') return known;
    const verdicts = await this.gate.check(known.map(candidateOf)); // last, so that it is as recent as possible
    return verdicts.every(({ pass }) => pass) ? { again } : 'never';
  }

  /** What they say, and to whom, stays that of the call. */
  private async known(doubted: readonly Carried[]): Promise<Known> {
    const looks = await this.freshness.look(doubted.filter(refers));
    const kinds = looks.map((look) => ('fresh' in look ? 'fresh' : look.outcome.kind));
    if (kinds.includes('stopped')) return 'never';
    if (kinds.includes('waits')) return 'later';
    const read = new Map(looks.flatMap((look) => ('fresh' in look ? [[look.fresh.id, look.fresh.host_data]] : [])));
    return doubted.map((message) => ({ ...message, host_data: read.get(message.id) ?? message.host_data }));
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
      return message.status === 'unknown' && outcome && isConclusive(outcome) ? [{ message, outcome }] : [];
    });
    if (known.length > 0) await this.outcomes.record(known);
  }
}

/** Its campaign is paused, or over, or nobody wants it any more. */
const isStopped = ({ throttle, recalled }: Carried): boolean =>
  recalled !== null || (throttle !== null && throttle !== 'open');

/**
 * Only what the provider reports about the message shows the result of the first call: a key refused now proves nothing about
 * then.
 */
function isConclusive(outcome: Outcome): boolean {
  if (outcome.kind === 'accepted') return true;
  return outcome.kind === 'refused' && outcome.reason !== 'config' && outcome.reason !== 'account';
}
