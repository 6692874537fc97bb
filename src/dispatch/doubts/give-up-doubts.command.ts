/** Gives up messages that stay in doubt, for tenants who choose so. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Doubts, Transitions } from '../../ledger/index.js';

const BATCH = 500;

export class GiveUpDoubts extends Command<void> {}

@CommandHandler(GiveUpDoubts)
export class GiveUpDoubtsHandler implements ICommandHandler<GiveUpDoubts> {
  constructor(
    private readonly doubts: Doubts,
    private readonly transitions: Transitions,
  ) {}

  /** As `failed`, with a reason that says that the outcome is unknown. No fallback follows, and late reports still count. */
  async execute(): Promise<void> {
    let ids: string[];
    do {
      ids = await this.doubts.abandoned(BATCH);
      await this.transitions.apply(
        ids.map((messageId) => ({ messageId, status: 'failed', reason: 'never_known' })),
        'reconciler',
      );
    } while (ids.length === BATCH);
  }
}
