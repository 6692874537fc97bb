/** Ends messages that stay in doubt, for tenants who want an end rather than a question. */
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

  /** As `failed`, for a reason that says what is known: nothing. No fallback follows, and late news still counts. */
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
