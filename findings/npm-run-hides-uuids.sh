#!/usr/bin/env bash
# npm 11.19.1 takes every UUID for a token: in the line with which `npm run` shows the command that it runs, an id among the arguments is
# replaced by `***`. The command itself is given the id unchanged. Who copies the line that is shown, or compares a log of it, has another
# command than the one that ran; an id of another form is not hidden. `--silent` prints no such line, and npm 12.2.2 shows the id.
#
# Seen: `node show.js *** order-17` is shown, and show.js prints the id that was given.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --no-fund --no-audit --loglevel=error npm@11.19.1 > /dev/null
npm pkg set scripts.show='node show.js' > /dev/null
echo 'console.log("given", process.argv.slice(2).join(" "));' > show.js

id=01a1fce9-5ceb-7cc0-8d2e-0a6a5d5c8f11
output=$(node_modules/.bin/npm run show -- "$id" order-17)
echo "$output"
shown=$(grep '^> node show.js' <<< "$output")
given=$(grep '^given' <<< "$output")
if [[ $shown != '> node show.js *** order-17' || $given != "given $id order-17" ]]; then
  echo 'The behaviour has changed.'
  exit 1
fi
