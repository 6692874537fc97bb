/** Routes of a tenant's API keys. */
import { applyDecorators, Body, Controller, Delete, Get, HttpCode, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiCreatedResponse, ApiHeader, ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  AdminOnly,
  ApiPage,
  ApiProblems,
  Audited,
  Caller,
  IdParam,
  MODE_HEADER,
  MODES,
  ModeMismatch,
  PageQuery,
  TestModeOff,
  TestModeUnavailable,
  type Page,
  type Principal,
} from '../../kernel/index.js';
import { IssueApiKey, RevokeApiKey, RotateApiKey } from './api-keys.command.js';
import { ApiKeyView, IssueApiKeyBody, IssuedApiKeyView, RotateApiKeyBody } from './api-keys.dto.js';
import { ListApiKeys } from './api-keys.query.js';
import { ApiKeyEnded, ApiKeyNotFound, ExpiryPast, TenantNotFound } from '../tenants.errors.js';
import { API_KEY } from '../tenants.audit.js';

/** The keys of a test deployment are listed, rotated and revoked there. */
const InMode = (): MethodDecorator =>
  applyDecorators(
    ApiHeader({
      name: MODE_HEADER,
      required: false,
      description:
        '`test`: the tenant’s test keys. Whatever else the admin key does in test mode, it does with this too',
      schema: { type: 'string', enum: [...MODES] },
    }),
    ApiProblems(new ModeMismatch(), new TestModeOff(), new TestModeUnavailable()),
  );

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
  @ApiOperation({
    summary: 'Issue an API key',
    description:
      'The answer is the only place that ever shows the key. With `mode: test` it is one for test mode, where the tenant is made with its first key.',
  })
  @ApiCreatedResponse({ type: IssuedApiKeyView })
  @ApiProblems(new TenantNotFound(), new ExpiryPast(), new TestModeOff(), new TestModeUnavailable())
  issueApiKey(
    @Caller() caller: Principal,
    @IdParam() id: string,
    @Body() body: IssueApiKeyBody,
  ): Promise<IssuedApiKeyView> {
    return this.commands.execute(new IssueApiKey(caller, id, body));
  }

  @Get()
  @InMode()
  @ApiOperation({ summary: 'A tenant’s API keys, oldest first, without their secrets' })
  @ApiPage(ApiKeyView)
  @ApiProblems(new TenantNotFound())
  listApiKeys(@IdParam() id: string, @Query() page: PageQuery): Promise<Page<ApiKeyView>> {
    return this.queries.execute(new ListApiKeys(id, page));
  }

  @Post(':keyId/rotate')
  @InMode()
  @Audited({ action: 'api_key.rotate', object: API_KEY, param: 'keyId', tenant: 'id' })
  @ApiOperation({
    summary: 'Issue the key that follows one',
    description:
      'It may do the same. The old one works for `overlapHours` longer: put the new one in its place, and see by `lastUsedAt` that it is used no more.',
  })
  @ApiCreatedResponse({ type: IssuedApiKeyView })
  @ApiProblems(new ApiKeyNotFound(), new ApiKeyEnded(), new ExpiryPast())
  rotateApiKey(
    @Caller() caller: Principal,
    @IdParam() id: string,
    @IdParam('keyId') keyId: string,
    @Body() body: RotateApiKeyBody,
  ): Promise<IssuedApiKeyView> {
    return this.commands.execute(new RotateApiKey(caller, id, keyId, body));
  }

  @Delete(':keyId')
  @InMode()
  @HttpCode(204)
  @Audited({ action: 'api_key.revoke', object: API_KEY, param: 'keyId', tenant: 'id' })
  @ApiOperation({ summary: 'Revoke an API key', description: 'Within 5 seconds no process takes it any more.' })
  @ApiNoContentResponse()
  @ApiProblems(new ApiKeyNotFound())
  revokeApiKey(@IdParam() id: string, @IdParam('keyId') keyId: string): Promise<void> {
    return this.commands.execute(new RevokeApiKey(id, keyId));
  }
}
