/** Routes of erasures. */
import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  ApiPage,
  ApiProblems,
  Caller,
  IdParam,
  InvalidCursor,
  PageQuery,
  TenantId,
  type Page,
  type Principal,
} from '../kernel/index.js';
import { ADDRESS_PROBLEMS, Scope } from '../tenants/index.js';
import { CertificateView, ErasureView, PersonBody } from './privacy.dto.js';
import { ErasureNotFinished, ErasureNotFound } from './privacy.errors.js';
import { GetCertificate, GetErasure, ListErasures } from './read-erasures.query.js';
import { RequestErasure } from './request-erasure.command.js';

@ApiTags('Privacy')
@Controller('api/privacy/erasures')
export class ErasuresController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @HttpCode(202)
  @Scope('privacy:write')
  @ApiOperation({
    summary: 'Erase a person',
    description: `By one email address or phone number; a person with several is erased by each. From the answer on nothing more is sent there. Counts and bills stay
as they are, and the person’s opt-outs stay in force by a keyed hash. What is erased cannot be had back. While the erasure of this person goes on it is answered again.`,
  })
  @ApiAcceptedResponse({ type: ErasureView })
  @ApiProblems(...ADDRESS_PROBLEMS)
  requestErasure(
    @TenantId() tenantId: string,
    @Caller() caller: Principal,
    @Body() { address }: PersonBody,
  ): Promise<ErasureView> {
    return this.commands.execute(new RequestErasure(caller, tenantId, address));
  }

  @Get()
  @Scope('privacy:read')
  @ApiOperation({ summary: 'Erasures, newest first' })
  @ApiPage(ErasureView)
  @ApiProblems(new InvalidCursor())
  listErasures(@TenantId() tenantId: string, @Query() page: PageQuery): Promise<Page<ErasureView>> {
    return this.queries.execute(new ListErasures(tenantId, page));
  }

  @Get(':id')
  @Scope('privacy:read')
  @ApiOperation({ summary: 'One erasure' })
  @ApiOkResponse({ type: ErasureView })
  @ApiProblems(new ErasureNotFound())
  getErasure(@TenantId() tenantId: string, @IdParam() id: string): Promise<ErasureView> {
    return this.queries.execute(new GetErasure(tenantId, id));
  }

  @Get(':id/certificate')
  @Scope('privacy:read')
  @ApiOperation({
    summary: 'What was erased, in which tables and when',
    description:
      'It names nobody, and has a hash of its content. What providers report late is added until it is final.',
  })
  @ApiOkResponse({ type: CertificateView })
  @ApiProblems(new ErasureNotFound(), new ErasureNotFinished())
  getErasureCertificate(@TenantId() tenantId: string, @IdParam() id: string): Promise<CertificateView> {
    return this.queries.execute(new GetCertificate(tenantId, id));
  }
}
