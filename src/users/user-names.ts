/** What users are called, for lists of what they did. */
import { Injectable } from '@nestjs/common';
import { Database, isUuid } from '../kernel/index.js';

const USER = 'user:';

@Injectable()
export class UserNames {
  constructor(private readonly database: Database) {}

  /** By actor, such as `user:<id>`: the names of those that are users, whom the caller may see, and who are there still. */
  async of(actors: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const ids = actors.filter((actor) => actor.startsWith(USER)).map((actor) => actor.slice(USER.length));
    const known = [...new Set(ids)].filter(isUuid);
    if (known.length === 0) return new Map();
    const rows = await this.database.query<{ id: string; name: string }>(
      `select id, coalesce(name, email) as name from console_user where id = any($1::uuid[])`,
      [known],
    );
    return new Map(rows.map(({ id, name }) => [`${USER}${id}`, name]));
  }
}
