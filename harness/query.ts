/** Statements on a database, beside the service's own connections. */
import { Client } from 'pg';

/** Runs one statement on a connection of its own, and answers its rows. */
export async function query<Row extends object>(
  databaseUrl: string,
  sql: string,
  parameters: readonly unknown[] = [],
): Promise<Row[]> {
  return withClient(databaseUrl, async (client) => (await client.query<Row>(sql, [...parameters])).rows);
}

/** Gives a connection to `work`, and closes it afterwards. */
export async function withClient<T>(databaseUrl: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
