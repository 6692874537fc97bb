#!/usr/bin/env bash
# ical-generator 11.1.2 escapes what iCalendar does not, and leaves what it does. `;` and `,` in the URL of an event get a backslash, although a
# value of the type URI is taken as it stands (RFC 5545, 3.3.13): a calendar follows a link with backslashes in it. The UID is text, in which
# these are escaped (3.3.11), and is written as it is given: `\n` within one is read as a line break, so that a cancellation finds no event.
#
# Seen: ical.js reads the URL with two backslashes, and a UID that is another than the given; the summary is the same.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --no-fund --no-audit --loglevel=error ical-generator@11.1.2 ical.js@2.2.1 > /dev/null
cat > event.mjs << 'EOF'
import ICAL from 'ical.js';
import ical from 'ical-generator';

const given = {
  uid: 'tickets\\north-7@example.com',
  url: 'https://example.com/events;year=2027?seats=A12,A13',
  summary: 'Gala; rows A, B',
};
const calendar = ical();
const { uid: id, ...texts } = given;
calendar.createEvent({ id, ...texts, start: new Date('2027-03-01T18:00:00Z'), end: new Date('2027-03-01T21:00:00Z') });
const event = new ICAL.Component(ICAL.parse(calendar.toString())).getFirstSubcomponent('vevent');
for (const [name, value] of Object.entries(given)) {
  const read = event.getFirstPropertyValue(name);
  console.log(name, read === value ? 'as given' : JSON.stringify(read));
}
EOF
output=$(node event.mjs)
echo "$output"
expected='uid "tickets\north-7@example.com"
url "https://example.com/events\\;year=2027?seats=A12\\,A13"
summary as given'
if [[ $output != "$expected" ]]; then
  echo 'The behaviour has changed.'
  exit 1
fi
