#!/usr/bin/env bash
# plivo 4.79.0 takes an `url` with which a client speaks to another server than Plivo's: a double in tests, a proxy, a region. Messages and
# numbers go there. Applications and calls do not: they are always asked for at api.plivo.com, with the same credentials. A test suite that
# is led to a double by `url`, and has an account's own credentials, lists and creates applications in that account.
#
# Seen: messages and numbers are asked for at 127.0.0.1, applications and calls at api.plivo.com. The requests are answered by the SDK's
# own HTTP client, so that nothing is sent.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --no-fund --no-audit --loglevel=error plivo@4.79.0 > /dev/null
cat > ask.js << 'EOF'
const plivo = require('plivo');
const axios = require(require.resolve('axios', { paths: [require.resolve('plivo')] }));
const asked = [];
axios.defaults.adapter = (request) => {
  asked.push(new URL(request.url).hostname);
  const data = { api_id: 'a', meta: {}, objects: [] };
  return Promise.resolve({ status: 200, statusText: 'OK', headers: {}, config: request, data });
};
const client = new plivo.Client('MA' + '0'.repeat(18), 'token', { url: 'http://127.0.0.1:8080/v1/Account/MA' });
(async () => {
  for (const resource of ['messages', 'numbers', 'applications', 'calls']) {
    asked.length = 0;
    await client[resource].list({ limit: 1 });
    console.log(resource, asked.join(' '));
  }
  process.exit(0);
})();
EOF
output=$(node ask.js)
echo "$output"
expected='messages 127.0.0.1
numbers 127.0.0.1
applications api.plivo.com
calls api.plivo.com'
if [[ $output != "$expected" ]]; then
  echo 'The behaviour has changed.'
  exit 1
fi
