/** Routes of provider accounts. */
import { Body, Controller, Get, Post, Put, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  AdminOnly,
  ApiPage,
  ApiProblems,
  Audited,
  IdParam,
  InvalidRequest,
  LiveOnly,
  PageQuery,
  TenantId,
  type Page,
} from '../../kernel/index.js';
import { Scope } from '../api-keys/scopes.js';
import { CreateProviderAccount, ReplaceCredentials } from './provider-accounts.command.js';
import { CreateSubaccount } from './create-subaccount.command.js';
import {
  CreateProviderAccountBody,
  CreateSubaccountBody,
  ProviderAccountView,
  ReplaceCredentialsBody,
} from './provider-accounts.dto.js';
import { ListProviderAccounts } from './provider-accounts.query.js';
import {
  AccountExists,
  NoSubaccounts,
  ProviderAccountNotFound,
  SubaccountRefused,
  SubaccountUnanswered,
  TenantNotFound,
} from '../tenants.errors.js';
import { PROVIDER_ACCOUNT } from '../tenants.audit.js';

const BAD = {
  path: 'credentials.accountSid',
  message: 'credentials.accountSid must be AC and 32 characters, from the Twilio console',
};
const WRITE = [new InvalidRequest([BAD])];

@ApiTags('Provider accounts')
@Controller('api/provider-accounts')
export class ProviderAccountsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @LiveOnly()
  @Scope('senders:write')
  @Audited({ action: 'provider_account.create', object: PROVIDER_ACCOUNT })
  @ApiOperation({
    summary: 'Send through your own account at a provider',
    description: 'New senders use it instead of the platform’s.',
  })
  @ApiCreatedResponse({ type: ProviderAccountView })
  @ApiProblems(...WRITE, new AccountExists('twilio'))
  createProviderAccount(
    @TenantId() tenantId: string,
    @Body() body: CreateProviderAccountBody,
  ): Promise<ProviderAccountView> {
    return this.commands.execute(new CreateProviderAccount(tenantId, body));
  }

  @Post('subaccount')
  @LiveOnly()
  @AdminOnly()
  @Audited({ action: 'provider_account.subaccount', object: PROVIDER_ACCOUNT })
  @ApiOperation({
    summary: 'Give a tenant an account of its own below the platform’s',
    description:
      'The provider makes it, and bills the platform: usage, numbers and opt-outs are the tenant’s alone. New senders use it. Asked again after a failure it makes no second one.',
  })
  @ApiCreatedResponse({ type: ProviderAccountView })
  @ApiProblems(
    new TenantNotFound(),
    new AccountExists('twilio'),
    new NoSubaccounts('plivo'),
    new SubaccountRefused('20003'),
    new SubaccountUnanswered(),
  )
  createSubaccount(
    @TenantId() tenantId: string,
    @Body() { provider }: CreateSubaccountBody,
  ): Promise<ProviderAccountView> {
    return this.commands.execute(new CreateSubaccount(tenantId, provider));
  }

  @Get()
  @Scope('senders:read')
  @ApiOperation({ summary: 'The tenant’s own provider accounts, and the platform’s that it may use' })
  @ApiPage(ProviderAccountView)
  listProviderAccounts(@TenantId() tenantId: string, @Query() page: PageQuery): Promise<Page<ProviderAccountView>> {
    return this.queries.execute(new ListProviderAccounts(tenantId, page));
  }

  @Put(':id/credentials')
  @LiveOnly()
  @Scope('senders:write')
  @Audited({ action: 'provider_account.credentials', object: PROVIDER_ACCOUNT, param: 'id' })
  @ApiOperation({
    summary: 'Replace an account’s credentials',
    description: 'Within 5 seconds every process sends with the new ones.',
  })
  @ApiOkResponse({ type: ProviderAccountView })
  @ApiProblems(...WRITE, new ProviderAccountNotFound())
  replaceCredentials(
    @TenantId() tenantId: string,
    @IdParam() id: string,
    @Body() { credentials }: ReplaceCredentialsBody,
  ): Promise<ProviderAccountView> {
    return this.commands.execute(new ReplaceCredentials(tenantId, id, credentials));
  }
}
