/** Routes of users: people who use the console. */
import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  AnyTenantId,
  ApiPage,
  ApiProblems,
  Audited,
  Caller,
  IdParam,
  InvalidCursor,
  PageQuery,
  type Page,
  type Principal,
} from '../kernel/index.js';
import { InvalidAddress, Scope } from '../tenants/index.js';
import { EndSessionsOfUser, InviteUser, RemoveUser, UpdateUser } from './change-users.command.js';
import { GetUser, ListUsers } from './read-users.query.js';
import { USER } from './users.audit.js';
import { InviteUserBody, UpdateUserBody, UserView } from './users.dto.js';
import { RoleBeyondYours, RoleFromClaim, UserExists, UserNotFound } from './users.errors.js';

@ApiTags('Users')
@Controller('api/users')
export class UsersController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get()
  @Scope('users:read')
  @ApiOperation({ summary: 'Users, oldest first', description: 'Without a tenant those of the platform.' })
  @ApiPage(UserView)
  @ApiProblems(new InvalidCursor())
  listUsers(@AnyTenantId() tenantId: string | undefined, @Query() page: PageQuery): Promise<Page<UserView>> {
    return this.queries.execute(new ListUsers(tenantId, page));
  }

  @Post()
  @Scope('users:write')
  @Audited({ action: 'user.invite', object: USER })
  @ApiOperation({
    summary: 'Invite a user',
    description:
      'They are told by you: nothing is sent. Nobody gives a role that may do what they may not. Without a tenant it is a user of the platform.',
  })
  @ApiCreatedResponse({ type: UserView })
  @ApiProblems(new RoleBeyondYours(), new UserExists(), new InvalidAddress('email').at('email'))
  inviteUser(@Caller() caller: Principal, @Body() body: InviteUserBody): Promise<UserView> {
    return this.commands.execute(new InviteUser(caller, body));
  }

  @Get(':id')
  @Scope('users:read')
  @ApiOperation({ summary: 'One user' })
  @ApiOkResponse({ type: UserView })
  @ApiProblems(new UserNotFound())
  getUser(@AnyTenantId() tenantId: string | undefined, @IdParam() id: string): Promise<UserView> {
    return this.queries.execute(new GetUser(tenantId, id));
  }

  @Patch(':id')
  @HttpCode(200)
  @Scope('users:write')
  @Audited({ action: 'user.update', object: USER, param: 'id' })
  @ApiOperation({
    summary: 'Change a user’s role or name, disable or enable them',
    description: 'What is left out stays as it is. It counts within 5 seconds in all processes, as a rule at once.',
  })
  @ApiOkResponse({ type: UserView })
  @ApiProblems(new UserNotFound(), new RoleBeyondYours(), new RoleFromClaim())
  updateUser(@Caller() caller: Principal, @IdParam() id: string, @Body() body: UpdateUserBody): Promise<UserView> {
    return this.commands.execute(new UpdateUser(caller, id, body));
  }

  @Delete(':id')
  @HttpCode(204)
  @Scope('users:write')
  @Audited({ action: 'user.remove', object: USER, param: 'id' })
  @ApiOperation({
    summary: 'Remove a user with their name, address and sessions',
    description: 'What they did stays in the audit log and in `createdBy`, under their id alone.',
  })
  @ApiNoContentResponse()
  @ApiProblems(new UserNotFound(), new RoleBeyondYours())
  removeUser(@Caller() caller: Principal, @IdParam() id: string): Promise<void> {
    return this.commands.execute(new RemoveUser(caller, id));
  }

  @Delete(':id/sessions')
  @HttpCode(204)
  @Scope('users:write')
  @Audited({ action: 'user.sign_out', object: USER, param: 'id' })
  @ApiOperation({ summary: 'End all sessions of a user' })
  @ApiNoContentResponse()
  @ApiProblems(new UserNotFound(), new RoleBeyondYours())
  endSessionsOfUser(@Caller() caller: Principal, @IdParam() id: string): Promise<void> {
    return this.commands.execute(new EndSessionsOfUser(caller, id));
  }
}
