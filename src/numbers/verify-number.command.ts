/** Looks at numbers at their provider, and puts their webhooks right. */
import { Injectable, Logger } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { errorLine } from '../kernel/index.js';
import { askedNow, NumberDesks } from './number-desks.js';
import { numberView, type VerifiedNumberView } from './numbers.dto.js';
import { NumberInState } from './numbers.errors.js';
import type { NumberRow } from './number-row.js';
import { NumberReader } from './number-reader.js';
import { PhoneNumbers } from './phone-numbers.js';

const CHECKED_AT_ONCE = 50;

export class VerifyNumber extends Command<VerifiedNumberView> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
  ) {
    super();
  }
}

/** All that were not looked at for a day. */
export class VerifyNumbers extends Command<void> {}

/** One look at a number. */
@Injectable()
export class NumberCheck {
  private readonly logger = new Logger('Numbers');

  constructor(
    private readonly desks: NumberDesks,
    private readonly numbers: PhoneNumbers,
  ) {}

  /** Rejects with RequestFault. */
  async look(number: NumberRow): Promise<VerifiedNumberView> {
    const { id, provider, provider_account_id: accountId, address } = number;
    if (address === null) throw new Error('an active number has an address');
    const { desk, account } = await this.desks.at(provider, accountId);
    const owned = await desk.find(account, address);
    // In a pool, what people write goes to the pool's own address.
    const repaired = owned !== undefined && !owned.wired && number.pool === null;
    if (repaired) await desk.wire(account, owned.providerId);
    if (repaired) this.logger.warn({ msg: 'number posted elsewhere: repaired', numberId: id });
    if (!owned) this.logger.error({ msg: 'number missing at its provider', numberId: id });
    return { ...numberView(await this.numbers.checked(id, owned ? null : 'missing')), repaired };
  }
}

@CommandHandler(VerifyNumber)
export class VerifyNumberHandler implements ICommandHandler<VerifyNumber> {
  constructor(
    private readonly numbers: NumberReader,
    private readonly check: NumberCheck,
  ) {}

  /** Raises NumberNotFound, NumberInState, SearchRefused and NumbersUnanswered. */
  async execute({ tenantId, id }: VerifyNumber): Promise<VerifiedNumberView> {
    const number = await this.numbers.find(tenantId, id);
    if (number.status !== 'active') throw new NumberInState(number.status);
    return askedNow(this.check.look(number));
  }
}

@CommandHandler(VerifyNumbers)
export class VerifyNumbersHandler implements ICommandHandler<VerifyNumbers> {
  private readonly logger = new Logger('Numbers');

  constructor(
    private readonly numbers: PhoneNumbers,
    private readonly check: NumberCheck,
  ) {}

  async execute(): Promise<void> {
    for (const number of await this.numbers.takeUnchecked(CHECKED_AT_ONCE)) {
      try {
        await this.check.look(number);
      } catch (error) {
        this.logger.warn(`Number ${number.id} was not looked at: ${errorLine(error)}`);
      }
    }
  }
}
