/** Facts shared by all processes of a deployment, in the database. */
import { Injectable } from '@nestjs/common';
import { Database } from './database.js';

@Injectable()
export class DeploymentFacts {
  constructor(private readonly database: Database) {}

  /** Undefined if not set yet. */
  async read(key: string): Promise<string | undefined> {
    const [fact] = await this.database.query<{ value: string }>(`select value from deployment where key = $1`, [key]);
    return fact?.value;
  }

  async write(key: string, value: string): Promise<void> {
    await this.database.query(
      `insert into deployment (key, value) values ($1, $2) on conflict (key) do update set value = $2, updated_at = now()`,
      [key, value],
    );
  }
}
