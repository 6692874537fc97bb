/** Support, finance and law ask what was sent, to whom, about which order, and what the provider said of it. */
import { act, draft, emptyAudience, whenState } from '../campaigns/campaign.support.js';
import type { MessageContentView } from '../../src/dispatch/messages/messages.dto.js';
import { until } from '../../harness/until.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { email, list, read, send, text, whenStatus } from '../support/messages.js';
import { newAmericanNumber, newMailbox, newNumber } from '../support/people.js';
import { recordOf } from '../support/sandbox.js';
import { venueWith } from '../support/senders.js';

let app: TestApp;
let tenant: Tenant;
beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant();
});
afterAll(() => app.close());

const saveTemplate = (key: string, parts: object): Promise<unknown> =>
  app
    .as(tenant)
    .post('/api/templates')
    .send({ key, category: 'transactional', ...parts })
    .expect(201);

const contentOf = async (id: string): Promise<MessageContentView> =>
  (await app.as(tenant).get(`/api/messages/${id}/content`).expect(200)).body as MessageContentView;

/** What the provider took for a person, in the shape of the answer. */
async function takenBy(to: string): Promise<object> {
  const [{ subject, html, text: plain, body, mediaUrls, contentSid, contentVariables } = {}] = await recordOf(app, to);
  const variables = contentVariables === undefined ? undefined : (JSON.parse(contentVariables) as object);
  const parts = { subject, html, text: plain, body, mediaUrls, contentSid, contentVariables: variables };
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined));
}

describe('The content of a message', () => {
  test('is what the provider got, from the version it was accepted with, whatever the template says since', async () => {
    const to = newMailbox();
    const parts = { subject: 'For {{ name }}', html: '<p>Gate {{ gate }} & more</p>' };
    await saveTemplate('gate', { channel: 'email', ...parts });
    const input = { channel: 'email', to, template: { key: 'gate', data: { name: 'Ana', gate: 'B' } } };
    const id = await send(app, tenant, input);
    await whenStatus(app, tenant, id, 'delivered');
    await app
      .as(tenant)
      .put('/api/templates/gate')
      .send({ channel: 'email', category: 'transactional', subject: 'Changed', html: '<p>Changed</p>' })
      .expect(200);

    const view = await contentOf(id);
    expect(view).toMatchObject({
      id,
      to,
      channel: 'email',
      templateKey: 'gate',
      templateVersion: 1,
      unavailable: null,
    });
    expect(view.content).toEqual(await takenBy(to));
    expect(view.content?.subject).toBe('For Ana');
    const message = await read(app, tenant, id);
    expect(message).toMatchObject({ templateKey: 'gate', templateVersion: 1, sentAt: view.sentAt, from: view.from });
    expect((await list(app, tenant, { to })).items).toMatchObject([{ templateKey: 'gate', templateVersion: 1 }]);
  });

  test.each([
    ['an SMS', 'sms', { body: 'Doors at 19:00 – ć' }],
    ['an MMS', 'mms', { body: 'The way in', mediaUrls: ['https://riverside.example/map.png'] }],
    ['an email with HTML alone', 'email', { subject: 'Doors', html: '<p>At <b>19:00</b></p>' }],
  ])('of its own, of %s, is what the provider got', async (_, channel, content) => {
    const to = channel === 'email' ? newMailbox() : newAmericanNumber();
    const { venueId = tenant.defaultVenueId } = channel === 'mms' ? await venueWith(app, tenant, 'mms') : {};
    const id = await send(app, tenant, { channel, to, venueId, content });
    await whenStatus(app, tenant, id, 'delivered');
    const { content: shown, templateKey } = await contentOf(id);
    const { sms, ...parts } = shown ?? {};
    expect([templateKey, parts]).toEqual([null, await takenBy(to)]);
    expect(sms?.segments).toBe(channel === 'sms' ? 1 : undefined);
  });

  test('of a WhatsApp template is its name at the provider, and the variables', async () => {
    const { venueId } = await venueWith(app, tenant, 'whatsapp');
    const contentSid = `HX${'b'.repeat(32)}`;
    await saveTemplate('wa', { channel: 'whatsapp', contentSid, contentVariables: { 1: '{{ name }}' } });
    const to = newNumber();
    const id = await send(app, tenant, {
      channel: 'whatsapp',
      to,
      venueId,
      template: { key: 'wa', data: { name: 'Bo' } },
    });
    await whenStatus(app, tenant, id, 'delivered');
    expect((await contentOf(id)).content).toEqual({ contentSid, contentVariables: { 1: 'Bo' } });
    expect(await takenBy(to)).toMatchObject({ contentSid, contentVariables: { 1: 'Bo' } });
  });

  test('tells the time at which it was sent, where a template tells the time', async () => {
    await saveTemplate('clock', { channel: 'sms', body: 'Sent on {{ "now" | date: "%F" }}' });
    const id = await send(app, tenant, text({ content: undefined, template: { key: 'clock' } }));
    await whenStatus(app, tenant, id, 'delivered');
    await app.database.query(`update message set sent_at = '2026-03-29T12:00:00Z' where id = $1`, [id]);
    expect((await contentOf(id)).content?.body).toBe('Sent on 2026-03-29');
  });

  test('of one that waits is what would be sent now', async () => {
    const id = await send(app, tenant, email({ sendAt: new Date(Date.now() + 3_600_000).toISOString() }));
    expect(await contentOf(id)).toMatchObject({ sentAt: null, content: { subject: 'Doors', text: 'Open at 19:00' } });
  });

  test('that is erased is not shown, and the message still is', async () => {
    const id = await send(app, tenant, text());
    await whenStatus(app, tenant, id, 'delivered');
    await app.database.query(`update message set content = null, data = null where id = $1`, [id]);
    expect(await contentOf(id)).toMatchObject({ content: null, unavailable: 'erased' });
    expect((await read(app, tenant, id)).status).toBe('delivered');
  });

  test('is shown to keys with a scope of its own, and of the tenant’s own messages', async () => {
    const id = await send(app, tenant, text());
    const [follower, reader] = [
      await app.keyOf(tenant, ['messages:read', 'messages:write']),
      await app.keyOf(tenant, ['content:read']),
    ];
    const { body } = await app.as(follower).get(`/api/messages/${id}/content`).expect(403);
    expect(body).toMatchObject({ code: 'missing_scope', detail: expect.stringContaining('content:read') as string });
    await app.as(reader).get(`/api/messages/${id}/content`).expect(200);
    await app.as(reader).get(`/api/messages/${id}`).expect(403);
    const stranger = await app.tenant();
    await app.as(stranger).get(`/api/messages/${id}/content`).expect(404);
  });
});

describe('What the provider said', () => {
  test('of a mailbox that does not exist is told in its words', async () => {
    const id = await send(app, tenant, email({ to: 'bounce@simulator.amazonses.com' }));
    expect(await whenStatus(app, tenant, id, 'undelivered')).toMatchObject({
      errorCode: 'Permanent/General',
      errorMessage: 'smtp; 550 5.1.1 user unknown',
    });
  });

  test('of a number that it refuses is told in its words, and of one that failed later in ours', async () => {
    const refused = await send(app, tenant, text({ to: '+15005550001' }));
    expect(await whenStatus(app, tenant, refused, 'failed')).toMatchObject({
      errorCode: '21211',
      errorMessage: expect.stringContaining('not a valid phone number') as string,
    });
    const failed = await send(app, tenant, text({ to: '+15005550105' })); // ends with error 30005
    expect(await whenStatus(app, tenant, failed, 'undelivered')).toMatchObject({
      errorCode: '30005',
      errorMessage: 'The number is not in use.',
    });
  });

  test('is nothing where all went well', async () => {
    const id = await send(app, tenant, text());
    expect(await whenStatus(app, tenant, id, 'delivered')).toMatchObject({ errorCode: null, errorMessage: null });
  });
});

describe('What a message is about', () => {
  const about = { orderId: 'A-1', customerId: 'C-7', messageType: 'order-confirmation' };

  test('is shown with it, and history is filtered by it', async () => {
    const own = await app.tenant();
    const other = { orderId: 'A-2', customerId: 'C-7', messageType: 'reminder' };
    const [first, second] = [await send(app, own, text(about)), await send(app, own, text(other))];
    const third = await send(app, own, text());
    expect(await read(app, own, first)).toMatchObject(about);
    expect(await read(app, own, third)).toMatchObject({ orderId: null, customerId: null, messageType: null });
    const found = async (query: object): Promise<string[]> =>
      (await list(app, own, query, '/api/history')).items.map(({ id }) => id);
    expect(await found({ orderId: 'A-1' })).toEqual([first]);
    expect(await found({ customerId: 'C-7' })).toEqual([second, first]);
    expect(await found({ customerId: 'C-7', messageType: 'reminder' })).toEqual([second]);
    expect(await found({ messageType: 'order-confirmation' })).toEqual([first]);
    expect(await found({ orderId: 'A-3' })).toEqual([]);
  });

  test('is kept by the message that takes its place: a fallback, and one sent again', async () => {
    const to = 'bounce@simulator.amazonses.com';
    const fallback = [{ channel: 'sms', content: { body: 'Your mailbox is closed' } }];
    const id = await send(app, tenant, email({ ...about, to, alternateTo: newNumber(), fallback }));
    const { followedBy } = await whenFollowed(id);
    expect(await read(app, tenant, followedBy)).toMatchObject({ ...about, channel: 'sms', fallbackOf: id });

    const failed = await send(app, tenant, text({ ...about, to: '+15005550009' }));
    await whenStatus(app, tenant, failed, 'failed');
    const { body } = await app.as(tenant).post(`/api/messages/${failed}/resend`).expect(202);
    expect(await read(app, tenant, (body as { id: string }).id)).toMatchObject({ ...about, resendOf: failed });
  });

  test('of a campaign’s message is the customer, if the audience names one', async () => {
    const audienceId = await emptyAudience(app, tenant);
    const people = [
      ['one@example.com', { name: 'One', customer_id: 'C-1' }],
      ['two@example.com', { name: 'Two', customerId: 2 }],
      ['three@example.com', { name: 'Three' }],
    ] as const;
    for (const [address, attributes] of people)
      await app.database.query(
        `insert into contact (audience_id, kind, address, attributes, import_id) values ($1, 'email', $2, $3, uuidv7())`,
        [audienceId, address, JSON.stringify(attributes)],
      );
    await saveTemplate('news', { channel: 'email', subject: 'For {{ name }}', text: 'Doors at 19:00' });
    const { id } = await draft(app, tenant, { templateKey: 'news', audienceId });
    await act(app, tenant, id, 'launch');
    await whenState(app, tenant, id, 'SENT');
    const { items } = await list(app, tenant, { campaignId: id });
    expect(Object.fromEntries(items.map(({ to, customerId }) => [to, customerId]))).toEqual({
      'one@example.com': 'C-1',
      'two@example.com': '2',
      'three@example.com': null,
    });
    expect((await list(app, tenant, { customerId: 'C-1', campaignId: id })).items).toHaveLength(1);
    expect((await contentOf(items[0]?.id ?? '')).content?.subject).toMatch(/^For (One|Two|Three)$/);
  });
});

async function whenFollowed(id: string): Promise<{ followedBy: string }> {
  return until(async () => {
    const { followedBy } = await read(app, tenant, id);
    return followedBy !== null && { followedBy };
  });
}
