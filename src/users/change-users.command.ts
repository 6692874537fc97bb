/** Invites, changes and removes users. */
import { Injectable } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { actorOf, checking, Database, scopesOf, type Principal } from '../kernel/index.js';
import { normaliseAddress } from '../tenants/index.js';
import { mayGive, type Role } from './roles.js';
import { Sessions } from './sessions.js';
import { UserStore, type UserRow } from './user-store.js';
import { userView } from './user.view.js';
import type { InviteUserBody, UpdateUserBody, UserView } from './users.dto.js';
import { RoleBeyondYours, RoleFromClaim, UserNotFound } from './users.errors.js';

/** For the caller's tenant, or for the platform where the caller acts for none. */
export class InviteUser extends Command<UserView> {
  constructor(
    readonly caller: Principal,
    readonly body: InviteUserBody,
  ) {
    super();
  }
}

export class UpdateUser extends Command<UserView> {
  constructor(
    readonly caller: Principal,
    readonly id: string,
    readonly body: UpdateUserBody,
  ) {
    super();
  }
}

export class RemoveUser extends Command<void> {
  constructor(
    readonly caller: Principal,
    readonly id: string,
  ) {
    super();
  }
}

export class EndSessionsOfUser extends Command<void> {
  constructor(
    readonly caller: Principal,
    readonly id: string,
  ) {
    super();
  }
}

/** Users whom a caller may change: theirs, and nobody who may do what they may not. */
@Injectable()
export class OwnUsers {
  constructor(private readonly users: UserStore) {}

  /** Raises UserNotFound and RoleBeyondYours. */
  async find(caller: Principal, id: string): Promise<UserRow> {
    const user = await this.users.find(caller.tenantId, id);
    if (!user) throw new UserNotFound();
    this.requireRole(caller, user.role);
    return user;
  }

  /** Raises RoleBeyondYours. */
  requireRole(caller: Principal, role: Role): void {
    if (!mayGive(scopesOf(caller), role)) throw new RoleBeyondYours();
  }
}

@CommandHandler(InviteUser)
export class InviteUserHandler implements ICommandHandler<InviteUser> {
  constructor(
    private readonly database: Database,
    private readonly users: UserStore,
    private readonly own: OwnUsers,
  ) {}

  /** Raises RoleBeyondYours, UserExists and InvalidAddress. */
  execute({ caller, body: { email, name, role } }: InviteUser): Promise<UserView> {
    this.own.requireRole(caller, role);
    const address = checking('email', () => normaliseAddress('email', email));
    const user = { tenantId: caller.tenantId ?? null, email: address, name: name ?? null, role, byClaim: false };
    return this.database.transaction(async () =>
      userView(await this.users.insert({ ...user, createdBy: actorOf(caller) })),
    );
  }
}

@CommandHandler(UpdateUser)
export class UpdateUserHandler implements ICommandHandler<UpdateUser> {
  constructor(
    private readonly database: Database,
    private readonly users: UserStore,
    private readonly own: OwnUsers,
    private readonly sessions: Sessions,
  ) {}

  /** What is left out stays. It counts at once, in all processes. Raises UserNotFound, RoleBeyondYours and RoleFromClaim. */
  execute({ caller, id, body }: UpdateUser): Promise<UserView> {
    return this.database.transaction(async () => {
      const known = await this.own.find(caller, id);
      const { name = known.name, role = known.role, disabled = known.disabledAt !== null } = body;
      if (role !== known.role && known.byClaim) throw new RoleFromClaim();
      this.own.requireRole(caller, role);
      await this.users.update(id, { name, role, disabled });
      if (disabled) await this.sessions.endAllOf(id);
      else await this.sessions.changed();
      return userView((await this.users.find(caller.tenantId, id)) ?? known);
    });
  }
}

@CommandHandler(RemoveUser)
export class RemoveUserHandler implements ICommandHandler<RemoveUser> {
  constructor(
    private readonly database: Database,
    private readonly users: UserStore,
    private readonly own: OwnUsers,
    private readonly sessions: Sessions,
  ) {}

  /** With name, address and sessions; what they did stays under their id. Raises UserNotFound and RoleBeyondYours. */
  execute({ caller, id }: RemoveUser): Promise<void> {
    return this.database.transaction(async () => {
      await this.own.find(caller, id);
      await this.users.remove(id);
      await this.sessions.changed();
    });
  }
}

@CommandHandler(EndSessionsOfUser)
export class EndSessionsOfUserHandler implements ICommandHandler<EndSessionsOfUser> {
  constructor(
    private readonly database: Database,
    private readonly own: OwnUsers,
    private readonly sessions: Sessions,
  ) {}

  /** Raises UserNotFound and RoleBeyondYours. */
  execute({ caller, id }: EndSessionsOfUser): Promise<void> {
    return this.database.transaction(async () => {
      await this.own.find(caller, id);
      await this.sessions.endAllOf(id);
    });
  }
}
