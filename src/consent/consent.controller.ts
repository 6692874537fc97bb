/** Consent routes: who may be contacted, and the log that proves it. */
import { Body, Controller, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import {
  ApiPage,
  ApiProblems,
  Caller,
  InvalidCursor,
  TenantId,
  actorOf,
  type Page,
  type Principal,
} from '../kernel/index.js';
import { ADDRESS_PROBLEMS, ApiVenueParam, Scope, VenueNotFound } from '../tenants/index.js';
import {
  ConsentEventView,
  ConsentLogQuery,
  ConsentQuery,
  ConsentView,
  ImportConsentBody,
  ImportView,
  SetConsentBody,
} from './consent.dto.js';
import { GetConsent } from './get-consent.query.js';
import { ImportConsent } from './import-consent.command.js';
import { ListConsentLog } from './list-consent-log.query.js';
import { SetConsent } from './set-consent.command.js';

const UNKNOWN = [new VenueNotFound(), ...ADDRESS_PROBLEMS];

const ADDRESS = {
  name: 'address',
  example: '+4915112345678',
  description: 'A phone number or an email address, URL-encoded',
};

@ApiTags('Consent')
@Controller('api/consent')
export class ConsentController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get(':venueId/:address')
  @Scope('consent:read')
  @ApiOperation({ summary: 'Whether a venue may contact an address, now or at an earlier instant' })
  @ApiVenueParam()
  @ApiParam(ADDRESS)
  @ApiOkResponse({ type: ConsentView })
  @ApiProblems(...UNKNOWN)
  getConsent(
    @TenantId() tenantId: string,
    @Param('venueId') venueId: string,
    @Param('address') address: string,
    @Query() query: ConsentQuery,
  ): Promise<ConsentView> {
    return this.queries.execute(new GetConsent(tenantId, venueId, address, query));
  }

  @Put(':venueId/:address')
  @Scope('consent:write')
  @ApiOperation({
    summary: 'Record what a person decided',
    description:
      'Answers the state that follows. The newest decision counts: one that is older than the present state enters the log alone.',
  })
  @ApiVenueParam()
  @ApiParam(ADDRESS)
  @ApiOkResponse({ type: ConsentView })
  @ApiProblems(...UNKNOWN)
  setConsent(
    @TenantId() tenantId: string,
    @Caller() caller: Principal,
    @Param('venueId') venueId: string,
    @Param('address') address: string,
    @Body() body: SetConsentBody,
  ): Promise<ConsentView> {
    return this.commands.execute(new SetConsent(tenantId, venueId, address, body, actorOf(caller)));
  }

  @Get(':venueId/:address/log')
  @Scope('consent:read')
  @ApiOperation({ summary: 'Everything recorded of an address at a venue, newest first' })
  @ApiVenueParam()
  @ApiParam(ADDRESS)
  @ApiPage(ConsentEventView)
  @ApiProblems(...UNKNOWN, new InvalidCursor())
  listConsentLog(
    @TenantId() tenantId: string,
    @Param('venueId') venueId: string,
    @Param('address') address: string,
    @Query() query: ConsentLogQuery,
  ): Promise<Page<ConsentEventView>> {
    return this.queries.execute(new ListConsentLog(tenantId, venueId, address, query));
  }

  @Post('import')
  @HttpCode(200)
  @Scope('consent:write')
  @ApiOperation({
    summary: 'Record what up to 1,000 people decided',
    description:
      'Contacts that cannot be read are answered in `errors`; the others are recorded. Give `occurredAt`, so that an old list overturns no newer opt-out.',
  })
  @ApiOkResponse({ type: ImportView })
  @ApiProblems(new VenueNotFound())
  importConsent(
    @TenantId() tenantId: string,
    @Caller() caller: Principal,
    @Body() body: ImportConsentBody,
  ): Promise<ImportView> {
    return this.commands.execute(new ImportConsent(tenantId, body, actorOf(caller)));
  }
}
