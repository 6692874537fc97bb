/** Lets marketing from a paused sender go on, by somebody's decision. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { SenderPauses } from '../consent/index.js';
import { actorOf, Database, type Principal } from '../kernel/index.js';
import { SenderResumption } from './sender-checks.js';
import { pauseView, type SenderPauseView } from './sender-health.dto.js';
import { SenderNotPaused, SenderPauseNotFound } from './sender-health.errors.js';

export class ResumeSender extends Command<SenderPauseView> {
  constructor(
    readonly caller: Principal,
    readonly tenantId: string,
    readonly id: string,
    readonly note: string | null,
  ) {
    super();
  }
}

@CommandHandler(ResumeSender)
export class ResumeSenderHandler implements ICommandHandler<ResumeSender> {
  constructor(
    private readonly database: Database,
    private readonly pauses: SenderPauses,
    private readonly resumption: SenderResumption,
  ) {}

  /** Counting begins anew. Raises SenderPauseNotFound and SenderNotPaused. */
  execute({ caller, tenantId, id, note }: ResumeSender): Promise<SenderPauseView> {
    return this.database.transaction(async () => {
      const [known] = await this.pauses.page({ tenantId, id }, 1);
      if (!known) throw new SenderPauseNotFound();
      const ended = await this.resumption.resume(id, actorOf(caller), note);
      if (!ended) throw new SenderNotPaused();
      return pauseView(ended);
    });
  }
}
