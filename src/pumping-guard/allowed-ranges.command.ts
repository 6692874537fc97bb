/** Ranges of numbers that a tenant allows for good, or no longer. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AllowedRanges } from '../consent/index.js';
import { actorOf, Database, type Principal } from '../kernel/index.js';
import { AlarmRegister } from './alarm-register.js';
import { Guards } from './guards.js';
import { rangeView, type AllowedRangeView, type AllowRangeBody } from './pumping-guard.dto.js';
import { AllowedRangeNotFound, TooManyAllowedRanges } from './pumping-guard.errors.js';

export class AllowRange extends Command<AllowedRangeView> {
  constructor(
    readonly caller: Principal,
    readonly tenantId: string,
    readonly body: AllowRangeBody,
  ) {
    super();
  }
}

export class RemoveAllowedRange extends Command<void> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
  ) {
    super();
  }
}

/** All are looked at where a number is in a range that is blocked. */
export const MOST_ALLOWED_RANGES = 100;

@CommandHandler(AllowRange)
export class AllowRangeHandler implements ICommandHandler<AllowRange> {
  constructor(
    private readonly database: Database,
    private readonly ranges: AllowedRanges,
    private readonly guards: Guards,
    private readonly register: AlarmRegister,
  ) {}

  /** Alarms within the range end with it; a wider one no longer stops its numbers. Raises TooManyAllowedRanges. */
  execute({ caller, tenantId, body: { prefix, note } }: AllowRange): Promise<AllowedRangeView> {
    return this.database.transaction(async () => {
      await this.guards.lock(tenantId);
      const others = (await this.ranges.of(tenantId)).filter((known) => known.prefix !== prefix);
      if (others.length >= MOST_ALLOWED_RANGES) throw new TooManyAllowedRanges(MOST_ALLOWED_RANGES);
      const range = await this.ranges.put(tenantId, prefix, note ?? null, actorOf(caller));
      await this.register.endWithin(tenantId, prefix, actorOf(caller));
      return rangeView(range);
    });
  }
}

@CommandHandler(RemoveAllowedRange)
export class RemoveAllowedRangeHandler implements ICommandHandler<RemoveAllowedRange> {
  constructor(private readonly ranges: AllowedRanges) {}

  /** Raises AllowedRangeNotFound. */
  async execute({ tenantId, id }: RemoveAllowedRange): Promise<void> {
    if (!(await this.ranges.remove(tenantId, id))) throw new AllowedRangeNotFound();
  }
}
