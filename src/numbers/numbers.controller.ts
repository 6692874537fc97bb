/** Number routes: find, order, follow, verify, release. */
import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiAcceptedResponse, ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  actorOf,
  ApiPage,
  ApiProblems,
  Audited,
  Caller,
  IdParam,
  InvalidCursor,
  TenantId,
  type Page,
  type Principal,
} from '../kernel/index.js';
import { ADDRESS_PROBLEMS, ProviderNotConfigured, Scope, VenueNotFound, VenueRequired } from '../tenants/index.js';
import { NUMBER } from './numbers.audit.js';
import {
  AvailableNumbersQuery,
  AvailableNumbersView,
  NumbersQuery,
  NumberView,
  OrderNumberBody,
  ReleaseNumberBody,
  VerifiedNumberView,
} from './numbers.dto.js';
import {
  NumberInState,
  NumberLimitReached,
  NumberNotFound,
  NumbersNotRented,
  NumbersUnanswered,
  NumberTaken,
  SearchRefused,
  VenueHasNumber,
} from './numbers.errors.js';
import { ORDER_EXAMPLES } from './numbers.examples.js';
import { OrderNumber } from './order-number.command.js';
import { GetNumber, ListNumbers, SearchNumbers } from './read-numbers.query.js';
import { ReleaseNumber } from './release-number.command.js';
import { VerifyNumber } from './verify-number.command.js';

const NOT_RENTED = [new NumbersNotRented(), new ProviderNotConfigured('twilio')];

@ApiTags('Numbers')
@Controller('api/numbers')
export class NumbersController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get('available')
  @Scope('senders:read')
  @ApiOperation({
    summary: 'Numbers that can be rented',
    description: 'Asked of the provider now. Those that need a registered address are left out.',
  })
  @ApiOkResponse({ type: AvailableNumbersView })
  @ApiProblems(...NOT_RENTED, new SearchRefused('21205'), new NumbersUnanswered())
  searchNumbers(@TenantId() tenantId: string, @Query() search: AvailableNumbersQuery): Promise<AvailableNumbersView> {
    return this.queries.execute(new SearchNumbers(tenantId, search));
  }

  @Post()
  @HttpCode(202)
  @Scope('senders:write')
  @Audited({ action: 'number.order', object: NUMBER })
  @ApiOperation({
    summary: 'Rent a number for a venue, or take over one that the account has',
    description:
      'Answered before the provider is asked: follow it with GET /api/numbers/{id} until it is `active` or `failed`. Nothing is rented twice; what cannot be used is given back.',
  })
  @ApiBody({ type: OrderNumberBody, examples: ORDER_EXAMPLES })
  @ApiAcceptedResponse({ type: NumberView })
  @ApiProblems(
    ...NOT_RENTED,
    ...ADDRESS_PROBLEMS,
    new VenueNotFound(),
    new VenueRequired(),
    new VenueHasNumber(),
    new NumberTaken(),
    new NumberLimitReached(10),
  )
  orderNumber(
    @TenantId() tenantId: string,
    @Caller() caller: Principal,
    @Body() body: OrderNumberBody,
  ): Promise<NumberView> {
    return this.commands.execute(new OrderNumber(tenantId, actorOf(caller), body));
  }

  @Get()
  @Scope('senders:read')
  @ApiOperation({
    summary: 'Numbers and whose they were, newest first',
    description: 'Each is one tenancy of one number: from `assignedAt` to `releasedAt` it was the venue’s.',
  })
  @ApiPage(NumberView)
  @ApiProblems(new InvalidCursor())
  listNumbers(@TenantId() tenantId: string, @Query() filter: NumbersQuery): Promise<Page<NumberView>> {
    return this.queries.execute(new ListNumbers(tenantId, filter));
  }

  @Get(':id')
  @Scope('senders:read')
  @ApiOperation({ summary: 'One number' })
  @ApiOkResponse({ type: NumberView })
  @ApiProblems(new NumberNotFound())
  getNumber(@TenantId() tenantId: string, @IdParam() id: string): Promise<NumberView> {
    return this.queries.execute(new GetNumber(tenantId, id));
  }

  @Post(':id/verify')
  @HttpCode(200)
  @Scope('senders:write')
  @ApiOperation({
    summary: 'See whether the account has it, and that it posts to us',
    description: 'A webhook that points elsewhere is set to ours. Done once a day by itself.',
  })
  @ApiOkResponse({ type: VerifiedNumberView })
  @ApiProblems(new NumberNotFound(), new NumberInState('ordered'), new SearchRefused('20003'), new NumbersUnanswered())
  verifyNumber(@TenantId() tenantId: string, @IdParam() id: string): Promise<VerifiedNumberView> {
    return this.commands.execute(new VerifyNumber(tenantId, id));
  }

  @Post(':id/release')
  @HttpCode(200)
  @Scope('senders:write')
  @Audited({ action: 'number.release', object: NUMBER, param: 'id' })
  @ApiOperation({
    summary: 'Take a number from its venue',
    description:
      'Nothing is sent from it any more. A rented number is kept for `quarantineDays` and then given back; an order is called off.',
  })
  @ApiOkResponse({ type: NumberView })
  @ApiProblems(new NumberNotFound(), new NumberInState('released'))
  releaseNumber(
    @TenantId() tenantId: string,
    @IdParam() id: string,
    @Body() { quarantineDays }: ReleaseNumberBody,
  ): Promise<NumberView> {
    return this.commands.execute(new ReleaseNumber(tenantId, id, quarantineDays));
  }
}
