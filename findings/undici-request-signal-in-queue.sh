#!/usr/bin/env bash
# undici 7.30.2, the line that Node 24 has inside: the signal of `request` does nothing while the request waits for one of the pool's `connections`. With
# `AbortSignal.timeout` of 300 ms it is rejected when the one before it has ended, however late that is: with a timeout, but not in time. `fetch` of the
# same package is rejected in time, and so are both in 8.13.1. Who limits connections to a slow host in 7 waits much longer than the signal says.
#
# Seen, a second after the signal: 7.30.2 request waits, fetch TimeoutError; 8.13.1 TimeoutError twice.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --no-fund --no-audit --loglevel=error undici-7@npm:undici@7.30.2 undici-8@npm:undici@8.13.1 > /dev/null
cat > ask.mjs << 'EOF'
import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

const held = [];
const server = createServer((request, response) => held.push(response));
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${server.address().port}/`;
for (const [version, name] of [['7.30.2', 'undici-7'], ['8.13.1', 'undici-8']]) {
  const undici = await import(name);
  for (const way of ['request', 'fetch']) {
    const dispatcher = new undici.Agent({ connections: 1 });
    const first = undici[way](url, { dispatcher });
    while (held.length === 0) await delay(10);
    const second = undici[way](url, { dispatcher, signal: AbortSignal.timeout(300) }).then(
      () => 'answered',
      (error) => error.name,
    );
    console.log(version, way, await Promise.race([second, delay(1_300, 'waits')]));
    for (const response of held.splice(0)) response.end();
    await first;
    await second;
    for (const response of held.splice(0)) response.end();
    await dispatcher.destroy();
  }
}
server.closeAllConnections();
server.close();
EOF
output=$(node ask.mjs)
echo "$output"
expected='7.30.2 request waits
7.30.2 fetch TimeoutError
8.13.1 request TimeoutError
8.13.1 fetch TimeoutError'
if [[ $output != "$expected" ]]; then
  echo 'The behaviour has changed.'
  exit 1
fi
