/** A person confirms that they want to be written to: the only thing that opts them in. */
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ConsentLog } from '../consent/index.js';
import { Database, instant, iso } from '../kernel/index.js';
import {
  OptInRequests,
  type Answered,
  type ConfirmedBy,
  type OptInRequestRow,
  type OptInStatus,
} from './opt-in-requests.js';
import { isYes } from './opt-in-words.js';

/** What proves the confirmation, beside the request and its message. */
export interface Confirmation {
  readonly by: ConfirmedBy;
  /** What the caller of the page says it is. */
  readonly userAgent?: string | undefined;
}

/** Answers how the request is from then on; undefined if there is none. */
export class ConfirmOptIn extends Command<OptInStatus | undefined> {
  constructor(
    readonly requestId: string,
    readonly confirmation: Confirmation,
  ) {
    super();
  }
}

/** Somebody wrote to one of our numbers: a reply such as YES confirms what they were asked from there. */
export class ConfirmByReply extends Command<void> {
  constructor(
    readonly answered: Answered,
    readonly text: string,
  ) {
    super();
  }
}

@CommandHandler(ConfirmOptIn)
export class ConfirmOptInHandler implements ICommandHandler<ConfirmOptIn> {
  constructor(
    private readonly database: Database,
    private readonly requests: OptInRequests,
    private readonly log: ConsentLog,
  ) {}

  /** Confirmed again, nothing changes. What the person was sent before they opted out confirms nothing any more. */
  execute({ requestId, confirmation }: ConfirmOptIn): Promise<OptInStatus | undefined> {
    return this.database.transaction(async () => {
      const request = await this.requests.locked(requestId);
      if (request?.status !== 'pending') return request?.status;
      if (await this.log.optedOutSince(request, instant(request.createdAt))) {
        await this.requests.withdraw(requestId);
        return 'withdrawn';
      }
      await this.requests.confirm(requestId, confirmation.by);
      const { tenantId, venueId, channel, address, source } = request;
      const subject = { tenantId, venueId, channel, address };
      const evidence = proofOf(request, confirmation);
      await this.log.record([{ ...subject, status: 'opted_in', source, actor: 'recipient', evidence }]);
      return 'confirmed';
    });
  }
}

@CommandHandler(ConfirmByReply)
export class ConfirmByReplyHandler implements ICommandHandler<ConfirmByReply> {
  constructor(
    private readonly commands: CommandBus,
    private readonly requests: OptInRequests,
  ) {}

  async execute({ answered, text }: ConfirmByReply): Promise<void> {
    if (!isYes(text)) return;
    const requestId = await this.requests.answeredBy(answered);
    if (requestId !== undefined) await this.commands.execute(new ConfirmOptIn(requestId, { by: 'reply' }));
  }
}

const proofOf = (
  { id, messageId, createdAt, evidence }: OptInRequestRow,
  { by, userAgent }: Confirmation,
): Readonly<Record<string, unknown>> => ({
  optInRequestId: id,
  messageId,
  requestedAt: iso(createdAt),
  confirmedBy: by,
  ...(userAgent !== undefined && { userAgent }),
  ...(evidence && { request: evidence }),
});
