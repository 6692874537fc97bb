/** Routes of the platform's list of dead addresses; for the admin key, as no tenant may learn whom others write to. */
import { Controller, Delete, Get, HttpCode, Param, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AdminOnly, ApiPage, ApiProblems, Audited, InvalidCursor, type Page } from '../../kernel/index.js';
import { ADDRESS_PROBLEMS } from '../../tenants/index.js';
import { SuppressionNotFound } from '../consent.errors.js';
import { DeadAddressesQuery, DeadAddressPath, DeadAddressView } from './dead-addresses.dto.js';
import { ListDeadAddresses } from './list-dead-addresses.query.js';
import { RemoveDeadAddress } from './remove-dead-address.command.js';

@AdminOnly('operations')
@ApiTags('Consent')
@Controller('api/dead-addresses')
export class DeadAddressesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Addresses at which nobody can be reached, whoever writes, by channel and address' })
  @ApiPage(DeadAddressView)
  @ApiProblems(...ADDRESS_PROBLEMS, new InvalidCursor())
  listDeadAddresses(@Query() query: DeadAddressesQuery): Promise<Page<DeadAddressView>> {
    return this.queries.execute(new ListDeadAddresses(query));
  }

  @Delete(':channel/:address')
  @HttpCode(204)
  @Audited({ action: 'dead_address.remove', details: ['channel'] })
  @ApiOperation({
    summary: 'Let an address be written to again by all tenants',
    description: 'Suppressions of single tenants stay. It comes back when it is reported again.',
  })
  @ApiNoContentResponse()
  @ApiProblems(new SuppressionNotFound(), ...ADDRESS_PROBLEMS)
  async removeDeadAddress(@Param() { channel, address }: DeadAddressPath): Promise<void> {
    await this.commands.execute(new RemoveDeadAddress(channel, address));
  }
}
