/** Routes of an audience's contacts. Adding them is an import. */
import { Controller, Delete, Get, HttpCode, Param, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiPage, ApiProblems, Audited, IdParam, InvalidCursor, TenantId, type Page } from '../kernel/index.js';
import { ADDRESS_PROBLEMS, Scope } from '../tenants/index.js';
import { AudienceNotFound, ContactNotFound } from './audience.errors.js';
import { RemoveContact } from './contacts.command.js';
import { ContactPath, ContactsQuery, ContactView } from './contacts.dto.js';
import { ListContacts } from './contacts.query.js';
import { AUDIENCE } from './audiences.audit.js';

@ApiTags('Audiences')
@Controller('api/audiences/:id/contacts')
export class ContactsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get()
  @Scope('audiences:read')
  @ApiOperation({ summary: 'The contacts of an audience, by kind and address' })
  @ApiPage(ContactView)
  @ApiProblems(new AudienceNotFound(), ...ADDRESS_PROBLEMS, new InvalidCursor())
  listContacts(
    @TenantId() tenantId: string,
    @IdParam() id: string,
    @Query() query: ContactsQuery,
  ): Promise<Page<ContactView>> {
    return this.queries.execute(new ListContacts(tenantId, id, query));
  }

  @Delete(':address')
  @HttpCode(204)
  @Scope('audiences:write')
  @Audited({ action: 'contact.remove', object: AUDIENCE, param: 'id' })
  @ApiOperation({ summary: 'Remove a contact from an audience' })
  @ApiNoContentResponse()
  @ApiProblems(new AudienceNotFound(), new ContactNotFound(), ...ADDRESS_PROBLEMS)
  async removeContact(@TenantId() tenantId: string, @Param() { id, address }: ContactPath): Promise<void> {
    await this.commands.execute(new RemoveContact(tenantId, id, address));
  }
}
