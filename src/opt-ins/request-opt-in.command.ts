/** Asks a person whether they want to be written to: one message, and only their confirmation opts them in. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { v7 as uuidv7 } from 'uuid';
import { ConsentGate, ConsentSubjects, type ConsentSubject } from '../consent/index.js';
import { Database } from '../kernel/index.js';
import { OptInQuestions } from './opt-in-questions.js';
import { OptInRequests, type Asked } from './opt-in-requests.js';
import { optInRequestView } from './opt-in.view.js';
import type { OptInRequestView, RequestOptInBody } from './opt-ins.dto.js';
import { AlreadyOptedIn, AskedLately, OptInNotAskable } from './opt-ins.errors.js';

/** Somebody whose message does not come tries again: not before this. */
const PAUSE_SECONDS = 300;
const MOST_A_DAY = 3;
const HOURS = 72;

export class RequestOptIn extends Command<OptInRequestView> {
  constructor(
    readonly tenantId: string,
    readonly body: RequestOptInBody,
    readonly actor: string,
  ) {
    super();
  }
}

@CommandHandler(RequestOptIn)
export class RequestOptInHandler implements ICommandHandler<RequestOptIn> {
  constructor(
    private readonly database: Database,
    private readonly subjects: ConsentSubjects,
    private readonly gate: ConsentGate,
    private readonly requests: OptInRequests,
    private readonly questions: OptInQuestions,
  ) {}

  /**
   * Raises VenueNotFound, InvalidAddress, AlreadyOptedIn, OptInNotAskable, AskedLately, ConfirmLinkMissing, OptInTemplateRequired, and what
   * `AcceptMessages` refuses.
   */
  async execute({ tenantId, body, actor }: RequestOptIn): Promise<OptInRequestView> {
    const { source, evidence, expiresInHours = HOURS } = body;
    const subject = await this.subjects.find(tenantId, body.venueId, body.address, body.channel);
    return this.database.transaction(async () => {
      const id = uuidv7();
      await this.requireAskable(subject, id);
      refuseTooOften(await this.requests.lock(subject));
      const messageId = await this.questions.ask(subject, id, body, expiresInHours);
      const row = await this.requests.add({
        ...subject,
        id,
        source,
        evidence,
        messageId,
        expiresInHours,
        requestedBy: actor,
      });
      return optInRequestView(row);
    });
  }

  /** As the gate judges, who is asked again before the message is sent. Raises AlreadyOptedIn and OptInNotAskable. */
  private async requireAskable({ address, ...subject }: ConsentSubject, messageId: string): Promise<void> {
    const about = { ...subject, messageId, recipient: address, senderAddress: '', expiresAt: null, isTest: false };
    const [news, question] = await this.gate.check([
      { ...about, category: 'marketing' },
      { ...about, category: 'transactional' },
    ]);
    if (news && (news.pass || 'waits' in news)) throw new AlreadyOptedIn();
    if (question && 'reason' in question && FORBIDDEN.includes(question.status))
      throw new OptInNotAskable(question.reason);
  }
}

const FORBIDDEN: readonly string[] = ['blocked_opted_out', 'suppressed'];

/** Raises AskedLately. */
function refuseTooOften({ today, secondsAgo, secondsLeft }: Asked): void {
  if (today >= MOST_A_DAY) throw new AskedLately(Math.ceil(secondsLeft ?? 0));
  if (secondsAgo !== null && secondsAgo < PAUSE_SECONDS) throw new AskedLately(Math.ceil(PAUSE_SECONDS - secondsAgo));
}
