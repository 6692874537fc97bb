/** Takes an address off the platform's list: it works again. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { normaliseAddress, type Channel } from '../../tenants/index.js';
import { SuppressionNotFound } from '../consent.errors.js';
import { DeadAddresses } from './dead-addresses.js';

export class RemoveDeadAddress extends Command<void> {
  constructor(
    readonly channel: Channel,
    readonly address: string,
  ) {
    super();
  }
}

@CommandHandler(RemoveDeadAddress)
export class RemoveDeadAddressHandler implements ICommandHandler<RemoveDeadAddress> {
  constructor(private readonly dead: DeadAddresses) {}

  /** Tenants' own suppressions stay. Raises InvalidAddress and SuppressionNotFound. */
  async execute({ channel, address }: RemoveDeadAddress): Promise<void> {
    if (!(await this.dead.remove(channel, normaliseAddress(channel, address)))) throw new SuppressionNotFound();
  }
}
