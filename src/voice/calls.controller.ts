/** Call routes: call one person or one after another, follow, cancel, acknowledge. */
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
  stringAt,
  TenantId,
  Urgent,
  type Page,
  type Principal,
} from '../kernel/index.js';
import { Scope } from '../tenants/index.js';
import { REFUSALS } from '../dispatch/index.js';
import { CALL } from './calls.audit.js';
import { EscalationView, ListCallsQuery, StartCallBody } from './calls.dto.js';
import { CalleeRequired, CallInState, CallNotFound } from './calls.errors.js';
import { CALL_EXAMPLES } from './calls.examples.js';
import { GetCall, ListCalls } from './read-calls.query.js';
import { StartCall } from './start-call.command.js';
import { AcknowledgeCall, CancelCall } from './steer-calls.command.js';

@ApiTags('Calls')
@Controller('api/calls')
export class CallsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @HttpCode(202)
  @Scope('messages:write')
  @Urgent((body) => (stringAt(body, 'category') ?? 'emergency') === 'emergency')
  @Audited({ action: 'call.start', object: CALL })
  @ApiOperation({
    summary: 'Call somebody, or one person after another until somebody acknowledges',
    description:
      'Every call and text is a message of its own. All numbers and texts are checked before the first call is made.',
  })
  @ApiBody({ type: StartCallBody, examples: CALL_EXAMPLES })
  @ApiAcceptedResponse({ type: EscalationView })
  @ApiProblems(new CalleeRequired(), ...REFUSALS)
  startCall(
    @TenantId() tenantId: string,
    @Caller() caller: Principal,
    @Body() body: StartCallBody,
  ): Promise<EscalationView> {
    return this.commands.execute(new StartCall(tenantId, actorOf(caller), body));
  }

  @Get()
  @Scope('messages:read')
  @ApiOperation({ summary: 'Calls, newest first' })
  @ApiPage(EscalationView)
  @ApiProblems(new InvalidCursor())
  listCalls(@TenantId() tenantId: string, @Query() filter: ListCallsQuery): Promise<Page<EscalationView>> {
    return this.queries.execute(new ListCalls(tenantId, filter));
  }

  @Get(':id')
  @Scope('messages:read')
  @ApiOperation({ summary: 'Who was called, what became of it, and who acknowledged' })
  @ApiOkResponse({ type: EscalationView })
  @ApiProblems(new CallNotFound())
  getCall(@TenantId() tenantId: string, @IdParam() id: string): Promise<EscalationView> {
    return this.queries.execute(new GetCall(tenantId, id));
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @Scope('messages:write')
  @Audited({ action: 'call.cancel', object: CALL, param: 'id' })
  @ApiOperation({ summary: 'Call nobody else', description: 'A call that has begun goes on.' })
  @ApiOkResponse({ type: EscalationView })
  @ApiProblems(new CallNotFound(), new CallInState('cancelled', 'ACKNOWLEDGED'))
  cancelCall(@TenantId() tenantId: string, @IdParam() id: string): Promise<EscalationView> {
    return this.commands.execute(new CancelCall(tenantId, id));
  }

  @Post(':id/acknowledge')
  @HttpCode(200)
  @Scope('messages:write')
  @Audited({ action: 'call.acknowledge', object: CALL, param: 'id' })
  @ApiOperation({
    summary: 'Somebody has seen it elsewhere',
    description: 'Nobody else is called. Also where nobody was left to be tried.',
  })
  @ApiOkResponse({ type: EscalationView })
  @ApiProblems(new CallNotFound(), new CallInState('acknowledged', 'CANCELLED'))
  acknowledgeCall(@TenantId() tenantId: string, @IdParam() id: string): Promise<EscalationView> {
    return this.commands.execute(new AcknowledgeCall(tenantId, id));
  }
}
