#!/usr/bin/env bash
# Node 24.21.0: ids of crypto.randomUUIDv7() made within one millisecond are in no order. All bits after the millisecond are drawn anew each
# time, so about half of the ids made in a tight loop are smaller than the one before. RFC 9562, section 6.2, describes how to avoid
# that, and `v7()` of uuid 14.0.3 does: none is smaller. A table that expects rows in order of their ids, or pages by them, mixes up rows
# that one process made in a row.
#
# Seen, of 200,000 ids made in a row: about 99,800 of Node's are smaller than the one before, none of uuid's.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --no-fund --no-audit --loglevel=error node@24.21.0 uuid@14.0.3 > /dev/null

cat > order.mjs << 'JS'
import { randomUUIDv7 } from 'node:crypto';
import { v7 } from 'uuid';

const COUNT = 200_000;
function smaller(make) {
  const ids = Array.from({ length: COUNT }, () => make());
  return ids.filter((id, place) => place > 0 && id < ids[place - 1]).length;
}
const [node, uuid] = [smaller(randomUUIDv7), smaller(() => v7())];
console.log(`Node ${process.versions.node}: ${node} of ${COUNT} are smaller than the one before; uuid: ${uuid}`);
if (node < COUNT / 4 || uuid !== 0) {
  console.log('The behaviour has changed.');
  process.exit(1);
}
JS
node_modules/.bin/node order.mjs
