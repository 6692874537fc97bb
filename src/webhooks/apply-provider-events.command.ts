/** Applies the inbox to the ledger. The order does not matter: transitions are commutative. */
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import {
  RecordAddressReports,
  RecordProviderOptOuts,
  type AddressReport,
  type ProviderOptOut,
} from '../consent/index.js';
import { MESSAGES } from '../ledger/index.js';
import { Database } from '../kernel/index.js';
import { descriptorOf } from '../providers/index.js';
import { isErased } from '../tenants/index.js';
import { MessageReports } from './message-reports.js';
import { UnnamedEvents } from './unnamed-events.js';
import type { WaitingEvent } from './waiting-event.js';
import { WebhookMetrics } from './webhook-metrics.js';

const BATCH = 500;

export class ApplyProviderEvents extends Command<void> {}

@CommandHandler(ApplyProviderEvents)
export class ApplyProviderEventsHandler implements ICommandHandler<ApplyProviderEvents> {
  constructor(
    private readonly database: Database,
    private readonly commands: CommandBus,
    private readonly unnamed: UnnamedEvents,
    private readonly reports: MessageReports,
    private readonly metrics: WebhookMetrics,
  ) {}

  /** Runs until no event is pending. Safe to run concurrently: each run locks rows that no other has. */
  async execute(): Promise<void> {
    let applied: WaitingEvent[];
    do {
      const begun = performance.now();
      applied = await this.database.transaction(() => this.applyBatch());
      const seconds = (performance.now() - begun) / 1_000;
      for (const event of applied) this.metrics.applied(event, event.waited + seconds);
    } while (applied.length === BATCH);
  }

  private async applyBatch(): Promise<WaitingEvent[]> {
    const waiting = await this.take();
    const found = await this.unnamed.find(waiting.filter(({ event }) => event.lookup));
    const byId = new Map(found.map((event) => [event.id, event]));
    const taken = waiting.map((event) => byId.get(event.id) ?? event);
    const known = taken.filter((one) => one.message_id !== null && isOfRecipient(one));
    await this.reports.record(known);
    const addressed = known.filter(({ recipient }) => !isErased(recipient));
    const reports = addressed.flatMap(addressReportOf);
    if (reports.length > 0) await this.commands.execute(new RecordAddressReports(reports));
    const optOuts = addressed.flatMap(optOutOf);
    if (optOuts.length > 0) await this.commands.execute(new RecordProviderOptOuts(optOuts));
    return taken;
  }

  /** Marks a batch as applied and returns it with its messages; an event applies only to messages of its own account. */
  private take(): Promise<WaitingEvent[]> {
    return this.database.query<WaitingEvent>(
      `with batch as (
         select id from inbox where applied_at is null order by id limit ${BATCH} for update skip locked
       ), taken as (
         update inbox set applied_at = now() from batch where inbox.id = batch.id
         returning inbox.id, inbox.provider, inbox.event, inbox.account_ids, inbox.received_at, inbox.trace as webhook_trace, (inbox.event ->> 'messageId')::uuid as about
       )
       select taken.id, taken.provider, taken.event, taken.account_ids, taken.received_at, taken.webhook_trace,
         extract(epoch from now() - taken.received_at)::float8 as waited, message.id as message_id, message.tenant_id, message.venue_id, message.channel, message.recipient,
         message.sender_address, coalesce(message.sent_at, now()) as sent_at, message.provider_account_id,
         coalesce(message.sent_at, message.first_attempt_at) as left_at, message.trace
       from taken
       left join ${MESSAGES} as message
         on message.id = taken.about and message.provider_account_id = any(taken.account_ids)
       order by taken.id`,
    );
  }
}

/** What becomes of a copy is nothing that became of the message; whose address was erased cannot be told apart. */
const isOfRecipient = ({ event, recipient }: WaitingEvent): boolean =>
  event.about === undefined || isErased(recipient) || event.about.includes(recipient.toLowerCase());

/** What an event says of the address that its message went to. */
function addressReportOf(waiting: WaitingEvent): AddressReport[] {
  const { event, message_id: messageId, tenant_id: tenantId, venue_id: venueId, channel, received_at } = waiting;
  const kind = event.suppress?.reason ?? (isSoftBounce(waiting) ? 'soft_bounce' : undefined);
  if (kind === undefined || messageId === null) return [];
  return [
    {
      kind,
      messageId,
      tenantId,
      venueId,
      channel,
      address: waiting.recipient,
      sender: waiting.sender_address,
      code: event.kind === 'status' ? event.code : event.type,
      event: event.dedupeKey,
      sentAt: new Date(waiting.sent_at),
      isDead: kind === 'invalid_address' || event.suppress?.noMailbox,
      accountId: waiting.provider_account_id,
      occurredAt: new Date(event.occurredAt ?? received_at),
    },
  ];
}

const isSoftBounce = ({ provider, event }: WaitingEvent): boolean =>
  event.kind === 'status' &&
  (event.status === 'undelivered' || event.status === 'failed') &&
  event.code !== undefined &&
  (descriptorOf(provider).softBounces?.test(event.code) ?? false);

/** A STOP that the provider reports after it accepted the message, as a Messaging Service does; or its own unsubscribe link. */
function optOutOf({
  event,
  tenant_id: tenantId,
  venue_id: venueId,
  channel,
  sender_address: sender,
  recipient: address,
  message_id: messageId,
}: WaitingEvent): ProviderOptOut[] {
  if (!event.optedOut || messageId === null) return [];
  const code = event.kind === 'status' ? event.code : event.type;
  return [{ tenantId, venueId, channel, sender, address, messageId, code }];
}
