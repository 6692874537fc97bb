/** Routes of opt-in requests: ask a person, and see what they said. */
import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  ApiPage,
  ApiProblems,
  Caller,
  IdParam,
  InvalidCursor,
  TenantId,
  actorOf,
  type Page,
  type Principal,
} from '../kernel/index.js';
import { REFUSALS } from '../dispatch/index.js';
import { ADDRESS_PROBLEMS, Scope } from '../tenants/index.js';
import { ListOptInRequestsQuery, OptInRequestView, RequestOptInBody } from './opt-ins.dto.js';
import {
  AlreadyOptedIn,
  AskedLately,
  ConfirmLinkMissing,
  OptInNotAskable,
  OptInRequestNotFound,
  OptInTemplateRequired,
} from './opt-ins.errors.js';
import { GetOptInRequest, ListOptInRequests } from './read-opt-ins.query.js';
import { RequestOptIn } from './request-opt-in.command.js';

@ApiTags('Consent')
@Controller('api/opt-in-requests')
export class OptInsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @HttpCode(202)
  @Scope('consent:write')
  @ApiOperation({
    summary: 'Ask a person whether they want to be written to (double opt-in)',
    description:
      'One message is sent, as transactional. Only the person’s own confirmation, by its link or the reply, opts them in: whoever knows an address opts in nobody. A request takes the place of earlier ones.',
  })
  @ApiAcceptedResponse({ type: OptInRequestView })
  @ApiProblems(
    ...REFUSALS,
    ...ADDRESS_PROBLEMS,
    new AlreadyOptedIn(),
    new OptInNotAskable('opted_out'),
    new AskedLately(240),
    new ConfirmLinkMissing(),
    new OptInTemplateRequired(),
  )
  requestOptIn(
    @TenantId() tenantId: string,
    @Caller() caller: Principal,
    @Body() body: RequestOptInBody,
  ): Promise<OptInRequestView> {
    return this.commands.execute(new RequestOptIn(tenantId, body, actorOf(caller)));
  }

  @Get()
  @Scope('consent:read')
  @ApiOperation({ summary: 'Opt-in requests, newest first' })
  @ApiPage(OptInRequestView)
  @ApiProblems(...ADDRESS_PROBLEMS, new InvalidCursor())
  listOptInRequests(
    @TenantId() tenantId: string,
    @Query() filter: ListOptInRequestsQuery,
  ): Promise<Page<OptInRequestView>> {
    return this.queries.execute(new ListOptInRequests(tenantId, filter));
  }

  @Get(':id')
  @Scope('consent:read')
  @ApiOperation({ summary: 'One opt-in request' })
  @ApiOkResponse({ type: OptInRequestView })
  @ApiProblems(new OptInRequestNotFound())
  getOptInRequest(@TenantId() tenantId: string, @IdParam() id: string): Promise<OptInRequestView> {
    return this.queries.execute(new GetOptInRequest(tenantId, id));
  }
}
