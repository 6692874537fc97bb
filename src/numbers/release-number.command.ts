/** Takes a number from its venue. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database } from '../kernel/index.js';
import { NumberAssignment } from './number-assignment.js';
import { numberView, type NumberView } from './numbers.dto.js';
import { NumberInState } from './numbers.errors.js';
import { PhoneNumbers } from './phone-numbers.js';

const DAY_MS = 86_400_000;

export class ReleaseNumber extends Command<NumberView> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
    readonly quarantineDays: number,
  ) {
    super();
  }
}

@CommandHandler(ReleaseNumber)
export class ReleaseNumberHandler implements ICommandHandler<ReleaseNumber> {
  constructor(
    private readonly database: Database,
    private readonly numbers: PhoneNumbers,
    private readonly assignment: NumberAssignment,
  ) {}

  /**
   * Its senders are released at once. A rented number is kept in quarantine and then given back; an order is called off. Raises
   * NumberNotFound and NumberInState.
   */
  execute({ tenantId, id, quarantineDays }: ReleaseNumber): Promise<NumberView> {
    return this.database.transaction(async () => {
      const number = await this.numbers.seize(tenantId, id);
      const now = new Date();
      if (number.status === 'ordered') return numberView(await this.numbers.leave(id, { status: 'returning' }, now));
      if (number.status !== 'active') throw new NumberInState(number.status);
      await this.assignment.release(number);
      const released_at = now.toISOString();
      if (!number.bought) return numberView(await this.numbers.leave(id, { status: 'released', released_at }, null));
      const until = new Date(now.getTime() + quarantineDays * DAY_MS);
      const quarantine_until = until.toISOString();
      return numberView(
        await this.numbers.leave(id, { status: 'quarantined', released_at, quarantine_until, attempts: 0 }, until),
      );
    });
  }
}
