/** Reads again, right before messages are sent, what they are about: what is no longer so is not sent. */
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { SparingLogger } from '../../kernel/index.js';
import {
  addressOn,
  HostData,
  HostDataNotConfigured,
  HostDataUnavailable,
  readFacts,
  viewOf,
  type HostFacts,
} from '../../host-data/index.js';
import { Ledger, type ClaimedMessage, type Refreshed, type StoredHostRefs } from '../../ledger/index.js';
import { SenderDirectory } from '../../tenants/index.js';
import { hostRefsOf, obstacleOf } from '../messages/host.rules.js';
import { usable } from '../messages/host-subjects.js';
import { HostOutages } from './host-outages.js';
import { NOT_CALLED } from './not-called.js';
import type { Settlement } from './outcome-recorder.js';

/** A batch holds its place in the lane while it asks: a host that takes longer counts as away. */
const ANSWER_MS = 4_000;

/** A message that something is known of. */
export interface Referring extends ClaimedMessage {
  readonly host_refs: StoredHostRefs;
}

export interface Sifted {
  /** As they are to be sent now, in the ledger too. */
  readonly fresh: readonly ClaimedMessage[];
  readonly stopped: readonly Settlement[];
}

/** What would become of a message now: it is sent like this, or not sent. */
type Look = { readonly fresh: ClaimedMessage } | Settlement;

export const refers = <Message extends ClaimedMessage>(message: Message): message is Message & Referring =>
  message.host_refs !== null;

@Injectable()
export class Freshness {
  private readonly log = new SparingLogger(new Logger(Freshness.name));
  private readonly outages = new HostOutages();

  constructor(
    private readonly host: HostData,
    private readonly senders: SenderDirectory,
    private readonly ledger: Ledger,
  ) {}

  /**
   * Which of these messages may be sent, with their present recipient and data, and why the others are not. Those whose host does not
   * answer wait: each tenant's are read in one go, and for some seconds after a failure not at all.
   */
  async refresh(messages: readonly Referring[]): Promise<Sifted> {
    const looks = await this.look(messages);
    const held = await this.ledger.refresh(looks.flatMap((look) => ('fresh' in look ? [refreshedOf(look.fresh)] : [])));
    const fresh: ClaimedMessage[] = [];
    const stopped: Settlement[] = [];
    for (const look of looks) {
      if (!('fresh' in look)) stopped.push(look);
      else if (held.has(look.fresh.id)) fresh.push(look.fresh);
      else stopped.push({ message: look.fresh, outcome: NOT_CALLED }); // another drain has it, and this is ignored
    }
    return { fresh, stopped };
  }

  /** The same without writing it down. In no order. */
  async look(messages: readonly Referring[]): Promise<readonly Look[]> {
    const groups = [...Map.groupBy(messages, ({ tenant_id: tenantId }) => tenantId)];
    return (await Promise.all(groups.map(([tenantId, group]) => this.lookAt(tenantId, group)))).flat();
  }

  private async lookAt(tenantId: string, group: readonly Referring[]): Promise<Look[]> {
    try {
      const facts = await this.outages.asking(tenantId, () => this.read(tenantId, group));
      const { country } = await this.senders.tenant(tenantId);
      return group.map((message, place) => {
        const known = facts[place];
        if (!known) throw new Error('each message has its facts');
        return looked(message, known, country);
      });
    } catch (error) {
      if (!(error instanceof HostDataUnavailable || error instanceof HostDataNotConfigured)) throw error;
      this.log.warn(`Messages wait for the host's data: ${error.code}`);
      return group.map((message) => waiting(message, 'host', error.code));
    }
  }

  /** Raises HostDataUnavailable also when the answer is late. */
  private async read(tenantId: string, group: readonly Referring[]): Promise<HostFacts[]> {
    const timer = new AbortController();
    const late = delay(ANSWER_MS, undefined, { signal: timer.signal }).then(() => {
      throw new HostDataUnavailable(`no answer within ${ANSWER_MS} ms`);
    });
    const answer = readFacts(
      this.host,
      tenantId,
      group.map(({ host_refs: refs }) => hostRefsOf(refs)),
    );
    late.catch(() => undefined); // it is cut short where the answer is in time
    answer.catch(() => undefined); // it may fail after it was late
    return Promise.race([answer, late]).finally(() => timer.abort());
  }
}

function looked(message: Referring, facts: HostFacts, country: string | null): Look {
  const { host_refs: refs, channel } = message;
  const obstacle = obstacleOf(facts, refs);
  if (obstacle && 'unreadable' in obstacle) return waiting(message, 'host-record', `${obstacle.unreadable}_unreadable`);
  if (obstacle) {
    const reason = 'unknown' in obstacle ? (`${obstacle.unknown}_unknown` as const) : obstacle.untrue;
    return { message, outcome: { kind: 'stopped', status: 'cancelled', reason } };
  }
  const recipient = refs.toCustomer ? usable(channel, addressOn(channel, facts.customer), country) : message.recipient;
  if (recipient === undefined) return { message, outcome: { kind: 'stopped', status: 'failed', reason: 'no_address' } };
  return { fresh: { ...message, recipient, host_data: viewOf(facts) } };
}

const waiting = (message: ClaimedMessage, reason: 'host' | 'host-record', code: string): Settlement => ({
  message,
  outcome: { kind: 'waits', reason, code },
});

const refreshedOf = ({ id, attempts: attempt, recipient, host_data: hostData }: ClaimedMessage): Refreshed => ({
  id,
  attempt,
  recipient,
  hostData: hostData ?? {},
});
