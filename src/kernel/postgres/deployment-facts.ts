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

  /** The value as it is from now on: one that is there stays. */
  async writeOnce(key: string, value: string): Promise<string> {
    await this.database.query(`insert into deployment (key, value) values ($1, $2) on conflict (key) do nothing`, [
      key,
      value,
    ]);
    return (await this.read(key)) ?? value;
  }

  /** Puts a value in place of the one that was read, unless another process has changed it. Answers what it is from now on. */
  async replace(key: string, read: string, value: string): Promise<string> {
    await this.database.query(`update deployment set value = $3, updated_at = now() where key = $1 and value = $2`, [
      key,
      read,
      value,
    ]);
    return (await this.read(key)) ?? value;
  }

  async write(key: string, value: string): Promise<void> {
    await this.database.query(
      `insert into deployment (key, value) values ($1, $2) on conflict (key) do update set value = $2, updated_at = now()`,
      [key, value],
    );
  }
}
