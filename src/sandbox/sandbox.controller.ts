/** The sandbox's API for developers and tests. */
import {
  BadGatewayException,
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Inject,
  NotFoundException,
  Param,
  Patch,
  Post,
  Put,
  Query,
} from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { Public } from '../kernel/index.js';
import type { ProviderName } from '../providers/index.js';
import { FaultPlan } from './fault-plan.dto.js';
import { NewSandboxMessage, SandboxMessageChange } from './sandbox-books.dto.js';
import {
  ListSandboxMessages,
  SandboxCallbacks,
  SandboxMessage,
  SandboxMessageId,
  SandboxMessagePage,
} from './sandbox.dto.js';
import { SandboxInbound, SandboxInboundResult } from './sandbox-inbound.dto.js';
import type { Receiver } from './sandbox-wire.js';
import { Sandbox } from './sandbox.js';

/** Injection token of the simulators with inbound messages, by provider. */
export const RECEIVERS = Symbol('receivers');

/** A number without a channel prefix. */
const bare = (address: string): string => address.replace(/^whatsapp:/, '');

@ApiTags('Sandbox')
@Public()
@Controller('sandbox')
export class SandboxController {
  constructor(
    private readonly sandbox: Sandbox,
    @Inject(RECEIVERS) private readonly receivers: ReadonlyMap<ProviderName, Receiver>,
  ) {}

  @Get('messages')
  @ApiOperation({
    summary: 'List what the sandbox providers accepted, oldest first',
    description:
      'One item per accepted send and recipient: a message sent twice is here twice. The newest 200,000 are kept in memory, and subjects and bodies of the newest of these up to 64 Mi characters.',
    operationId: 'listSandboxMessages',
  })
  @ApiOkResponse({ type: SandboxMessagePage })
  list(@Query() query: ListSandboxMessages): SandboxMessagePage {
    return this.page(query);
  }

  @Delete('messages')
  @HttpCode(204)
  @ApiOperation({ summary: 'Clear the record of accepted messages', operationId: 'clearSandboxMessages' })
  @ApiNoContentResponse()
  clear(): void {
    this.sandbox.record.clear();
  }

  @Post('messages')
  @ApiOperation({
    summary: 'Put a message into a provider’s books that this service never sent',
    operationId: 'addSandboxMessage',
  })
  @ApiCreatedResponse({ type: SandboxMessageId })
  add(@Body() message: NewSandboxMessage): SandboxMessageId {
    const providerMessageId = crypto.randomUUID();
    const now = new Date();
    const { sentAt = now } = message;
    this.sandbox.record.add({ ...message, sentAt, providerMessageId, acceptedAt: now, status: 'delivered' });
    return { providerMessageId };
  }

  @Patch('messages/:providerMessageId')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Change what a provider’s books say of a message',
    description: 'Nothing is reported by it: the provider’s lists and totals differ from what it told before.',
    operationId: 'changeSandboxMessage',
  })
  @ApiNoContentResponse()
  @ApiNotFoundResponse({ description: 'No provider has accepted a message of this id' })
  change(@Param('providerMessageId') providerMessageId: string, @Body() change: SandboxMessageChange): void {
    const known = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
    if (!this.sandbox.record.change(providerMessageId, known)) throw new NotFoundException();
  }

  @Post('inbound')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Have a person write to one of our numbers',
    description:
      "Posts a signed inbound message to this service's webhook. STOP and START keywords also act on the sandbox's own list; a WhatsApp message opens the 24-hour window.",
    operationId: 'receiveSandboxMessage',
  })
  @ApiOkResponse({ type: SandboxInboundResult })
  async receive(
    @Body() { provider, from, userId, to, body, channel, media = [] }: SandboxInbound,
  ): Promise<SandboxInboundResult> {
    const receiver = this.receivers.get(provider);
    if (!receiver) throw new Error(`the stand-in for ${provider} passes nothing on`);
    const { result, providerMessageId } = await receiver.receive({
      channel: channel ?? (`${from}${to}`.includes('whatsapp:') ? 'whatsapp' : 'sms'),
      from: bare(from),
      ...(userId !== undefined && { userId }),
      to: bare(to),
      body,
      media: media.map(({ mediaType, content }) => ({ mediaType, content: Buffer.from(content, 'base64') })),
    });
    if (typeof result === 'string') throw new BadGatewayException('The webhook of this service did not answer');
    return { status: result, providerMessageId };
  }

  @Get('callbacks')
  @ApiOperation({
    summary: 'How many events and callbacks are still to come',
    description: 'Zero once every message has run its course and everything has been reported, retries included.',
    operationId: 'countSandboxCallbacks',
  })
  @ApiOkResponse({ type: SandboxCallbacks })
  callbacks(): SandboxCallbacks {
    return { pending: this.sandbox.pending };
  }

  @Get('faults')
  @ApiOperation({ summary: 'Show the fault plan in force', operationId: 'getSandboxFaults' })
  @ApiOkResponse({ type: FaultPlan })
  faults(): FaultPlan {
    return this.sandbox.faults.plan;
  }

  @Put('faults')
  @ApiOperation({
    summary: 'Replace the fault plan; an empty one stops all faults',
    operationId: 'setSandboxFaults',
  })
  @ApiOkResponse({ type: FaultPlan })
  setFaults(@Body() plan: FaultPlan): FaultPlan {
    this.sandbox.faults.replace(plan);
    return this.sandbox.faults.plan;
  }

  /** A page of the record; only of what these accounts sent, if they are given. */
  page({ to, provider, limit, cursor }: ListSandboxMessages, accounts?: ReadonlySet<string>): SandboxMessagePage {
    const items: SandboxMessage[] = [];
    // An unescaped `+` in the URL arrives as a space.
    const recipient = to?.replace(/^ /, '+');
    for (const entry of this.sandbox.record.oldestFirst(recipient, cursor === undefined ? undefined : Number(cursor))) {
      if (provider !== undefined && entry.message.provider !== provider) continue;
      if (accounts?.has(entry.message.accountId) === false) continue;
      if (items.length === limit) return { items, nextCursor: items.at(-1)?.id ?? null };
      items.push(SandboxMessage.of(entry));
    }
    return { items, nextCursor: null };
  }
}
