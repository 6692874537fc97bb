#!/usr/bin/env bash
# @sendgrid/mail 8.1.6 takes messages in camel case and writes what the API wants: `replyTo` as `reply_to`, `sendAt` as `send_at`. An attachment that is a
# plain object leaves as it came, with `contentId`, which is the name that the types of `send` ask for. The API knows `content_id`: it needs that for an inline
# image whose HTML says `cid:`. Only an `Attachment` of @sendgrid/helpers is converted.
#
# Seen: `reply_to` and `send_at` in the body, and beside them an attachment with `contentId`; with `content_id` given, `content_id`.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --no-fund --no-audit --loglevel=error @sendgrid/mail@8.1.6 > /dev/null
cat > body.js << 'EOF'
const mail = require('@sendgrid/mail');

const attachment = { content: 'aGk=', filename: 'logo.png', type: 'image/png', disposition: 'inline' };
let body;
mail.client.request = (request) => {
  body = request.body;
  return Promise.resolve([{ statusCode: 202 }, '']);
};
(async () => {
  for (const cid of [{ contentId: 'logo' }, { content_id: 'logo' }]) {
    await mail.send({
      to: 'guest@example.com',
      from: 'hall@example.com',
      replyTo: 'desk@example.com',
      sendAt: 1800000000,
      subject: 'Tickets',
      html: '<img src="cid:logo">',
      attachments: [{ ...attachment, ...cid }],
    });
    const known = ['reply_to', 'send_at'].filter((name) => name in body);
    console.log(known.join(' '), Object.keys(body.attachments[0]).join(' '));
  }
})();
EOF
output=$(node body.js)
echo "$output"
expected='reply_to send_at content filename type disposition contentId
reply_to send_at content filename type disposition content_id'
if [[ $output != "$expected" ]]; then
  echo 'The behaviour has changed.'
  exit 1
fi
