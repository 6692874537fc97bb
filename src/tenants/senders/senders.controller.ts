/** Routes of senders. */
import { Body, Controller, Get, Patch, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiPage, ApiProblems, Audited, IdParam, TenantId, type Page } from '../../kernel/index.js';
import { Scope } from '../api-keys/scopes.js';
import { ADDRESS_PROBLEMS } from '../addresses/addresses.errors.js';
import { CreateSender, UpdateSender } from './senders.command.js';
import { CreateSenderBody, SendersQuery, SenderView, UpdateSenderBody } from './senders.dto.js';
import { GetSender, ListSenders } from './senders.query.js';
import {
  FallbackSenderUnfit,
  ProviderNotConfigured,
  SenderInactive,
  SenderNotFound,
  SenderReleased,
  SenderTaken,
  VenueNotFound,
} from '../tenants.errors.js';
import { SENDER } from '../tenants.audit.js';

@ApiTags('Venues and senders')
@Controller('api/senders')
export class SendersController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @Scope('senders:write')
  @Audited({ action: 'sender.create', object: SENDER })
  @ApiOperation({
    summary: 'Let a venue speak from an address or number',
    description:
      'It sends through the tenant’s own account at the provider where there is one, else through the platform’s. The venue’s first sender on a channel is its default; a later one changes nothing for messages that name no sender, unless it is made with `default`, or names the default as its fallback.',
  })
  @ApiCreatedResponse({ type: SenderView })
  @ApiProblems(
    ...ADDRESS_PROBLEMS,
    new VenueNotFound(),
    new SenderTaken(),
    new ProviderNotConfigured('twilio'),
    new FallbackSenderUnfit(),
  )
  createSender(@TenantId() tenantId: string, @Body() body: CreateSenderBody): Promise<SenderView> {
    return this.commands.execute(new CreateSender(tenantId, body));
  }

  @Get()
  @Scope('senders:read')
  @ApiOperation({ summary: 'Senders, oldest first' })
  @ApiPage(SenderView)
  listSenders(@TenantId() tenantId: string, @Query() query: SendersQuery): Promise<Page<SenderView>> {
    return this.queries.execute(new ListSenders(tenantId, query));
  }

  @Get(':id')
  @Scope('senders:read')
  @ApiOperation({ summary: 'One sender' })
  @ApiOkResponse({ type: SenderView })
  @ApiProblems(new SenderNotFound().at('id'))
  getSender(@TenantId() tenantId: string, @IdParam() id: string): Promise<SenderView> {
    return this.queries.execute(new GetSender(tenantId, id));
  }

  @Patch(':id')
  @Scope('senders:write')
  @Audited({ action: 'sender.update', object: SENDER, param: 'id' })
  @ApiOperation({
    summary: 'Silence, wake or release a sender, make it the default, or change its name, rate or fallback',
    description:
      'A silenced default stays the default: its fallback speaks meanwhile, else the venue’s oldest other one. A released one is succeeded in that order.',
  })
  @ApiOkResponse({ type: SenderView })
  @ApiProblems(
    new SenderNotFound().at('id'),
    new SenderReleased(),
    new SenderInactive(),
    new SenderTaken(),
    new FallbackSenderUnfit(),
  )
  updateSender(
    @TenantId() tenantId: string,
    @IdParam() id: string,
    @Body() body: UpdateSenderBody,
  ): Promise<SenderView> {
    return this.commands.execute(new UpdateSender(tenantId, id, body));
  }
}
