/** Grants a tenant a credit, which lessens its next statement. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AmountsLock } from '../amounts/amounts-lock.js';
import { readAmount } from '../prices/money.js';
import { CreditNotes } from './credit-notes.js';
import { creditView, type CreditBody, type CreditView } from './credits.dto.js';
import { UnclearAmount } from './credits.errors.js';

export class GrantCredit extends Command<CreditView> {
  /** `createdBy` as in the audit log. */
  constructor(
    readonly tenantId: string,
    readonly body: CreditBody,
    readonly createdBy: string,
  ) {
    super();
  }
}

@CommandHandler(GrantCredit)
export class GrantCreditHandler implements ICommandHandler<GrantCredit> {
  constructor(
    private readonly lock: AmountsLock,
    private readonly notes: CreditNotes,
  ) {}

  /** Raises UnclearAmount. */
  async execute({ tenantId, body: { amount, currency, reason }, createdBy }: GrantCredit): Promise<CreditView> {
    const micros = readAmount(amount);
    if (typeof micros === 'string' || micros === 0n) throw new UnclearAmount();
    return this.lock.holding(async () =>
      creditView(await this.notes.write({ tenantId, micros, currency, reason, createdBy })),
    );
  }
}
