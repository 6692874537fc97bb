/** A host in a PostgreSQL database: the sample's tables, read by a role that may do no more, over a wire that can be cut. */
import { randomBytes } from 'node:crypto';
import type { HostKind } from '../../src/host-data/index.js';
import { SAMPLE_QUERIES, type HostQueries } from '../../src/host-data/host-queries.js';
import { QUERY_OF } from '../../src/host-data/host-source.js';
import { MAKE_SAMPLE } from '../../src/host-data/sample-host.sql.js';
import { SqlHostSource } from '../../src/host-data/sql.adapter.js';
import { query, withClient } from '../../harness/query.js';
import { TcpProxy } from '../../harness/tcp-proxy.js';
import type { HostFields, TestHost } from './host-data.contract.js';

const snake = (field: string): string => field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

export class SqlHost implements TestHost {
  private sent = '';

  private constructor(
    /** Of the database's owner, on a wire of its own. */
    readonly ownerUrl: string,
    /** Of the role that reads. */
    readonly url: string,
    readonly proxy: TcpProxy,
  ) {
    proxy.listener = (bytes) => (this.sent += bytes.toString('latin1'));
  }

  /** Makes the host's tables in this database, and a role that may read them. */
  static async in(ownerUrl: string): Promise<SqlHost> {
    const role = `reader_${randomBytes(6).toString('hex')}`;
    await query(ownerUrl, MAKE_SAMPLE);
    await query(ownerUrl, `create role ${role} login password 'secret'`);
    await query(ownerUrl, `grant usage on schema sample_host to ${role}`);
    await query(ownerUrl, `grant select on all tables in schema sample_host to ${role}`);
    const proxy = await TcpProxy.to(Number(new URL(ownerUrl).port));
    const url = Object.assign(new URL(ownerUrl), { username: role, password: 'secret', port: String(proxy.port) }).href;
    return new SqlHost(ownerUrl, url, proxy);
  }

  source(timeoutMs?: number): SqlHostSource {
    return this.asking({}, timeoutMs);
  }

  /** With other queries than those of the sample. */
  asking(queries: Partial<HostQueries>, timeoutMs?: number): SqlHostSource {
    return new SqlHostSource({ databaseUrl: this.url, queries: { ...SAMPLE_QUERIES, ...queries }, timeoutMs });
  }

  async put(tenantId: string, kind: HostKind, ...rows: readonly HostFields[]): Promise<void> {
    const json = JSON.stringify(
      rows.map((row) =>
        Object.fromEntries([
          ['tenant_id', tenantId],
          ...Object.entries(row).map(([field, value]) => [snake(field), value]),
        ]),
      ),
    );
    const table = `sample_host.${QUERY_OF[kind]}`;
    const ids = rows.map(({ id }) => id);
    await query(this.ownerUrl, `delete from ${table} where tenant_id = $1 and id = any($2)`, [tenantId, ids]);
    const columns = ['tenant_id', ...new Set(rows.flatMap((row) => Object.keys(row).map(snake)))].join(', ');
    await query(
      this.ownerUrl,
      `insert into ${table} (${columns}) select ${columns} from jsonb_populate_recordset(null::${table}, $1)`,
      [json],
    );
  }

  asked(): readonly HostKind[] {
    const kinds = Object.fromEntries(Object.entries(QUERY_OF).map(([kind, table]) => [table, kind as HostKind]));
    return [...this.sent.matchAll(/ from sample_host\.(\w+) where tenant_id = \$1 and id = any/g)].flatMap(
      ([, table = '']) => kinds[table] ?? [],
    );
  }

  away(isAway: boolean): void {
    if (isAway) this.proxy.cut();
    else this.proxy.restore();
  }

  drop(): void {
    this.proxy.dropConnections();
  }

  stalled(work: () => Promise<void>): Promise<void> {
    return withClient(this.ownerUrl, async (client) => {
      await client.query('begin; lock table sample_host.orders in access exclusive mode');
      await work();
    });
  }

  close(): Promise<void> {
    return this.proxy.close();
  }
}
