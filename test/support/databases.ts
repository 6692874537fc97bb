/** Databases and queues of the servers that `npm test` has started. */
import { randomBytes, randomInt } from 'node:crypto';
import { createDatabase } from '../../harness/postgres-server.js';

/** The URL of a fresh database with all migrations applied. */
export const cloneDatabase = (): Promise<string> => newDatabase('callboard_template');

/** The URL of a fresh database with nothing in it. */
export const emptyDatabase = (): Promise<string> => newDatabase();

function newDatabase(template?: string): Promise<string> {
  const server = process.env['TEST_DATABASE_URL'];
  if (!server) throw new Error('Run the tests with `npm test`: it starts the database they need');
  return createDatabase(server, `test_${randomBytes(6).toString('hex')}`, template);
}

/** With `npm test -- --redis`, a Redis database that nobody else uses; else undefined, and the queue is in the database. */
export function testQueueUrl(): string | undefined {
  const server = process.env['TEST_REDIS_URL'];
  return server && `${server}/${randomInt(100_000)}`;
}
