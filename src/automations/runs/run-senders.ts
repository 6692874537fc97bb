/** Accepts the messages of many runs at once, each on the best channel that is not refused. */
import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { DomainError } from '../../kernel/index.js';
import { AcceptMessages } from '../../dispatch/index.js';
import { HostDataUnavailable } from '../../host-data/index.js';
import type { Channel } from '../../tenants/index.js';
import {
  chainOf,
  inputOf,
  NO_ADDRESS,
  refused,
  RunMessages,
  type Candidate,
  type Ordered,
  type Refusal,
} from './run-messages.js';

/** What came of it: the message, or the code of the last refusal. */
export type Sent = { readonly messageId: string; readonly channel: Channel } | Refusal;

interface Attempt {
  readonly order: Ordered;
  candidates: readonly Candidate[];
  result: Sent | undefined;
}

@Injectable()
export class RunSenders {
  constructor(
    private readonly messages: RunMessages,
    private readonly commands: CommandBus,
  ) {}

  /** One result each, in order. Must run in the transaction of the step. Raises HostDataUnavailable. */
  async send(orders: readonly Ordered[]): Promise<Sent[]> {
    const candidates = await this.messages.candidates(orders);
    const attempts = orders.map((order, place) => attemptOf(order, candidates[place] ?? []));
    for (let open = attempts.filter(isOpen); open.length > 0; open = open.filter(isOpen)) await this.attempt(open);
    return attempts.map(({ result = NO_ADDRESS }) => result);
  }

  /** Each either has a result after it, or fewer channels left. */
  private async attempt(attempts: readonly Attempt[]): Promise<void> {
    for (const [tenantId, group] of Map.groupBy(attempts, ({ order }) => order.tenantId)) {
      const chains = group.map(({ candidates }) => chainOf(candidates));
      const inputs = group.flatMap(({ order }, place) => {
        const [first, ...rest] = chains[place] ?? [];
        return first ? [inputOf(order, first, rest)] : [];
      });
      const traces = group.map(({ order }) => order.trace);
      const answers = await this.commands.execute(new AcceptMessages(tenantId, inputs, { traces }));
      for (const [place, attempt] of group.entries()) {
        const [answer, chain] = [answers[place], chains[place] ?? []];
        if (answer === undefined) throw new Error('each message has an answer');
        if (answer instanceof HostDataUnavailable) throw answer; // the step is made later
        if (!(answer instanceof DomainError))
          attempt.result = { messageId: answer.id, channel: chain[0]?.channel ?? 'sms' };
        else leaveOut(attempt, chain, answer);
      }
    }
  }
}

const isOpen = ({ result }: Attempt): boolean => result === undefined;

function attemptOf(order: Ordered, candidates: readonly Candidate[] | Refusal): Attempt {
  if ('refusal' in candidates) return { order, candidates: [], result: candidates };
  return { order, candidates, result: undefined };
}

function leaveOut(attempt: Attempt, chain: readonly Candidate[], refusal: DomainError): void {
  const culprit = refused(chain, refusal);
  attempt.candidates = attempt.candidates.filter((candidate) => candidate !== culprit);
  if (attempt.candidates.length === 0) attempt.result = { refusal: refusal.code };
}
