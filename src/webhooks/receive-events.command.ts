/** Puts proven provider events into the inbox, each once. What a person asked for by keyword takes effect before the answer. */
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApplyKeyword } from '../consent/index.js';
import { Conversations, InFlight } from '../dispatch/index.js';
import { Database, storable } from '../kernel/index.js';
import type { ProviderEvent } from '../providers/index.js';
import type { ProviderName } from '../tenants/index.js';
import { InboxQueue } from './inbox.queue.js';
import type { ProvenEvents } from './provider-webhooks.js';
import { StillInFlight } from './webhooks.errors.js';

type Inbound = Extract<ProviderEvent, { kind: 'inbound' }>;

/** Longer than any call of a claim may take (12 s, see LaneLease), and less than Twilio waits for an answer (15 s). */
const IN_FLIGHT_MS = 13_500;

export class ReceiveEvents extends Command<void> {
  constructor(
    readonly provider: ProviderName,
    readonly proven: ProvenEvents,
  ) {
    super();
  }
}

@CommandHandler(ReceiveEvents)
export class ReceiveEventsHandler implements ICommandHandler<ReceiveEvents> {
  constructor(
    private readonly database: Database,
    private readonly commands: CommandBus,
    private readonly conversations: Conversations,
    private readonly inFlight: InFlight,
    private readonly inbox: InboxQueue,
  ) {}

  async execute({ provider, proven: { events, accountIds } }: ReceiveEvents): Promise<void> {
    const proven = { accountIds, events: storable(events) }; // what a person wrote is not lost for a character that nobody keeps
    const inbound = proven.events.filter((event): event is Inbound => event.kind === 'inbound');
    if (inbound.length === 0) await this.store(provider, proven);
    else await this.database.transaction(() => this.storeAndHear(provider, proven, inbound));
    if (proven.events.some((event) => event.kind === 'status' || event.kind === 'engagement')) this.inbox.wake();
    for (const event of inbound.filter(({ keyword }) => keyword === 'stop')) await this.letThrough(event);
  }

  /** A STOP is answered only when nothing to the person is on its way any more. Raises StillInFlight: Twilio asks again. */
  private async letThrough({ channel, from }: Inbound): Promise<void> {
    const channels = channel === 'whatsapp' ? ['whatsapp'] : ['sms', 'mms'];
    if (!(await this.inFlight.settled(channels, from, IN_FLIGHT_MS))) throw new StillInFlight();
  }

  private async storeAndHear(provider: ProviderName, proven: ProvenEvents, inbound: readonly Inbound[]): Promise<void> {
    const fresh = await this.store(provider, proven);
    for (const event of inbound) {
      if (!fresh.has(dedupeKeyOf(proven, event))) continue;
      const { channel, from, to, keyword, providerMessageId } = event;
      await this.conversations.heardFrom(channel, to, from);
      if (keyword !== undefined && keyword !== 'help') {
        await this.commands.execute(
          new ApplyKeyword({ channel, number: to, from, keyword, providerMessageId, accountIds: proven.accountIds }),
        );
      }
    }
  }

  /** The dedupe keys that were new. Only what still has to be applied to a message waits; the rest is kept as received. */
  private async store(provider: ProviderName, proven: ProvenEvents): Promise<Set<string>> {
    if (proven.events.length === 0) return new Set();
    const rows = proven.events.map((event) => ({
      dedupe_key: dedupeKeyOf(proven, event),
      event,
      waits: event.kind === 'status' || (event.kind === 'engagement' && event.suppress !== undefined),
    }));
    const stored = await this.database.query<{ dedupe_key: string }>(
      `insert into inbox (provider, dedupe_key, account_ids, event, applied_at)
       select $1, dedupe_key, $3, event, case when waits then null else now() end
       from jsonb_to_recordset($2::jsonb) as event (dedupe_key text, event jsonb, waits boolean)
       on conflict on constraint inbox_event_unique do nothing
       returning dedupe_key`,
      [provider, JSON.stringify(rows), proven.accountIds],
    );
    return new Set(stored.map(({ dedupe_key: key }) => key));
  }
}

/** Within the account: nobody can take the place of another account's event. */
const dedupeKeyOf = ({ accountIds }: ProvenEvents, { dedupeKey }: ProviderEvent): string =>
  `${accountIds[0] ?? ''}/${dedupeKey}`;
