/** A person who is everywhere: written to, written by and written about, and searched for in every row of every table. */
import { until } from '../../harness/until.js';
import { automate, happen, template } from '../support/automations.js';
import { email, send, sendAll, text, whenEnded, whenStatus } from '../support/messages.js';
import { allReported, receive } from '../support/sandbox.js';
import type { TestApp, Tenant } from '../support/test-app.js';
import { picture } from '../files/files.js';

export const EMAIL = 'ana.marked+gala@example.com';
export const PHONE = '+4915299988771';
export const WORDS = 'the marked seat by the window';
const NAME = 'Markedana';

/** As they may stand in a row's text, bytes or JSON. */
export const MARKS = ['ana.marked', '4915299988771', 'marked seat', NAME];

export interface Traces {
  readonly emailId: string;
  readonly textId: string;
  readonly laterId: string;
  readonly audienceId: string;
  readonly fileId: string;
}

/** Leaves traces of the person in all that the API takes; `number` is the venue's for texts. */
export async function leaveTraces(app: TestApp, owner: Tenant, venueId: string, number: string): Promise<Traces> {
  const as = app.as(owner);
  await as
    .post('/api/webhook-endpoints')
    .send({ url: `${app.url}/webhook/nobody`, events: null })
    .expect(201);
  await as.post('/api/users').send({ email: EMAIL, name: NAME, role: 'viewer' }).expect(201);
  const upload = await as
    .post('/api/files')
    .query({ name: `ticket-${EMAIL}.png` })
    .set('content-type', 'image/png')
    .send(Buffer.concat([picture(), Buffer.from(` ${NAME}`)]))
    .expect(201);
  const fileId = (upload.body as { id: string }).id;
  const copy = { attachments: [{ id: fileId }], replyTo: EMAIL };
  const metadata = { name: NAME, email: EMAIL };
  const emailId = await send(
    app,
    owner,
    email({ to: EMAIL, content: { subject: WORDS, text: WORDS }, metadata, ...copy }),
  );
  const mine = { venueId, to: PHONE, content: { body: WORDS }, reference: `ref-${PHONE}`, customerId: NAME };
  const textId = await send(app, owner, text(mine));
  await as
    .post('/api/messages')
    .set('idempotency-key', 'marked-1')
    .send(
      email({
        to: EMAIL,
        content: { subject: WORDS, text: `${WORDS} https://example.com/?to=${encodeURIComponent(EMAIL)}` },
      }),
    )
    .expect(202);
  const later = { to: EMAIL, sendAt: new Date(Date.now() + 3_600_000).toISOString() };
  const laterId = await send(app, owner, email({ ...later, content: { subject: WORDS, text: WORDS } }));
  // Somebody else’s message speaks of the person.
  await sendAll(app, owner, [
    email({ to: 'ben@example.com', content: { subject: 'Seats', text: `You sit beside ${EMAIL}, ${PHONE}.` } }),
    text({ venueId, content: { body: 'Your friend’s number' }, metadata: { friend: PHONE, digits: Number(PHONE) } }),
  ]);
  await whenStatus(app, owner, emailId, 'delivered');
  await whenStatus(app, owner, textId, 'delivered');
  await leaveDecisions(app, owner, venueId);
  const audienceId = await leaveLists(app, owner);
  await leaveWords(app, owner, venueId, number);
  await until(() => allReported(app));
  return { emailId, textId, laterId, audienceId, fileId };
}

async function leaveDecisions(app: TestApp, owner: Tenant, venueId: string): Promise<void> {
  const as = app.as(owner);
  const evidence = { form: 'footer', name: NAME, email: EMAIL };
  const decide = (venue: string, address: string, body: object) =>
    as
      .put(`/api/consent/${venue}/${encodeURIComponent(address)}`)
      .send({ source: 'form', evidence, ...body })
      .expect(200);
  await decide(owner.defaultVenueId, EMAIL, { status: 'opted_in' });
  await decide(owner.defaultVenueId, EMAIL, { status: 'opted_out' });
  await decide(owner.defaultVenueId, PHONE, { status: 'opted_out', channel: 'sms' });
  await decide(venueId, PHONE, { status: 'opted_in', channel: 'sms' });
  await as.post('/api/suppressions').send({ channel: 'whatsapp', address: PHONE, reason: 'manual' }).expect(200);
  await template(app, owner, 'confirm', {
    channel: 'email',
    subject: 'Confirm',
    html: '<a href="{{ confirm_url }}">Yes</a>',
  });
  const asked = { venueId, address: EMAIL, source: 'form', evidence, template: { key: 'confirm' } };
  await as.post('/api/opt-in-requests').set('idempotency-key', 'marked-2').send(asked).expect(202);
}

async function leaveLists(app: TestApp, owner: Tenant): Promise<string> {
  const as = app.as(owner);
  const { body } = await as.post('/api/audiences').send({ name: 'Regulars' }).expect(201);
  const { id } = body as { id: string };
  const contacts = [
    { email: EMAIL, phone: PHONE, name: NAME },
    { email: 'ben@example.com', friend: EMAIL },
  ];
  await as
    .post(`/api/audiences/${id}/contacts`)
    .type('application/x-ndjson')
    .send(contacts.map((contact) => JSON.stringify(contact)).join('\n'))
    .expect(200);
  await template(app, owner, 'thanks', { channel: 'email', subject: 'Thanks', text: 'Thanks' });
  await as
    .put('/api/templates/thanks/data-sets/sample')
    .send({ data: { name: EMAIL } })
    .expect(204);
  await automate(app, owner, {
    trigger: 'order.confirmed',
    steps: [{ wait: 'P2D' }, { send: { templates: ['thanks'] } }],
  });
  await happen(app, owner, 'order.confirmed', {
    orderId: 'o-1',
    customerId: 'c-1',
    email: EMAIL,
    phone: PHONE,
    name: NAME,
  });
  await until(async () => (await app.database.query(`select from automation_run`)).length > 0);
  return id;
}

async function leaveWords(app: TestApp, owner: Tenant, venueId: string, number: string): Promise<void> {
  await app
    .as(owner)
    .patch(`/api/venues/${venueId}`)
    .send({ forwardTo: { emails: ['desk@example.com'] } })
    .expect(200);
  const media = [
    { mediaType: 'image/png', content: Buffer.concat([picture(), Buffer.from(` ${NAME}`)]).toString('base64') },
  ];
  await receive(app, { from: PHONE, to: number, body: `I am ${NAME}, where is ${WORDS}?`, media });
  await receive(app, { from: PHONE, to: number, body: 'STOP' });
  await until(async () => {
    const waiting = await app.database.query(`select from received_media where state = 'waiting'`);
    return waiting.length === 0;
  });
  const { body } = await app.as(owner).get('/api/messages').query({ to: PHONE }).expect(200);
  const [{ id }] = (body as { items: [{ id: string }] }).items;
  await whenEnded(app, owner, id);
}

interface Table {
  readonly name: string;
}

/** The rows of every table, partitions and the queue’s too, that hold a mark; as `table: mark`. */
export async function searched(app: TestApp, marks: readonly string[] = MARKS): Promise<string[]> {
  const tables = await app.database.query<Table>(
    `select format('%I.%I', nspname, relname) as name from pg_class join pg_namespace on pg_namespace.oid = relnamespace
     where relkind = 'r' and nspname not like 'pg\\_%' and nspname <> 'information_schema' order by 1`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    for (const mark of marks) {
      const rows = await app.database.query<{ row: string }>(
        `select t::text as row from ${name} as t
         where t::text ilike '%' || $1 || '%' or t::text ilike '%' || encode(convert_to($1, 'utf8'), 'hex') || '%'`,
        [mark],
      );
      if (rows.length > 0) found.push(`${name}: ${mark} ${rows[0]?.row.slice(0, 300)}`);
    }
  }
  return found;
}
