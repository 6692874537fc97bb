#!/usr/bin/env bash
# @nestjs/cli 12.0.8 with the SWC builder: a class field without a value is no own property of an instance, although tsconfig.json targets
# ES2024, for which tsc defines it (useDefineForClassFields is true from ES2022 on). The CLI's own SWC defaults say
# `useDefineForClassFields: false` and look neither at the target nor at the option in tsconfig.json. Whatever lists an object's keys, a
# mapper or a validator of DTOs for one, differs between `nest build`, and tests or a type checker that run by tsc's rules. A `.swcrc`
# that says `true` is merged over the defaults.
#
# Seen: keys of the instance by tsc `["id","note"]`; by nest build `["id"]`; by nest build with .swcrc `["id","note"]`.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --no-fund --no-audit --loglevel=error @nestjs/cli@12.0.8 @swc/cli@0.8.1 @swc/core@1.16.22 typescript@5.9.3 > /dev/null

mkdir src
cat > src/main.ts << 'TS'
class Ticket {
  id = 7;
  note?: string;
}
console.log(JSON.stringify(Object.keys(new Ticket())));
TS
echo '{ "compilerOptions": { "target": "ES2024", "module": "commonjs", "outDir": "dist", "useDefineForClassFields": true }, "include": ["src"] }' > tsconfig.json
echo '{ "sourceRoot": "src", "compilerOptions": { "builder": "swc" } }' > nest-cli.json

npx tsc --outDir tsc
tsc=$(node tsc/main.js)
npx nest build > /dev/null 2>&1
nest=$(node dist/main.js)
echo '{ "jsc": { "transform": { "useDefineForClassFields": true } } }' > .swcrc
rm -rf dist
npx nest build > /dev/null 2>&1
merged=$(node dist/main.js)
echo "tsc $tsc, nest build $nest, nest build with .swcrc $merged"
[ "$tsc" = '["id","note"]' ] && [ "$nest" = '["id"]' ] && [ "$merged" = '["id","note"]' ] || { echo 'The behaviour has changed.'; exit 1; }
