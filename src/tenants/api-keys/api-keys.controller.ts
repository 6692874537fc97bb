/** Routes of a tenant's API keys. */
import { Body, Controller, Delete, Get, HttpCode, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  AdminOnly,
  ApiPage,
  ApiProblems,
  Audited,
  Caller,
  IdParam,
  PageQuery,
  type Page,
  type Principal,
} from '../../kernel/index.js';
import { IssueApiKey, RevokeApiKey } from './api-keys.command.js';
import { ApiKeyView, IssueApiKeyBody, IssuedApiKeyView } from './api-keys.dto.js';
import { ListApiKeys } from './api-keys.query.js';
import { ApiKeyNotFound, TenantNotFound } from '../tenants.errors.js';
import { API_KEY } from '../tenants.audit.js';

@ApiTags('Tenants')
@AdminOnly()
@Controller('api/tenants/:id/api-keys')
export class ApiKeysController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @Audited({ action: 'api_key.issue', object: API_KEY, tenant: 'id' })
  @ApiOperation({ summary: 'Issue an API key', description: 'The answer is the only place that ever shows the key.' })
  @ApiCreatedResponse({ type: IssuedApiKeyView })
  @ApiProblems(new TenantNotFound())
  issueApiKey(
    @Caller() caller: Principal,
    @IdParam() id: string,
    @Body() body: IssueApiKeyBody,
  ): Promise<IssuedApiKeyView> {
    return this.commands.execute(new IssueApiKey(caller, id, body));
  }

  @Get()
  @ApiOperation({ summary: 'A tenant’s API keys, oldest first, without their secrets' })
  @ApiPage(ApiKeyView)
  @ApiProblems(new TenantNotFound())
  listApiKeys(@IdParam() id: string, @Query() page: PageQuery): Promise<Page<ApiKeyView>> {
    return this.queries.execute(new ListApiKeys(id, page));
  }

  @Delete(':keyId')
  @HttpCode(204)
  @Audited({ action: 'api_key.revoke', object: API_KEY, param: 'keyId', tenant: 'id' })
  @ApiOperation({ summary: 'Revoke an API key', description: 'Within 5 seconds no process takes it any more.' })
  @ApiNoContentResponse()
  @ApiProblems(new ApiKeyNotFound())
  revokeApiKey(@IdParam() id: string, @IdParam('keyId') keyId: string): Promise<void> {
    return this.commands.execute(new RevokeApiKey(id, keyId));
  }
}
