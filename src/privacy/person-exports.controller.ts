/** Routes of exports of everything about a person. */
import { Body, Controller, Get, HttpCode, Post, StreamableFile } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { ApiProblems, Caller, IdParam, TenantId, type Principal } from '../kernel/index.js';
import { ADDRESS_PROBLEMS, Scope } from '../tenants/index.js';
import { PersonBody, PersonExportView } from './privacy.dto.js';
import { PersonExportNotFound } from './privacy.errors.js';
import { GetPersonExport, ReadPersonExport } from './read-export.query.js';
import { RequestExport } from './request-export.command.js';

@ApiTags('Privacy')
@Controller('api/privacy/exports')
export class PersonExportsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @HttpCode(201)
  @Scope('privacy:read')
  @ApiOperation({
    summary: 'Make ready an export of everything about a person',
    description: 'By one email address or phone number. Its content can be read at once, and for seven days.',
  })
  @ApiCreatedResponse({ type: PersonExportView })
  @ApiProblems(...ADDRESS_PROBLEMS)
  requestExport(
    @TenantId() tenantId: string,
    @Caller() caller: Principal,
    @Body() { address }: PersonBody,
  ): Promise<PersonExportView> {
    return this.commands.execute(new RequestExport(caller, tenantId, address));
  }

  @Get(':id')
  @Scope('privacy:read')
  @ApiOperation({ summary: 'One export' })
  @ApiOkResponse({ type: PersonExportView })
  @ApiProblems(new PersonExportNotFound())
  getExport(@TenantId() tenantId: string, @IdParam() id: string): Promise<PersonExportView> {
    return this.queries.execute(new GetPersonExport(tenantId, id));
  }

  @Get(':id/content')
  @Scope('privacy:read')
  @ApiOperation({
    summary: 'Everything about the person, as it is now',
    description:
      'A JSON object with a list for each section, such as `messages`, `messageEvents`, `consentLog`, `receivedTexts` and `files`; fields have the names of columns. It is streamed: what changes meanwhile may be in it or not. Contents of files are at `GET /api/files/{id}/content`.',
  })
  @ApiProduces('application/json')
  @ApiOkResponse({
    content: {
      'application/json': {
        schema: { type: 'object', additionalProperties: true },
        example: { kind: 'email', address: 'ana@example.com', at: '2026-11-30T12:00:00.000Z', messages: [] },
      },
    },
  })
  @ApiProblems(new PersonExportNotFound())
  async readExport(@TenantId() tenantId: string, @IdParam() id: string): Promise<StreamableFile> {
    const content = await this.queries.execute(new ReadPersonExport(tenantId, id));
    return new StreamableFile(content, {
      type: 'application/json',
      disposition: `attachment; filename="person-${id}.json"`,
    });
  }
}
