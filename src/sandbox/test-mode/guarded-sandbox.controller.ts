/** The sandbox's API in test mode: a tenant sees what is its own, and the fault plan and the books are the operator's, since they concern all. */
import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { AdminOnly, AnyTenantId } from '../../kernel/index.js';
import { Scope, SenderNotFound } from '../../tenants/index.js';
import { FaultPlan } from '../fault-plan.dto.js';
import { SandboxAccounts } from '../sandbox-accounts.js';
import { NewSandboxMessage, SandboxMessageChange } from '../sandbox-books.dto.js';
import { SandboxInbound, SandboxInboundResult } from '../sandbox-inbound.dto.js';
import { SandboxController } from '../sandbox.controller.js';
import { ListSandboxMessages, SandboxCallbacks, SandboxMessageId, SandboxMessagePage } from '../sandbox.dto.js';

@ApiExcludeController()
@Controller('sandbox')
export class GuardedSandboxController {
  constructor(
    private readonly sandbox: SandboxController,
    private readonly accounts: SandboxAccounts,
  ) {}

  @Get('messages')
  @Scope('messages:read')
  async list(
    @AnyTenantId() tenantId: string | undefined,
    @Query() query: ListSandboxMessages,
  ): Promise<SandboxMessagePage> {
    return this.sandbox.page(query, tenantId === undefined ? undefined : await this.accounts.namesOf(tenantId));
  }

  /** Raises SenderNotFound for a number that is not the tenant's. */
  @Post('inbound')
  @HttpCode(200)
  @Scope('messages:write')
  async receive(
    @AnyTenantId() tenantId: string | undefined,
    @Body() text: SandboxInbound,
  ): Promise<SandboxInboundResult> {
    const number = text.to.replace(/^whatsapp:/, '');
    const channel = text.channel ?? (text.to === number ? 'sms' : 'whatsapp');
    const holder = await this.accounts.holderOf(text.provider, channel, number);
    if (tenantId !== undefined && holder.tenantId !== tenantId) throw new SenderNotFound().at('to');
    return this.sandbox.receive(text);
  }

  @Get('callbacks')
  @Scope('messages:read')
  callbacks(): SandboxCallbacks {
    return this.sandbox.callbacks();
  }

  @Delete('messages')
  @HttpCode(204)
  @AdminOnly()
  clear(): void {
    this.sandbox.clear();
  }

  @Post('messages')
  @AdminOnly()
  add(@Body() message: NewSandboxMessage): SandboxMessageId {
    return this.sandbox.add(message);
  }

  @Patch('messages/:providerMessageId')
  @HttpCode(204)
  @AdminOnly()
  change(@Param('providerMessageId') providerMessageId: string, @Body() change: SandboxMessageChange): void {
    this.sandbox.change(providerMessageId, change);
  }

  @Get('faults')
  @AdminOnly()
  faults(): FaultPlan {
    return this.sandbox.faults();
  }

  @Put('faults')
  @AdminOnly()
  setFaults(@Body() plan: FaultPlan): FaultPlan {
    return this.sandbox.setFaults(plan);
  }
}
