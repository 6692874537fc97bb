/** What has nothing left to say is refused on acceptance; how a text is written decides neither its price nor its preview. */
import type { PreviewView } from '../../src/templates/templates.dto.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { email, read, send, text, whenStatus } from '../support/messages.js';
import { newMailbox, newNumber } from '../support/people.js';
import { recordOf } from '../support/sandbox.js';

let app: TestApp;
let tenant: Tenant;
beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant();
});
afterAll(() => app.close());

let made = 0;
async function template(input: object): Promise<string> {
  const key = `template-${(made += 1)}`;
  await app
    .as(tenant)
    .post('/api/templates')
    .send({ key, category: 'transactional', ...input })
    .expect(201);
  return key;
}

const VIP = '{% if vip %}VIP{% endif %}';
const CONTENT_SID = `HX${'0'.repeat(32)}`;

test.each<[string, { channel: string; [part: string]: unknown }, object, number, string, string]>([
  ['a mail', { channel: 'email', subject: VIP, text: VIP }, {}, 422, 'content_empty', 'subject'],
  ['a mail’s text', { channel: 'email', subject: 'Doors', text: VIP }, {}, 422, 'content_empty', 'text'],
  ['a mail’s HTML', { channel: 'email', subject: 'Doors', html: `<p>${VIP}</p>` }, {}, 422, 'content_empty', 'html'],
  ['a subject', { channel: 'email', subject: '{{ a }}', text: 'Hi' }, { a: '\u200b' }, 422, 'content_empty', 'subject'],
  [
    'a WhatsApp variable',
    { channel: 'whatsapp', contentSid: CONTENT_SID, contentVariables: { 1: '{{ a }}' } },
    { a: '' },
    422,
    'content_empty',
    'contentVariables.1',
  ],
  ['an SMS', { channel: 'sms', body: '{{ a }}' }, { a: '\u00ad' }, 400, 'content_required', 'says nothing'],
])('%s that renders to nothing is refused', async (_what, texts, data, status, code, says) => {
  const to = texts.channel === 'email' ? newMailbox() : newNumber();
  const message = { channel: texts.channel, to, template: { key: await template(texts), data } };
  const { body } = await app.as(tenant).post('/api/messages').send(message).expect(status);
  expect(body).toMatchObject({ code, detail: expect.stringContaining(says) as string });
  const step = { channel: texts.channel, template: message.template };
  const first = texts.channel === 'email' ? text() : email();
  const fallback = await app
    .as(tenant)
    .post('/api/messages')
    .send({ ...first, alternateTo: to, fallback: [step] });
  expect(fallback.body).toMatchObject({ status, code });
});

test.each([
  ['a mail', email({ content: { subject: 'Doors', html: '<p>&nbsp;</p><style>p {}</style>' } }), /content\.html/],
  ['a subject', email({ content: { subject: '\u200b', text: 'x' } }), /content\.subject/],
  ['an SMS', text({ content: { body: '\u200b\u2060' } }), /content\.body/],
])('%s whose own content shows nothing is refused', async (_what, message, says) => {
  const { body } = await app.as(tenant).post('/api/messages').send(message).expect(400);
  expect(body).toMatchObject({ code: 'content_required', detail: expect.stringMatching(says) as string });
});

test('a mail of a picture alone goes', async () => {
  const content = { subject: 'Your seat', html: '<img src="https://img.example/seat.png">' };
  await whenStatus(app, tenant, await send(app, tenant, email({ content })), 'delivered');
});

test('a name with a combining accent costs what its preview says, and arrives composed', async () => {
  const key = await template({ channel: 'sms', body: `Hi {{ name }}, ${'x'.repeat(150)}` });
  const data = { name: 'Jose\u0301' };
  const shown = await app.as(tenant).post(`/api/templates/${key}/preview`).send({ data }).expect(200);
  const { body, sms } = shown.body as PreviewView;
  expect(sms).toEqual({ encoding: 'GSM-7', segments: 1, nonGsm: [] });
  const own = { content: { body: `Hi Jose\u0301, ${'x'.repeat(150)}` } };
  for (const content of [{ template: { key, data }, content: undefined }, own]) {
    const id = await send(app, tenant, text(content));
    await whenStatus(app, tenant, id, 'delivered');
    expect(await read(app, tenant, id)).toMatchObject({ segments: 1 });
    const record = await recordOf(app);
    expect(record.filter(({ messageId }) => messageId === id)).toMatchObject([{ body }]);
  }
});
