/** Forwards what people write to the staff of their venues, by email. */
import { Logger } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AcceptMessages } from '../../dispatch/index.js';
import { Database, DomainError, errorLine } from '../../kernel/index.js';
import { SenderDirectory } from '../../tenants/index.js';
import { forwardLetter, type ForwardLetter } from './forward-letter.js';
import { ForwardStore, type ForwardingVenue } from './forward-store.js';

/** After a failure, such as no sender of email. */
const PAUSE_MS = 5 * 60_000;

/** Nothing is taken, and the turn is left as it was. */
class NothingReady extends Error {}

export class SendForwards extends Command<void> {}

@CommandHandler(SendForwards)
export class SendForwardsHandler implements ICommandHandler<SendForwards> {
  private readonly logger = new Logger(SendForwardsHandler.name);

  constructor(
    private readonly database: Database,
    private readonly forwards: ForwardStore,
    private readonly senders: SenderDirectory,
    private readonly commands: CommandBus,
  ) {}

  /** Safe to run concurrently: what waits is taken by the transaction that accepts its emails. */
  async execute(): Promise<void> {
    for (const venueId of await this.forwards.due()) await this.forward(venueId);
  }

  /** A venue that fails holds up no other. */
  private async forward(venueId: string): Promise<void> {
    try {
      await this.database.transaction(() => this.accept(venueId));
    } catch (error) {
      if (error instanceof NothingReady) return;
      this.logger.warn(`What people wrote to venue ${venueId} waits to be forwarded: ${lineOf(error)}`);
      await this.forwards.putOff(venueId, PAUSE_MS);
    }
  }

  private async accept(venueId: string): Promise<void> {
    if (!(await this.forwards.takeTurn(venueId))) return;
    const venue = await this.forwards.venue(venueId);
    if (!venue) return this.forwards.forget(venueId);
    const said = await this.forwards.take(venueId);
    if (said.length === 0) throw new NothingReady();
    const { timezone } = await this.senders.tenant(venue.tenantId);
    await this.send(venue, forwardLetter(venue, said, timezone));
  }

  /** An address that is refused keeps the others from nothing. Raises why, if all are. */
  private async send({ tenantId, venueId, to }: ForwardingVenue, letter: ForwardLetter): Promise<void> {
    const { subject, text, attachments } = letter;
    const messages = to.emails.map((email) => ({
      channel: 'email',
      to: email,
      venueId,
      category: 'transactional',
      messageType: 'forwarded_message',
      content: { subject, text },
      ...(attachments.length > 0 && { attachments }),
    }));
    const accepted = await this.commands.execute(new AcceptMessages(tenantId, messages));
    const refused = accepted.filter((each) => each instanceof DomainError);
    const [first] = refused;
    if (first && refused.length === accepted.length) throw first;
    for (const { code } of refused) this.logger.warn(`One of the staff of venue ${venueId} gets nothing: ${code}`);
  }
}

const lineOf = (error: unknown): string => (error instanceof DomainError ? error.code : errorLine(error));
