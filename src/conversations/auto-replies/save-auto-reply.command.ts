/** Makes, changes and removes automatic replies. */
import { Injectable } from '@nestjs/common';
import { Command, CommandHandler, QueryBus, type ICommandHandler } from '@nestjs/cqrs';
import { CheckMessages } from '../../dispatch/index.js';
import { Database, DomainError, InvalidRequest } from '../../kernel/index.js';
import { SenderDirectory } from '../../tenants/index.js';
import { autoReplyView, type AutoReplyChanges, type AutoReplyView, type NewAutoReplyBody } from './auto-replies.dto.js';
import { AutoReplyNotFound } from './auto-replies.errors.js';
import { AutoReplyStore, type AutoReplyRow } from './auto-reply-store.js';

/** Somebody who might write: what they would be sent is checked with it. */
const ANYBODY = '+14155550100';

export class CreateAutoReply extends Command<AutoReplyView> {
  constructor(
    readonly tenantId: string,
    readonly body: NewAutoReplyBody,
  ) {
    super();
  }
}

export class UpdateAutoReply extends Command<AutoReplyView> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
    readonly changes: AutoReplyChanges,
  ) {
    super();
  }
}

export class DeleteAutoReply extends Command<void> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
  ) {
    super();
  }
}

/** What every change of automatic replies has in common. */
@Injectable()
export class AutoReplyRows {
  constructor(
    private readonly replies: AutoReplyStore,
    private readonly queries: QueryBus,
  ) {}

  /** Raises AutoReplyNotFound. */
  async found(tenantId: string, id: string): Promise<AutoReplyRow> {
    const row = await this.replies.find(tenantId, id);
    if (!row) throw new AutoReplyNotFound();
    return row;
  }

  /** Raises what accepting it as a message would be refused for. */
  async check({ tenantId, venueId, channel, text, template }: Omit<AutoReplyRow, 'id' | 'createdAt'>): Promise<void> {
    const said = template ? { template } : { content: { body: text } };
    const message = { channel, to: ANYBODY, venueId, category: 'transactional', ...said };
    const [checked] = await this.queries.execute(new CheckMessages(tenantId, [message]));
    if (checked instanceof DomainError) throw checked;
  }
}

@CommandHandler(CreateAutoReply)
export class CreateAutoReplyHandler implements ICommandHandler<CreateAutoReply> {
  constructor(
    private readonly senders: SenderDirectory,
    private readonly replies: AutoReplyStore,
    private readonly rows: AutoReplyRows,
  ) {}

  /** Raises VenueNotFound, VenueRequired, InvalidRequest, AutoReplyExists, and what `CheckMessages` refuses. */
  async execute({ tenantId, body }: CreateAutoReply): Promise<AutoReplyView> {
    const { channel, text = null, template = null, openingHours = null, timezone = null, everyHours, enabled } = body;
    requireOne(text, template);
    const venueId = await this.senders.venueOf(tenantId, body.venueId);
    const terms = { text, template, openingHours: hoursOf(openingHours), timezone, everyHours, enabled };
    const row = { tenantId, venueId, channel, ...terms };
    await this.rows.check(row);
    return autoReplyView(await this.rows.found(tenantId, await this.replies.insert(row)));
  }
}

@CommandHandler(UpdateAutoReply)
export class UpdateAutoReplyHandler implements ICommandHandler<UpdateAutoReply> {
  constructor(
    private readonly database: Database,
    private readonly replies: AutoReplyStore,
    private readonly rows: AutoReplyRows,
  ) {}

  /** What is left out stays. Raises AutoReplyNotFound, InvalidRequest, and what `CheckMessages` refuses. */
  execute({ tenantId, id, changes }: UpdateAutoReply): Promise<AutoReplyView> {
    return this.database.transaction(async () => {
      const known = await this.rows.found(tenantId, id);
      const row = changed(known, changes);
      await this.rows.check(row);
      await this.replies.update(row);
      return autoReplyView(await this.rows.found(tenantId, id));
    });
  }
}

@CommandHandler(DeleteAutoReply)
export class DeleteAutoReplyHandler implements ICommandHandler<DeleteAutoReply> {
  constructor(private readonly replies: AutoReplyStore) {}

  /** Raises AutoReplyNotFound. */
  async execute({ tenantId, id }: DeleteAutoReply): Promise<void> {
    if (!(await this.replies.remove(tenantId, id))) throw new AutoReplyNotFound();
  }
}

/** A text takes the place of a template, and the other way round. */
function changed(known: AutoReplyRow, changes: AutoReplyChanges): AutoReplyRow {
  const { text, template, openingHours, timezone, everyHours, enabled } = changes;
  if (text !== undefined || template !== undefined) requireOne(text ?? null, template ?? null);
  return {
    ...known,
    ...(text !== undefined && { text, template: null }),
    ...(template !== undefined && { text: null, template }),
    ...(openingHours !== undefined && { openingHours: hoursOf(openingHours) }),
    ...(timezone !== undefined && { timezone }),
    ...(everyHours !== undefined && { everyHours }),
    ...(enabled !== undefined && { enabled }),
  };
}

const hoursOf = (hours: AutoReplyChanges['openingHours'] = null): AutoReplyRow['openingHours'] =>
  hours === null || hours.length === 0 ? null : hours;

function requireOne(text: string | null, template: object | null): void {
  if ((text === null) === (template === null))
    throw new InvalidRequest([{ path: 'text', message: 'give either text or a template' }]);
}
