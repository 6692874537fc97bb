/** Routes of alerts, for the operator. */
import { Body, Controller, Delete, Get, HttpCode, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  AdminOnly,
  ApiPage,
  ApiProblems,
  Caller,
  IdParam,
  InvalidCursor,
  type Page,
  type Principal,
} from '../kernel/index.js';
import { AlertRulesView, AlertView, ListAlertsQuery, SilenceBody } from './alerts.dto.js';
import { AlertNotFound } from './alerts.errors.js';
import { ListAlertRules, ListAlerts } from './list-alerts.query.js';
import { EndSilence, SilenceAlert } from './silence-alert.command.js';

@ApiTags('Alerts')
@AdminOnly('operations')
@Controller('api/alerts')
export class AlertsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'What is wrong, and what was, newest first',
    description: 'Those of the last 90 days; `state=firing` for what is wrong now.',
  })
  @ApiPage(AlertView)
  @ApiProblems(new InvalidCursor())
  listAlerts(@Query() query: ListAlertsQuery): Promise<Page<AlertView>> {
    return this.queries.execute(new ListAlerts(query));
  }

  @Get('rules')
  @ApiOperation({ summary: 'What is watched, with its limits and how it stands' })
  @ApiOkResponse({ type: AlertRulesView })
  listAlertRules(): Promise<AlertRulesView> {
    return this.queries.execute(new ListAlertRules());
  }

  @Post(':id/silence')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Take note of an alert: nobody is told of its rule and labels for a time',
    description: 'It is still looked at and listed. What fires when the time is over is told then.',
  })
  @ApiOkResponse({ type: AlertView })
  @ApiProblems(new AlertNotFound())
  silenceAlert(@Caller() caller: Principal, @IdParam() id: string, @Body() body: SilenceBody): Promise<AlertView> {
    return this.commands.execute(new SilenceAlert(caller, id, body));
  }

  @Delete(':id/silence')
  @ApiOperation({ summary: 'Tell people of an alert again' })
  @ApiOkResponse({ type: AlertView })
  @ApiProblems(new AlertNotFound())
  endSilence(@Caller() caller: Principal, @IdParam() id: string): Promise<AlertView> {
    return this.commands.execute(new EndSilence(caller, id));
  }
}
