#!/usr/bin/env bash
# @mikro-orm/postgresql 7.2.1: orm.close(true) closes the pool, but not for good. A query after it is no error, as it is with pg, whose
# pool refuses what comes after end(): MikroORM makes another pool without a word, the query works, and isConnected() is true again.
# Nobody closes that pool. So work that is still going on at a shutdown, such as a hook that runs after the one that closes the
# database, leaves connections behind at the server, and keeps the process alive, unless close() is called once more. Who shuts down
# has to await all work first, and to refuse what comes later by itself.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --no-fund --no-audit --loglevel=error @mikro-orm/core@7.2.1 @mikro-orm/postgresql@7.2.1 pg@8.23.1 \
  @electric-sql/pglite@0.5.14 @electric-sql/pglite-socket@0.2.17 > /dev/null

cat > close.mjs << 'JS'
import { setTimeout as delay } from 'node:timers/promises';
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { EntitySchema, MikroORM } from '@mikro-orm/postgresql';
import pg from 'pg';

const database = await PGlite.create();
const server = new PGLiteSocketServer({ db: database, host: '127.0.0.1', port: 0 });
await server.start();
const url = `postgres://postgres:postgres@${server.getServerConn()}/postgres`;
const sockets = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
/** The server takes one connection at a time: the last has gone. */
const quiet = async () => {
  while (sockets() > 0) await delay(10);
};
const outcome = (work) => work.then(() => 'works', (error) => `fails: ${error.message}`);

const pool = new pg.Pool({ connectionString: url });
await pool.query('select 1');
await pool.end();
await quiet();
console.log(`pg, after end(): a query ${await outcome(pool.query('select 1'))}`);

const id = { type: 'number', primary: true };
const orm = await MikroORM.init({ clientUrl: url, entities: [new EntitySchema({ name: 'Venue', properties: { id } })] });
await orm.em.getConnection().execute('select 1');
await orm.close(true);
await quiet();
console.log(`MikroORM, after close(true): connected ${await orm.isConnected()}`);
console.log(`a query ${await outcome(orm.em.getConnection().execute('select 1'))}`);
console.log(`connected ${await orm.isConnected()}, with a socket ${sockets() > 0}`);
await orm.close(true);
await quiet();
await server.stop();
await database.close();
JS

seen=$(timeout 120 node close.mjs)
echo "$seen"
expected='pg, after end(): a query fails: Cannot use a pool after calling end on the pool
MikroORM, after close(true): connected false
a query works
connected true, with a socket true'
[ "$seen" = "$expected" ] || { echo 'The behaviour has changed.'; exit 1; }
