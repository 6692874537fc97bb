/** Routes of the data that a template is tried with. */
import { Body, Controller, Delete, Get, HttpCode, Param, Put } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, Audited, Caller, InvalidRequest, TenantId, actorOf, type Principal } from '../../kernel/index.js';
import { Scope } from '../../tenants/index.js';
import { DataSetNotFound, TemplateNotFound, TooManyDataSets } from '../template.errors.js';
import { TEMPLATE } from '../templates.audit.js';
import { TEMPLATE_KEY } from '../templates.fields.js';
import { PutDataSet, RemoveDataSet } from './data-sets.command.js';
import { DataSetsView, PutDataSetBody } from './data-sets.dto.js';
import { ListDataSets } from './list-data-sets.query.js';

const LONGEST_NAME = 100;

@ApiTags('Templates')
@Controller('api/templates/:key/data-sets')
export class DataSetsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get()
  @Scope('templates:read')
  @ApiOperation({ summary: 'The data that a template is tried with, and whether its current version takes them' })
  @ApiOkResponse({ type: DataSetsView })
  @ApiProblems(new TemplateNotFound())
  listDataSets(@TenantId() tenantId: string, @Param('key') key: string): Promise<DataSetsView> {
    return this.queries.execute(new ListDataSets(tenantId, key));
  }

  @Put(':name')
  @HttpCode(204)
  @Scope('templates:write')
  @Audited({ action: 'template.put_data_set', object: TEMPLATE, param: 'key', details: ['name'] })
  @ApiOperation({
    summary: 'Keep data to try a template with',
    description: 'Name them in a preview as `dataSet`. Never of real people: they are kept until they are deleted.',
  })
  @ApiNoContentResponse()
  @ApiProblems(new TemplateNotFound(), new TooManyDataSets(20))
  async putDataSet(
    @TenantId() tenantId: string,
    @Caller() caller: Principal,
    @Param('key') key: string,
    @Param('name') name: string,
    @Body() { data }: PutDataSetBody,
  ): Promise<void> {
    await this.commands.execute(new PutDataSet(tenantId, actorOf(caller), key, dataSetName(name), data));
  }

  @Delete(':name')
  @HttpCode(204)
  @Scope('templates:write')
  @Audited({ action: 'template.remove_data_set', object: TEMPLATE, param: 'key', details: ['name'] })
  @ApiOperation({ summary: 'Delete data that a template was tried with' })
  @ApiNoContentResponse()
  @ApiProblems(new TemplateNotFound(), new DataSetNotFound())
  async removeDataSet(
    @TenantId() tenantId: string,
    @Param('key') key: string,
    @Param('name') name: string,
  ): Promise<void> {
    await this.commands.execute(new RemoveDataSet(tenantId, key, name));
  }
}

/** Raises InvalidRequest. */
function dataSetName(name: string): string {
  if (name.length <= LONGEST_NAME && TEMPLATE_KEY.pattern.test(name)) return name;
  throw new InvalidRequest([{ path: 'name', message: `name must be ${TEMPLATE_KEY.meaning}, such as long-name` }]);
}
