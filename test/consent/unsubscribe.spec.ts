/** Leaving a venue's marketing: the headers that mail programs read, one click, and the page on which people choose. */
import { Browser } from '../../harness/browser.js';
import { until } from '../../harness/until.js';
import type { ConsentView } from '../../src/consent/consent.dto.js';
import { consentOf, decide } from '../support/consent.js';
import { consume } from '../support/consumers.js';
import { email, read, send, sendAll, whenEnded, whenStatus } from '../support/messages.js';
import { newMailbox, newNumber } from '../support/people.js';
import { recordOf, type RecordedMessage } from '../support/sandbox.js';
import { newSender, newVenue } from '../support/senders.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { logOf } from './support.js';

let app: TestApp;
let owner: Tenant;
beforeAll(async () => {
  app = await openTestApp();
  owner = await app.tenant();
});
afterAll(() => app.close());

const NEWS = { category: 'marketing', content: { subject: 'Spring', html: '<p>Tickets are out</p>', text: 'Out' } };
const ONE_CLICK = 'List-Unsubscribe=One-Click';

/** What a mail to each of these people brings, in their order. */
async function newsTo(people: readonly string[], more: object = {}): Promise<RecordedMessage[]> {
  const ids = await sendAll(
    app,
    owner,
    people.map((to) => email({ to, ...NEWS, ...more })),
  );
  for (const id of ids) await whenStatus(app, owner, id, 'sent');
  const record = await recordOf(app);
  return ids.map((id) => record.find(({ messageId }) => messageId === id) as RecordedMessage);
}

const headerOf = ({ headers }: RecordedMessage, name: string): string => headers?.[name] ?? '';
const linkIn = (mail: RecordedMessage): string => /<(http[^>]+)>/.exec(headerOf(mail, 'List-Unsubscribe'))?.[1] ?? '';
const pathOf = (link: string): string => link.slice(app.url.length);

/** Somebody who wants everything, and the link in their news. */
async function reader(more: object = {}): Promise<{ address: string; path: string; messageId: string }> {
  const address = newMailbox();
  await decide(app, owner, [address], 'email');
  const [mail] = await newsTo([address], more);
  if (!mail?.messageId) throw new Error('No mail came');
  return { address, path: pathOf(linkIn(mail)), messageId: mail.messageId };
}

const post = (path: string, body: string, type = 'application/x-www-form-urlencoded') =>
  app.http
    .post(path)
    .set({ 'content-type': type, 'user-agent': 'Mail program/1.0' })
    .serialize((text: unknown) => text as string)
    .send(body);

const stateOf = (address: string): Promise<ConsentView> =>
  consentOf(app, owner, owner.defaultVenueId, address, 'email');

test.each(['ses', 'sendgrid', 'resend'])(
  'Marketing through %s can be left with one click, alone and many in one call; a ticket has nothing to leave',
  async (provider) => {
    const venueId = await newVenue(app, owner, 'Hall');
    const mailbox = { unsubscribeEmail: 'Leave@Riverside.example' };
    await app.as(owner).patch(`/api/venues/${venueId}`).send(mailbox).expect(200);
    const address = `news@${provider}.example`;
    await newSender(app, owner, { venueId, channel: 'email', address, provider });
    const people = [newMailbox(), newMailbox(), newMailbox()];
    await decide(app, owner, people, 'email', 'opted_in', venueId);
    const mails = [...(await newsTo(people, { venueId })), ...(await newsTo(people.slice(0, 1), { venueId }))];
    expect(mails.map((mail) => [mail.provider, headerOf(mail, 'List-Unsubscribe-Post')])).toEqual(
      mails.map(() => [provider, ONE_CLICK]),
    );
    for (const mail of mails)
      expect(headerOf(mail, 'List-Unsubscribe')).toMatch(
        new RegExp(`^<${app.url}/u/[\\w-]{80,160}>, <mailto:leave@riverside.example\\?subject=unsubscribe>$`),
      );
    expect(new Set(mails.map(linkIn)).size).toBe(mails.length);
    const id = await send(app, owner, email({ venueId }));
    await whenStatus(app, owner, id, 'sent');
    const ticket = (await recordOf(app)).find(({ messageId }) => messageId === id);
    expect(Object.keys(ticket?.headers ?? {}).filter((name) => /^list-/i.test(name))).toEqual([]);
  },
);

test('One click stops marketing and nothing else, with the message as its evidence', async () => {
  const { address, path, messageId } = await reader();
  const answer = await post(path, ONE_CLICK).expect(200);
  expect(answer.headers).not.toHaveProperty('location');
  expect(answer.headers).not.toHaveProperty('set-cookie');
  expect(await stateOf(address)).toMatchObject({
    status: 'opted_out',
    category: 'marketing',
    source: 'unsubscribe_link',
  });
  expect((await logOf(app, owner, address, 'email')).at(-1)).toMatchObject({
    status: 'opted_out',
    category: 'marketing',
    previous_status: 'opted_in',
    actor: 'recipient',
    evidence: { messageId, userAgent: 'Mail program/1.0' },
  });
  const [news, ticket] = await sendAll(app, owner, [email({ to: address, ...NEWS }), email({ to: address })]);
  expect(await whenEnded(app, owner, news ?? '')).toMatchObject({ status: 'blocked_opted_out', reason: 'opted_out' });
  await whenStatus(app, owner, ticket ?? '', 'sent');
});

/** What the ledger tells of a message since it was sent. */
const engagementOf = async (id: string): Promise<{ kind: string; source: string }[]> =>
  (await read(app, owner, id)).events
    .filter(({ kind }) => kind === 'unsubscribed')
    .map(({ kind, source }) => ({ kind, source }));

test('Who leaves by a message is an event of it, once, however they leave and come back, and the report counts it', async () => {
  const { address, path, messageId } = await reader();
  const left = [{ kind: 'unsubscribed', source: 'link' }];
  await Promise.all([post(path, ONE_CLICK), post(path, ONE_CLICK), post(path, 'form=preferences')]);
  expect(await engagementOf(messageId)).toEqual(left);
  await post(path, 'form=preferences&email=news&email=rest').expect(200);
  expect(await engagementOf(messageId)).toEqual(left);
  await post(path, 'form=preferences&email=rest').expect(200);
  expect(await engagementOf(messageId)).toEqual(left);
  expect(await stateOf(address)).toMatchObject({ status: 'opted_out', category: 'marketing' });

  const other = await reader();
  await post(other.path, 'form=preferences&email=rest').expect(200);
  expect(await engagementOf(other.messageId)).toEqual(left);
  const late = await reader();
  await decide(app, owner, [late.address], 'email', 'opted_out');
  await post(late.path, ONE_CLICK).expect(200);
  expect(await engagementOf(late.messageId)).toEqual([]);

  await consume(app, 'usage');
  const { body } = await app.as(owner).get('/api/reports/engagement').query({ channel: 'email' }).expect(200);
  const counted = await app.database.query<{ people: number }>(
    `select count(distinct message_id)::int as people from message_event where tenant_id = $1 and kind = 'unsubscribed'`,
    [owner.id],
  );
  expect(body).toMatchObject({ total: { unsubscribed: counted[0]?.people } });
});

test('A link works on when its message is deleted', async () => {
  const { address, path, messageId } = await reader();
  await app.database.query('delete from message_event where message_id = $1', [messageId]);
  await app.database.query('delete from message where id = $1', [messageId]);
  await post(path, ONE_CLICK).expect(200);
  expect(await stateOf(address)).toMatchObject({ status: 'opted_out', category: 'marketing' });
});

test('A mail program may post its click as multipart, and more than once', async () => {
  const { address, path } = await reader();
  const body = `--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n`;
  await post(path, body, 'multipart/form-data; boundary=x').expect(200);
  await post(path, ONE_CLICK).expect(200);
  expect((await logOf(app, owner, address, 'email')).slice(1)).toMatchObject([
    { status: 'opted_out', previous_status: 'opted_in' },
    { status: 'opted_out', previous_status: 'opted_out' },
  ]);
});

test('A scanner that opens every link, however often, changes nothing', async () => {
  const { address, path } = await reader();
  const before = [await stateOf(address), await logOf(app, owner, address, 'email')];
  for (const method of ['get', 'head', 'get', 'get'] as const) {
    const { headers } = await app.http[method](path).set('accept', '*/*').expect(200);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    });
  }
  await app.http.options(path).expect(405);
  expect([await stateOf(address), await logOf(app, owner, address, 'email')]).toEqual(before);
});

test('A link that was cut or changed leads nowhere, and tells nobody whose it was', async () => {
  const { address, path } = await reader();
  const changed = path.slice(0, -1) + (path.endsWith('A') ? 'B' : 'A');
  for (const bad of [path.slice(0, -3), changed, '/u/x', `/u/${'A'.repeat(120)}`]) {
    const shown = await app.http.get(bad).expect(404);
    expect(shown.text).toContain('This link does not work');
    await post(bad, ONE_CLICK).expect(404);
  }
  expect(path).not.toContain(Buffer.from(address).toString('base64url').slice(2, 12));
  expect(await stateOf(address)).toMatchObject({ status: 'opted_in' });
});

test('A link works after the keys are replaced, while the old one is in the ring', async () => {
  const { address, path } = await reader();
  const later = await openTestApp({
    databaseUrl: app.config.databaseUrl,
    role: 'api',
    encryptionKeys: `new:${Buffer.alloc(32, 7).toString('base64')},${app.config.encryptionKeys}`,
  });
  try {
    await later.http.post(path).type('form').send({ 'List-Unsubscribe': 'One-Click' }).expect(200);
  } finally {
    await later.close();
  }
  expect(await stateOf(address)).toMatchObject({ status: 'opted_out' });
});

test('The page says what goes on in the reader’s language, and keeps what was chosen', async () => {
  const { address, path } = await reader();
  const shown = await app.http.get(path).set('accept-language', 'fr, de-AT;q=0.8, en;q=0.5').expect(200);
  expect(shown.text).toContain('<html lang="de">');
  expect(shown.text).toContain(`${address.slice(0, 1)}…@example.com`);
  expect(shown.text).not.toContain(address);
  expect(shown.text).not.toMatch(/<script|javascript:|https?:/);
  const form = 'form=preferences&email=rest&language=de';
  const saved = await post(path, form).expect(200);
  expect(saved.text).toContain('Ihre Auswahl ist gespeichert.');
  expect(await stateOf(address)).toMatchObject({ status: 'opted_out', category: 'marketing', source: 'preferences' });
  const log = await logOf(app, owner, address, 'email');
  await post(path, form).expect(200);
  expect(await logOf(app, owner, address, 'email')).toEqual(log);

  const again = await app.http.get(path).set('accept-language', 'en').expect(200);
  expect(again.text).toContain('<html lang="de">');
  expect(again.text).not.toContain('List-Unsubscribe');
  await post(path, 'form=preferences&language=xx').expect(200);
  expect(await stateOf(address)).toMatchObject({ status: 'opted_out', category: null });
  await post(path, 'form=preferences&email=news').expect(200);
  expect(await stateOf(address)).toMatchObject({ status: 'opted_in' });
});

test('A person chooses in Chromium, without scripts: leaves the news, takes them back, and reads on in German', async () => {
  const browser = await Browser.open();
  if (!browser) return; // as on a machine without Chromium
  try {
    const { address, path } = await reader();
    const page = await browser.page('en');
    const said = (): Promise<string> => page.read<string>(`document.querySelector('[role=status]')?.innerText ?? ''`);
    const ticked = (): Promise<string[]> =>
      page.read<string[]>(`[...document.querySelectorAll('input:checked')].map(({ value }) => value)`);
    await page.open(`${app.url}${path}`);
    expect(await page.read('document.title')).toContain('What would you like to get?');
    expect([await said(), await ticked()]).toEqual(['', ['news', 'rest']]);

    await page.submit('button[name=List-Unsubscribe]');
    expect(await said()).toBe('You are unsubscribed: you will get no more news and offers by email.');
    expect(await ticked()).toEqual(['rest']);
    expect(await stateOf(address)).toMatchObject({ status: 'opted_out', category: 'marketing' });

    await page.click('input[value=news]');
    await page.choose('select', 'De');
    await page.submit('form#preferences button');
    expect(await said()).toBe('Ihre Auswahl ist gespeichert.');
    expect(await ticked()).toEqual(['news', 'rest']);
    expect(await stateOf(address)).toMatchObject({ status: 'opted_in', source: 'preferences' });
    expect(await page.read('getComputedStyle(document.body).maxWidth')).not.toBe('none');
  } finally {
    await browser.close();
  }
});

describe('A template of marketing email', () => {
  const html = '<p>Spring</p><a href="{{ unsubscribe_url }}">Leave</a>';
  const publish = (input: object) =>
    app
      .as(owner)
      .post('/api/templates')
      .send({
        key: `news-${crypto.randomUUID()}`,
        channel: 'email',
        category: 'marketing',
        subject: 'Spring',
        ...input,
      });

  test.each([
    ['HTML', { html: '<p>Spring</p>' }, ['html']],
    ['HTML beside a text that has one', { html: '<p>Spring</p>', text: '{{ unsubscribe_url }}' }, ['html']],
    ['a text of its own', { html, text: 'Spring' }, ['text']],
    [
      'both',
      { html: '<p>Spring</p>{% comment %}{{ unsubscribe_url }}{% endcomment %}', text: 'Spring' },
      ['html', 'text'],
    ],
  ])('is refused without a link to leave: %s', async (_, texts, parts) => {
    const { body } = await publish(texts).expect(422);
    expect(body).toMatchObject({
      code: 'unsubscribe_link_missing',
      errors: parts.map((path) => ({ path })),
    });
  });

  test('may have the link anywhere, or the one to the preferences; others need none', async () => {
    await publish({ html }).expect(201);
    await publish({ text: '{% if de %}Weg: {{ preferences_url }}{% else %}{{ preferences_url }}{% endif %}' }).expect(
      201,
    );
    await publish({ category: 'transactional', html: '<p>Seat</p>' }).expect(201);
    await publish({ channel: 'sms', subject: undefined, body: 'Spring' }).expect(201);
  });

  test('needs it in each new version too, unless the tenant relies on the button of mail programs', async () => {
    const { body } = await publish({ html }).expect(201);
    const { key, requiredVariables } = body as { key: string; requiredVariables: string[] };
    expect(requiredVariables).toEqual([]);
    const next = { subject: 'Spring', html: '<p>Spring</p>' };
    await app.as(owner).put(`/api/templates/${key}`).send(next).expect(422);
    const path = `/api/tenants/${owner.id}/settings`;
    const off = await app.as(owner).patch(path).send({ requireUnsubscribeLink: false }).expect(200);
    expect(off.body).toMatchObject({ settings: { requireUnsubscribeLink: false } });
    await app.as(owner).put(`/api/templates/${key}`).send(next).expect(200);
    await app.as(owner).patch(path).send({ requireUnsubscribeLink: true }).expect(200);
  });

  test('brings each recipient their own link, whatever the data say, and shows none to whoever reads or previews it', async () => {
    const { body } = await publish({
      html,
      text: 'Leave: {{ unsubscribe_url }} or choose: {{ preferences_url }}',
    }).expect(201);
    const { key } = body as { key: string };
    const people = [newMailbox(), newMailbox()];
    await decide(app, owner, people, 'email');
    const data = { unsubscribe_url: 'https://elsewhere.example' };
    const mails = await newsTo(people, { content: undefined, template: { key, data } });
    const links = mails.map(linkIn);
    expect(new Set(links).size).toBe(2);
    expect(mails.map((mail) => mail.html)).toEqual(links.map((link) => `<p>Spring</p><a href="${link}">Leave</a>`));
    expect(mails.map((mail) => mail.text)).toEqual(
      links.map((link) => `Leave: ${link} or choose: ${link}#preferences`),
    );
    const preview = await app.as(owner).post(`/api/templates/${key}/preview`).send({}).expect(200);
    const stored = await app.as(owner).get(`/api/messages/${mails[0]?.messageId}/content`).expect(200);
    for (const shown of [preview, stored]) {
      expect(shown.text).toContain('https://callboard.example/u/example-');
      expect(shown.text).not.toContain(app.url);
    }
  });
});

test('A number’s page has its channels, but those that the tenant does not send on', async () => {
  const quiet = await app.tenant();
  await app.as(quiet).patch(`/api/tenants/${quiet.id}/settings`).send({ voiceEnabled: false }).expect(200);
  const number = newNumber();
  await decide(app, quiet, [number], 'sms');
  const template = { key: 'news', channel: 'sms', category: 'marketing', body: 'Out now. {{ unsubscribe_url }}' };
  await app.as(quiet).post('/api/templates').send(template).expect(201);
  await send(app, quiet, { channel: 'sms', to: number, template: { key: 'news', data: {} } });
  const body = await until(async () => (await recordOf(app, number))[0]?.body);
  const path = pathOf(/http\S+/.exec(body)?.[0] ?? '');
  const { text } = await app.http.get(path).expect(200);
  expect([...text.matchAll(/<legend>([^<]+)/g)].map(([, name]) => name)).toEqual(['text message', 'WhatsApp']);
  await post(path, 'form=preferences&whatsapp=news&whatsapp=rest').expect(200);
  const channels = ['sms', 'whatsapp', 'voice'];
  const states = channels.map((channel) => consentOf(app, quiet, quiet.defaultVenueId, number, channel));
  expect((await Promise.all(states)).map(({ status }) => status)).toEqual(['opted_out', 'opted_in', 'unknown']);
});
