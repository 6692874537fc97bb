/** Routes of proofs of consent. */
import { Controller, Get, Param, Query } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import {
  ApiProblems,
  Caller,
  DocumentSigner,
  SigningKeyMissing,
  TenantId,
  type Principal,
} from '../../kernel/index.js';
import { ADDRESS_PROBLEMS, ApiVenueParam, Scope, VenueNotFound } from '../../tenants/index.js';
import { ConsentProofQuery, ConsentProofView, SigningKeyView } from './proof.dto.js';
import { ProveConsent } from './prove-consent.command.js';

@ApiTags('Consent')
@Scope('consent:read')
@Controller('api')
export class ConsentProofsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly signer: DocumentSigner,
  ) {}

  @Get('consent/:venueId/:address/proof')
  @ApiOperation({
    summary: 'A signed document of what an address had decided, now or at an earlier instant',
    description:
      'With the decision in force, its evidence and all before it. `npm run callboard -- consent verify` checks it without the service. The audit log has who asked, without the address.',
  })
  @ApiVenueParam()
  @ApiParam({
    name: 'address',
    example: '+4915112345678',
    description: 'A phone number or an email address, URL-encoded',
  })
  @ApiOkResponse({ type: ConsentProofView })
  @ApiProblems(new VenueNotFound(), ...ADDRESS_PROBLEMS, new SigningKeyMissing())
  proveConsent(
    @TenantId() tenantId: string,
    @Caller() caller: Principal,
    @Param('venueId') venueId: string,
    @Param('address') address: string,
    @Query() query: ConsentProofQuery,
  ): Promise<ConsentProofView> {
    return this.commands.execute(new ProveConsent(caller, tenantId, venueId, address, query));
  }

  @Get('signing-key')
  @ApiOperation({
    summary: 'The public key of signed documents',
    description: 'Of the whole installation; it never changes. Keep it apart from the documents.',
  })
  @ApiOkResponse({ type: SigningKeyView })
  @ApiProblems(new SigningKeyMissing())
  getSigningKey(): SigningKeyView {
    return this.signer.publicKey();
  }
}
