/** Venue routes. */
import { Body, Controller, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiPage, ApiProblems, Audited, TenantId, type Page } from '../../kernel/index.js';
import { Scope } from '../api-keys/scopes.js';
import { ADDRESS_PROBLEMS } from '../addresses/addresses.errors.js';
import { ExternalIdTaken, VenueNotFound } from '../tenants.errors.js';
import { CreateVenue, UpdateVenue } from './venues.command.js';
import { ApiVenueParam } from './venue-ref.js';
import { CreateVenueBody, UpdateVenueBody, VenuesQuery, VenueView } from './venues.dto.js';
import { GetVenue, ListVenues } from './venues.query.js';
import { VENUE } from '../tenants.audit.js';

@ApiTags('Venues and senders')
@Controller('api/venues')
export class VenuesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @Scope('senders:write')
  @Audited({ action: 'venue.create', object: VENUE })
  @ApiOperation({ summary: 'Add a venue', description: 'Consent and senders are kept per venue.' })
  @ApiCreatedResponse({ type: VenueView })
  @ApiProblems(new ExternalIdTaken(), ...ADDRESS_PROBLEMS)
  createVenue(@TenantId() tenantId: string, @Body() body: CreateVenueBody): Promise<VenueView> {
    return this.commands.execute(new CreateVenue(tenantId, body));
  }

  @Get()
  @Scope('senders:read')
  @ApiOperation({ summary: 'All venues, oldest first' })
  @ApiPage(VenueView)
  listVenues(@TenantId() tenantId: string, @Query() query: VenuesQuery): Promise<Page<VenueView>> {
    return this.queries.execute(new ListVenues(tenantId, query));
  }

  @Get(':id')
  @Scope('senders:read')
  @ApiOperation({ summary: 'One venue' })
  @ApiVenueParam('id')
  @ApiOkResponse({ type: VenueView })
  @ApiProblems(new VenueNotFound().at('id'))
  getVenue(@TenantId() tenantId: string, @Param('id') id: string): Promise<VenueView> {
    return this.queries.execute(new GetVenue(tenantId, id));
  }

  @Patch(':id')
  @Scope('senders:write')
  @Audited({ action: 'venue.update', object: VENUE, param: 'id' })
  @ApiOperation({ summary: 'Change a venue’s name, externalId, unsubscribe mailbox or answers to keywords' })
  @ApiVenueParam('id')
  @ApiOkResponse({ type: VenueView })
  @ApiProblems(new VenueNotFound().at('id'), new ExternalIdTaken(), ...ADDRESS_PROBLEMS)
  updateVenue(
    @TenantId() tenantId: string,
    @Param('id') id: string,
    @Body() body: UpdateVenueBody,
  ): Promise<VenueView> {
    return this.commands.execute(new UpdateVenue(tenantId, id, body));
  }
}
