// A host behind a URL, in one file: verifies that Callboard asks, and answers orders, customers, events and attendees.
//   HOST_DATA_SECRET=whsec_… PORT=4000 node examples/host/host.mjs
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';

const { HOST_DATA_SECRET = '', PORT = '4000' } = process.env;
const webhook = new Webhook(HOST_DATA_SECRET);

/** By query. A real host looks them up by tenant; these belong to every tenant. */
const RECORDS = {
  orders: [{ id: 'order-1', status: 'confirmed', customerId: 'customer-1', eventId: 'event-1' }],
  customers: [
    {
      id: 'customer-1',
      name: 'Ana Example',
      email: 'ana@example.com',
      phone: '+15555550101',
      language: 'en',
      timezone: 'America/New_York',
      preferredChannel: 'email',
      attributes: { vip: true },
    },
  ],
  events: [
    {
      id: 'event-1',
      name: 'Spring Opening',
      startsAt: '2027-04-02T20:00:00',
      timezone: 'America/New_York',
      status: 'scheduled',
    },
  ],
  attendees: [{ id: 'attendee-1', eventId: 'event-1', customerId: 'customer-1', status: 'registered' }],
};

/** The records of each kind that was asked for, or a page of an event's attendees. */
function answerTo({ attendeesOf, ...question }) {
  if (attendeesOf) {
    const { eventId, after, limit } = attendeesOf;
    const attendees = RECORDS.attendees.filter((one) => one.eventId === eventId && one.id > after);
    return { attendees: attendees.toSorted((one, other) => (one.id < other.id ? -1 : 1)).slice(0, limit) };
  }
  const asked = Object.keys(RECORDS).filter((query) => question[query]);
  return Object.fromEntries(
    asked.map((query) => [query, RECORDS[query].filter(({ id }) => question[query].includes(id))]),
  );
}

const server = createServer(async (request, response) => {
  const body = await text(request);
  const say = (status, answer) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  try {
    say(200, answerTo(webhook.verify(body, request.headers)));
  } catch (error) {
    say(401, { error: error.message });
  }
});

server.listen(Number(PORT), '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${server.address().port}\n`);
});
