/** One message and its life: sent at its hour, cancelled, sent again, found, and reported as it was. */
import type { MessageView } from '../../src/dispatch/messages/messages.dto.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { until } from '../../harness/until.js';
import { due, email, farOff, list, read, send, sendAll, text, whenStatus } from '../support/messages.js';
import { newNumber } from '../support/people.js';
import { faults, receive, type RecordedMessage, recordOf } from '../support/sandbox.js';
import { newSender, releaseSender, venueWith } from '../support/senders.js';

let app: TestApp;
let tenant: Tenant;
beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant();
});
afterAll(() => app.close());
afterEach(() => faults(app, {}));

const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString();
const taken = async (id: string): Promise<RecordedMessage[]> =>
  (await recordOf(app)).filter(({ messageId }) => messageId === id);
const timeline = async (id: string): Promise<string[]> => (await read(app, tenant, id)).events.map(({ kind }) => kind);

describe('A message for later', () => {
  test('leaves at its hour: not before, and soon after', async () => {
    const sendAt = farOff();
    const ids = await sendAll(app, tenant, [text({ sendAt }), email({ sendAt }), text({ sendAt })]);
    for (const id of ids) expect(await read(app, tenant, id)).toMatchObject({ status: 'scheduled', sendAt });
    const hour = await due(app, ids, 1_500);
    for (const id of ids) {
      await whenStatus(app, tenant, id, 'delivered');
      const [{ acceptedAt } = { acceptedAt: '' }] = await taken(id);
      const late = Date.parse(acceptedAt) - hour;
      expect(late).toBeGreaterThanOrEqual(0);
      expect(late).toBeLessThan(60_000);
    }
  });

  test('goes at once where its hour has just passed', async () => {
    const id = await send(app, tenant, text({ sendAt: inMs(-20_000) }));
    await whenStatus(app, tenant, id, 'delivered');
  });

  test('keeps the template it was accepted with, whatever is published meanwhile', async () => {
    const agent = app.as(tenant);
    const template = { key: 'pinned', channel: 'sms', category: 'transactional' };
    await agent
      .post('/api/templates')
      .send({ ...template, body: 'First: {{ name }}' })
      .expect(201);
    const templated = { template: { key: 'pinned', data: { name: 'Ana' } }, content: undefined };
    const early = await send(app, tenant, text({ ...templated, sendAt: farOff() }));
    await agent.put('/api/templates/pinned').send({ body: 'Second: {{ name }}' }).expect(200);
    await due(app, [early]);
    const late = await send(app, tenant, text(templated));
    for (const id of [early, late]) await whenStatus(app, tenant, id, 'delivered');
    expect(await taken(early)).toMatchObject([{ body: 'First: Ana' }]);
    expect(await taken(late)).toMatchObject([{ body: 'Second: Ana' }]);
  });

  test('is stopped when its channel is switched off before its hour, and only then', async () => {
    const own = await app.tenant();
    const settings = async (smsEnabled: boolean): Promise<unknown> =>
      app.admin().patch(`/api/tenants/${own.id}/settings`).send({ smsEnabled }).expect(200);
    const sendAt = farOff();
    const [sms = '', mail = ''] = await sendAll(app, own, [text({ sendAt }), email({ sendAt })]);
    await settings(false);
    await due(app, [sms, mail]);
    const stopped = await whenStatus(app, own, sms, 'cancelled');
    expect(stopped).toMatchObject({
      reason: 'channel_disabled',
      explanation: expect.stringContaining('switched') as string,
    });
    await whenStatus(app, own, mail, 'delivered');
    expect(await taken(sms)).toEqual([]);
    await settings(true);
    await whenStatus(app, own, await send(app, own, text()), 'delivered');
  });
});

describe('A message with an end to its use', () => {
  test('is not sent after it, when its lane was slow', async () => {
    const { venueId } = await venueWith(app, tenant, 'sms');
    const first = await send(app, tenant, text({ venueId }));
    await whenStatus(app, tenant, first, 'delivered');
    const [lane] = await app.database.query<{ id: string }>(
      `update lane set rest_until = now() + interval '1 hour' where id = (select lane_id from message where id = $1) returning id`,
      [first],
    );
    const second = await send(app, tenant, text({ venueId, expiresAt: farOff() }));
    const third = await send(app, tenant, text({ venueId, expiresAt: farOff() }));
    await app.database.query(`update message set expires_at = now() where id = $1`, [second]);
    await app.admin().post(`/api/lanes/${lane?.id}/wake`).expect(204);
    expect(await whenStatus(app, tenant, second, 'expired')).toMatchObject({
      reason: 'expired',
      explanation: expect.stringContaining('passed') as string,
    });
    await whenStatus(app, tenant, third, 'delivered');
    expect(await taken(second)).toEqual([]);
  });
});

describe('Cancelling', () => {
  const cancel = (id: string): ReturnType<ReturnType<TestApp['as']>['post']> =>
    app.as(tenant).post(`/api/messages/${id}/cancel`);

  test('takes a message out of the line, once', async () => {
    const id = await send(app, tenant, text({ sendAt: farOff() }));
    expect((await cancel(id).expect(200)).body).toEqual({ id, status: 'cancelled' });
    const { body } = await cancel(id).expect(409);
    expect(body).toMatchObject({ code: 'cannot_cancel', detail: expect.stringContaining('cancelled') as string });
    expect(await read(app, tenant, id)).toMatchObject({ status: 'cancelled', reason: 'cancelled_by_caller' });
    expect(await timeline(id)).toEqual(['scheduled', 'cancelled']);
    const after = await send(app, tenant, text({ sendAt: farOff() }));
    await due(app, [after]);
    await whenStatus(app, tenant, after, 'delivered');
    expect(await taken(id)).toEqual([]);
  });

  test('comes too late for a message that a drain has taken, and says what it is', async () => {
    await faults(app, { calls: [{ provider: 'twilio', latencyMs: { min: 4_000, max: 4_000 } }] });
    const id = await send(app, tenant, text());
    await whenStatus(app, tenant, id, 'sending');
    const { body: early } = await cancel(id).expect(409);
    expect(early).toMatchObject({ detail: expect.stringContaining('sending') as string });
    await whenStatus(app, tenant, id, 'delivered');
    const { body: late } = await cancel(id).expect(409);
    expect(late).toMatchObject({ detail: expect.stringContaining('delivered') as string });
  });

  test('either keeps a message back or is refused, however close it comes', async () => {
    const ids = await sendAll(
      app,
      tenant,
      Array.from({ length: 60 }, () => text()),
    );
    const answers = await Promise.all(ids.map(async (id) => (await cancel(id)).status));
    for (const [index, id] of ids.entries()) {
      await whenStatus(app, tenant, id, answers[index] === 200 ? 'cancelled' : 'delivered');
    }
    const sentTo = new Set((await recordOf(app)).map(({ messageId }) => messageId));
    expect(ids.map((id) => sentTo.has(id))).toEqual(answers.map((status) => status !== 200));
  });
});

describe('Sending again', () => {
  const resend = (id: string): ReturnType<ReturnType<TestApp['as']>['post']> =>
    app.as(tenant).post(`/api/messages/${id}/resend`);
  const REFUSED = '+15005550002'; // Twilio's test number that cannot be reached: 21612

  test('makes a new message of one that reached nobody, and leaves that one as it was, but for a link to the new one', async () => {
    const content = { body: 'Your gate has changed' };
    const id = await send(app, tenant, {
      channel: 'sms',
      to: REFUSED,
      content,
      reference: 'order:7',
      metadata: { seat: 4 },
    });
    const failed = await whenStatus(app, tenant, id, 'failed');
    expect(failed).toMatchObject({ reason: 'recipient_refused', errorCode: '21612', resendOf: null, sentAt: null });
    const { body } = await resend(id).expect(202);
    const again = (body as { id: string }).id;
    expect(again).not.toBe(id);
    expect(await whenStatus(app, tenant, again, 'failed')).toMatchObject({
      resendOf: id,
      to: REFUSED,
      reference: 'order:7',
      metadata: { seat: 4 },
      attempts: 1,
    });
    expect(await read(app, tenant, id)).toEqual({ ...failed, followedBy: again });
  });

  test('of a cancelled message sends it', async () => {
    const id = await send(app, tenant, email({ sendAt: farOff() }));
    await app.as(tenant).post(`/api/messages/${id}/cancel`).expect(200);
    const { body } = await resend(id).expect(202);
    await whenStatus(app, tenant, (body as { id: string }).id, 'delivered');
  });

  test('goes by the venue’s sender of now, where the one it had was released', async () => {
    const { venueId, senderId } = await venueWith(app, tenant, 'sms');
    const id = await send(app, tenant, text({ venueId, sendAt: farOff() }));
    await releaseSender(app, tenant, senderId);
    await due(app, [id]);
    expect(await whenStatus(app, tenant, id, 'cancelled')).toMatchObject({
      reason: 'sender_silenced',
      explanation: expect.stringContaining('released') as string,
    });
    expect((await resend(id).expect(422)).body).toMatchObject({ code: 'no_sender' });
    const number = newNumber();
    await newSender(app, tenant, { venueId, channel: 'sms', address: number });
    const { body } = await resend(id).expect(202);
    expect(await whenStatus(app, tenant, (body as { id: string }).id, 'delivered')).toMatchObject({ from: number });
  });

  test('is refused for a message that arrived', async () => {
    const id = await send(app, tenant, text());
    await whenStatus(app, tenant, id, 'delivered');
    const { body } = await resend(id).expect(409);
    expect(body).toMatchObject({ code: 'cannot_resend', detail: expect.stringContaining('delivered') as string });
  });
});

describe('History', () => {
  const idsOf = (items: readonly MessageView[]): string[] => items.map(({ id }) => id);

  test.each(['/api/messages', '/api/history'])(
    '%s gives every message once, newest first, while more come in',
    async (path) => {
      const own = await app.tenant();
      const ids: string[] = [];
      for (let batch = 0; batch < 3; batch += 1) {
        ids.push(
          ...(await sendAll(
            app,
            own,
            Array.from({ length: 8 }, () => text({ sendAt: inMs(3_600_000) })),
          )),
        );
      }
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const page = await list(app, own, { limit: 7, ...(cursor && { cursor }) }, path);
        expect(page.items.length).toBeLessThanOrEqual(7);
        seen.push(...idsOf(page.items));
        cursor = page.nextCursor;
        await send(app, own, text({ sendAt: inMs(3_600_000) })); // newer than what is being paged through
      } while (cursor !== null);
      expect(seen).toHaveLength(24);
      expect(seen).toEqual([...ids].sort().toReversed());
    },
  );

  test('is filtered by each of its fields, and by all together', async () => {
    const own = await app.tenant();
    const { venueId } = await venueWith(app, own, 'sms');
    const to = newNumber();
    const wanted = await send(app, own, text({ to, venueId, reference: 'order:1' }));
    await whenStatus(app, own, wanted, 'delivered');
    const others = [
      await send(app, own, text({ venueId, reference: 'order:2' })),
      await send(app, own, text({ to })),
      await send(app, own, email({ reference: 'order:1', sendAt: inMs(3_600_000) })),
    ];
    const { createdAt } = await read(app, own, wanted);
    const before = new Date(Date.parse(createdAt)).toISOString();
    const after = new Date(Date.parse(createdAt) + 1).toISOString();
    await until(async () => (await list(app, own, { status: 'delivered' })).items.length === 3);
    const found = async (query: object): Promise<number[]> => {
      const { items } = await list(app, own, query, '/api/history');
      return [wanted, ...others].flatMap((id, index) => (idsOf(items).includes(id) ? [index] : []));
    };
    expect(await found({ channel: 'email' })).toEqual([3]);
    expect(await found({ status: 'scheduled' })).toEqual([3]);
    expect(await found({ to })).toEqual([0, 2]);
    expect(await found({ to: to.replace(/^\+(..)(...)/, '+$1 $2 ') })).toEqual([0, 2]);
    expect(await found({ venueId })).toEqual([0, 1]);
    expect(await found({ reference: 'order:1' })).toEqual([0, 3]);
    expect(await found({ until: before })).toEqual([]);
    expect(await found({ since: after })).not.toContain(0);
    expect(await found({ since: before })).toEqual([0, 1, 2, 3]);
    expect(
      await found({ channel: 'sms', status: 'delivered', to, venueId, reference: 'order:1', since: before }),
    ).toEqual([0]);
    expect(await found({ campaignId: wanted })).toEqual([]);
  });

  test('shows a message and its timeline as of one instant, however fast it moves', async () => {
    const ids = await sendAll(
      app,
      tenant,
      Array.from({ length: 100 }, () => text()),
    );
    const follow = async (id: string): Promise<void> => {
      let status = '';
      while (status !== 'delivered') {
        const view = await read(app, tenant, id);
        ({ status } = view);
        // Between the claim and the answer it is `sending`, which is no event.
        expect(view.events.at(-1)?.kind).toBe(status === 'sending' ? 'queued' : status);
      }
    };
    await Promise.all(ids.map(follow));
  });

  test('lists a message’s life in order, with source and time', async () => {
    const { venueId, number } = await venueWith(app, tenant, 'whatsapp');
    const ana = newNumber();
    await receive(app, { channel: 'whatsapp', from: ana, to: number, body: 'Hi' });
    const id = await send(app, tenant, text({ channel: 'whatsapp', to: ana, venueId }));
    const { events, sentAt, settledAt, providerMessageId } = await whenStatus(app, tenant, id, 'read');
    expect(events.map(({ kind, source }) => `${kind} by ${source}`)).toEqual([
      'queued by api',
      'sent by dispatch',
      'delivered by webhook',
      'read by webhook',
    ]);
    const times = events.map(({ at }) => Date.parse(at));
    expect(times).toEqual(times.toSorted((left, right) => left - right));
    expect(sentAt).toBe(events[1]?.at);
    expect(settledAt).toBe(events[2]?.at);
    expect(providerMessageId).toBe((await taken(id))[0]?.providerMessageId);
  });
});

describe('WhatsApp', () => {
  test('carries free text only to somebody who wrote within 24 hours, and a Content template to anybody', async () => {
    const { venueId, number } = await venueWith(app, tenant, 'whatsapp');
    const [ana, bea] = [newNumber(), newNumber()];
    const free = (to: string): object => text({ channel: 'whatsapp', to, venueId });
    await receive(app, { channel: 'whatsapp', from: ana, to: number, body: 'Hi' });
    const closed = await send(app, tenant, free(bea));
    expect(await whenStatus(app, tenant, closed, 'failed')).toMatchObject({
      reason: 'whatsapp_window_closed',
      explanation: expect.stringContaining('24 hours') as string,
    });
    expect(await taken(closed)).toEqual([]);
    await whenStatus(app, tenant, await send(app, tenant, free(ana)), 'read');

    const contentSid = `HX${'1'.repeat(32)}`;
    const template = {
      key: 'doors',
      channel: 'whatsapp',
      category: 'transactional',
      contentSid,
      contentVariables: { '1': '{{ time }}' },
    };
    await app.as(tenant).post('/api/templates').send(template).expect(201);
    const templated = { content: undefined, template: { key: 'doors', data: { time: '19:00' } } };
    const open = await send(app, tenant, text({ channel: 'whatsapp', to: bea, venueId, ...templated }));
    await whenStatus(app, tenant, open, 'read');
    expect(await taken(open)).toMatchObject([{ contentSid, contentVariables: '{"1":"19:00"}' }]);
  });
});
