/** Reads users. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { decodeCursor, encodeCursor, isUuid, pageOf, type Page, type PageQuery } from '../kernel/index.js';
import { UserStore } from './user-store.js';
import { userView } from './user.view.js';
import type { UserView } from './users.dto.js';
import { UserNotFound } from './users.errors.js';

/** Of the tenant, or of the platform without one. */
export class ListUsers extends Query<Page<UserView>> {
  constructor(
    readonly tenantId: string | undefined,
    readonly page: PageQuery,
  ) {
    super();
  }
}

export class GetUser extends Query<UserView> {
  constructor(
    readonly tenantId: string | undefined,
    readonly id: string,
  ) {
    super();
  }
}

@QueryHandler(ListUsers)
export class ListUsersHandler implements IQueryHandler<ListUsers> {
  constructor(private readonly users: UserStore) {}

  /** Oldest first. Raises InvalidCursor. */
  async execute({ tenantId, page: { limit, cursor } }: ListUsers): Promise<Page<UserView>> {
    const [after] = cursor ? decodeCursor(cursor, 1, isUuid) : [];
    const rows = await this.users.page(tenantId, after, limit + 1);
    return pageOf(rows, limit, ({ id }) => encodeCursor(id), userView);
  }
}

@QueryHandler(GetUser)
export class GetUserHandler implements IQueryHandler<GetUser> {
  constructor(private readonly users: UserStore) {}

  /** Raises UserNotFound. */
  async execute({ tenantId, id }: GetUser): Promise<UserView> {
    const row = await this.users.find(tenantId, id);
    if (!row) throw new UserNotFound();
    return userView(row);
  }
}
