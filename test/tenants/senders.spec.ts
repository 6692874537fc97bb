/** Senders over HTTP: who may speak from where. */
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { newSenderNumber } from '../support/people.js';
import { newVenue } from '../support/senders.js';

const NOBODY = '01990000-0000-7000-8000-000000000000';
const NOT_FOUND = {
  code: 'sender_not_found',
  detail: 'There is no sender with this id, or it is one of another venue or channel',
};
const TAKEN = {
  code: 'sender_taken',
  detail: 'This address already is an active sender: release that one first, or use another address',
};
const RELEASED = {
  code: 'sender_released',
  detail: 'This sender has been released, which is final: create a new one with POST /api/senders',
};

interface Sender {
  readonly id: string;
  readonly address: string;
}

describe('Senders', () => {
  let app: TestApp;
  let tenant: Tenant;
  let other: Tenant;
  beforeAll(async () => {
    app = await openTestApp();
    tenant = await app.tenant({ country: 'DE' });
    other = await app.tenant();
  });
  afterAll(() => app.close());

  const post = (input: object, as = tenant) =>
    app
      .as(as)
      .post('/api/senders')
      .send({ venueId: as.defaultVenueId, ...input });
  const create = async (input: object, as = tenant): Promise<Sender> =>
    (await post(input, as).expect(201)).body as Sender;
  const patch = (id: string, changes: object, as = tenant) => app.as(as).patch(`/api/senders/${id}`).send(changes);
  const venue = (as = tenant): Promise<string> => newVenue(app, as, 'Another hall');

  test('are created on the provider that usually carries their channel, and read back', async () => {
    const address = newSenderNumber();
    const sender = await create({ channel: 'sms', address, ratePerSecond: 0.5 });
    expect(sender).toEqual({
      id: expect.any(String) as string,
      venueId: tenant.defaultVenueId,
      channel: 'sms',
      address,
      displayName: null,
      provider: 'twilio',
      status: 'active',
      ratePerSecond: 0.5,
      fallbackSenderId: null,
      default: true,
      defaultFor: [],
      createdAt: expect.stringMatching(/Z$/) as string,
    });
    expect((await app.as(tenant).get(`/api/senders/${sender.id}`).expect(200)).body).toEqual(sender);
    const email = await create({
      channel: 'email',
      address: 'Box@Riverside.example',
      displayName: 'Riverside',
      provider: 'ses',
    });
    expect(email).toMatchObject({ address: 'box@riverside.example', displayName: 'Riverside', provider: 'ses' });
  });

  test.each([
    ['sms', '030 1234567', '+49301234567'],
    ['whatsapp', '+1 415 523 8886', '+14155238886'],
    ['voice', '+15005550006', '+15005550006'],
    ['sms', '12345', '12345'],
    ['sms', 'Riverside', 'Riverside'],
    ['email', 'Ana@MÜNCHEN.de', 'ana@xn--mnchen-3ya.de'],
  ])('of %s have the address %s as %s', async (channel, address, normalised) => {
    expect(await create({ channel, address })).toMatchObject({ channel, address: normalised });
  });

  test.each([
    [
      'sms',
      'not a phone number',
      'The address is no phone number: send one with its country code, such as +15551234567',
    ],
    ['mms', 'Riverside', 'The address is no phone number: send one with its country code, such as +15551234567'],
    ['email', '+15551234567', 'The address is no email address: send one such as ana@example.com'],
  ])('of %s cannot be %s', async (channel, address, detail) => {
    const { body } = await post({ channel, address }).expect(400);
    expect(body).toMatchObject({ code: 'invalid_address', detail });
    expect(JSON.stringify(body)).not.toContain(address);
  });

  test('name another of their venue and channel as their fallback, and drop it', async () => {
    const standIn = await create({ channel: 'sms', address: newSenderNumber() });
    const sender = await create({ channel: 'sms', address: newSenderNumber(), fallbackSenderId: standIn.id });
    expect(sender).toMatchObject({ fallbackSenderId: standIn.id });
    const each = await patch(standIn.id, { fallbackSenderId: sender.id }).expect(200);
    expect(each.body).toMatchObject({ fallbackSenderId: sender.id });
    const none = await patch(sender.id, { fallbackSenderId: null }).expect(200);
    expect(none.body).toMatchObject({ fallbackSenderId: null });
  });

  test('are not spoken for by themselves, another venue, another channel, a stranger or a released one', async () => {
    const sender = await create({ channel: 'sms', address: newSenderNumber() });
    const elsewhere = await create({ channel: 'sms', address: newSenderNumber(), venueId: await venue() });
    const mailbox = await create({ channel: 'email', address: 'fallback@venue.example' });
    const strange = await create({ channel: 'sms', address: newSenderNumber() }, other);
    const gone = await create({ channel: 'sms', address: newSenderNumber() });
    await patch(gone.id, { status: 'released' }).expect(200);
    for (const { id } of [sender, elsewhere, mailbox, strange, gone]) {
      const refused = await patch(sender.id, { fallbackSenderId: id }).expect(422);
      expect(refused.body).toMatchObject({ code: 'fallback_sender_unfit' });
    }
    const input = { channel: 'sms', address: newSenderNumber(), fallbackSenderId: elsewhere.id };
    await post(input).expect(422);
  });

  test('need a provider that carries the channel', async () => {
    const { body } = await post({ channel: 'sms', address: newSenderNumber(), provider: 'ses' }).expect(400);
    const message = 'provider ses does not carry sms: use twilio, or leave it out';
    expect(body).toMatchObject({ code: 'invalid_request', detail: message, errors: [{ path: 'provider', message }] });
  });

  test('need a venue of the tenant', async () => {
    for (const venueId of [other.defaultVenueId, NOBODY, 'nowhere']) {
      const { body } = await post({ channel: 'sms', address: newSenderNumber(), venueId }).expect(404);
      expect(body).toMatchObject({
        code: 'venue_not_found',
        detail: 'There is no venue with this id or externalId: see GET /api/venues',
      });
    }
  });

  test('are listed by venue, channel and status, page by page, only one’s own', async () => {
    const fresh = await app.tenant();
    const hall = await venue(fresh);
    const first = await create({ channel: 'sms', address: newSenderNumber() }, fresh);
    const second = await create({ channel: 'sms', address: newSenderNumber(), venueId: hall }, fresh);
    const third = await create({ channel: 'email', address: 'hall@fresh.example', venueId: hall }, fresh);
    await patch(first.id, { status: 'inactive' }, fresh).expect(200);
    const list = async (query: object): Promise<{ ids: string[]; nextCursor: string | null }> => {
      const { body } = await app.as(fresh).get('/api/senders').query(query).expect(200);
      const { items, nextCursor } = body as { items: Sender[]; nextCursor: string | null };
      return { ids: items.map(({ id }) => id), nextCursor };
    };
    expect((await list({})).ids).toEqual([first.id, second.id, third.id]);
    expect((await list({ venueId: hall })).ids).toEqual([second.id, third.id]);
    expect((await list({ channel: 'sms' })).ids).toEqual([first.id, second.id]);
    expect((await list({ channel: 'sms', status: 'inactive' })).ids).toEqual([first.id]);
    const { ids, nextCursor } = await list({ limit: 2 });
    expect(ids).toEqual([first.id, second.id]);
    expect(await list({ limit: 2, cursor: nextCursor })).toEqual({ ids: [third.id], nextCursor: null });
    const bad = await app.as(fresh).get('/api/senders?status=asleep').expect(400);
    expect(bad.body).toMatchObject({ detail: 'status must be one of active, inactive, released' });
  });

  test('change what is named and keep the rest; a null returns to the default', async () => {
    const sender = await create({
      channel: 'sms',
      address: newSenderNumber(),
      displayName: 'Old',
      ratePerSecond: 3,
    });
    expect((await patch(sender.id, { displayName: 'New' }).expect(200)).body).toEqual({
      ...sender,
      displayName: 'New',
    });
    const plain = await patch(sender.id, { displayName: null, ratePerSecond: null }).expect(200);
    expect(plain.body).toEqual({ ...sender, displayName: null, ratePerSecond: null });
  });

  test('are released for good', async () => {
    const sender = await create({ channel: 'sms', address: newSenderNumber() });
    expect((await patch(sender.id, { status: 'released' }).expect(200)).body).toMatchObject({ status: 'released' });
    for (const changes of [{ status: 'active' }, { displayName: 'x' }, { status: 'released' }]) {
      expect((await patch(sender.id, changes).expect(409)).body).toMatchObject(RELEASED);
    }
  });

  test('of another tenant, or of nobody, are not found on any route', async () => {
    const sender = await create({ channel: 'sms', address: newSenderNumber() });
    for (const id of [sender.id, NOBODY]) {
      expect((await app.as(other).get(`/api/senders/${id}`).expect(404)).body).toMatchObject(NOT_FOUND);
      expect((await patch(id, { status: 'released' }, other).expect(404)).body).toMatchObject(NOT_FOUND);
    }
    expect((await app.as(tenant).get(`/api/senders/${sender.id}`)).body).toMatchObject({ status: 'active' });
  });

  describe('speak with one voice:', () => {
    test('an active number belongs to one venue of one tenant', async () => {
      const address = newSenderNumber();
      const sender = await create({ channel: 'sms', address });
      expect((await post({ channel: 'sms', address }, other).expect(409)).body).toMatchObject(TAKEN);
      expect((await post({ channel: 'sms', address }).expect(409)).body).toMatchObject(TAKEN);
      expect((await post({ channel: 'mms', address, venueId: await venue() }).expect(409)).body).toMatchObject(TAKEN);
      await create({ channel: 'mms', address });
      await create({ channel: 'whatsapp', address });
      await patch(sender.id, { status: 'inactive' }).expect(200);
      await create({ channel: 'sms', address });
      expect((await patch(sender.id, { status: 'active' }).expect(409)).body).toMatchObject(TAKEN);
    });

    test('a released number may go to another tenant', async () => {
      const address = newSenderNumber();
      const sender = await create({ channel: 'sms', address });
      await patch(sender.id, { status: 'released' }).expect(200);
      await create({ channel: 'sms', address }, other);
    });

    test('an email address may serve several venues of one tenant, once each', async () => {
      const address = 'shared@riverside.example';
      await create({ channel: 'email', address });
      await create({ channel: 'email', address, venueId: await venue() });
      expect((await post({ channel: 'email', address }).expect(409)).body).toMatchObject(TAKEN);
      expect(
        (await post({ channel: 'email', address: 'Shared@Riverside.Example' }, other).expect(409)).body,
      ).toMatchObject(TAKEN);
    });

    test('of tenants who claim an address at once, one gets it', async () => {
      for (const [channel, address] of [
        ['email', 'race@riverside.example'] as const,
        ['sms', newSenderNumber()] as const,
      ]) {
        const answers = await Promise.all([tenant, other, tenant, other].map((as) => post({ channel, address }, as)));
        expect(answers.map(({ status }) => String(status)).sort()).toEqual(['201', '409', '409', '409']);
      }
    });
  });

  test('need a scope: one to read, another to write', async () => {
    const stranger = app.as(await app.keyOf(tenant, ['messages:write']));
    for (const answer of [
      await stranger.get('/api/senders'),
      await stranger.get(`/api/senders/${NOBODY}`),
      await stranger.post('/api/senders').send({}),
      await stranger.patch(`/api/senders/${NOBODY}`).send({}),
    ]) {
      expect(answer.status).toBe(403);
      expect(answer.body).toMatchObject({ code: 'missing_scope' });
    }
  });

  test.each([
    [{ channel: 'fax' }, 'channel', 'channel must be one of email, sms, mms, whatsapp, voice'],
    [{ provider: 'pigeon' }, 'provider', 'provider must be one of ses, sendgrid, resend, twilio, plivo'],
    [{ venueId: 42 }, 'venueId', 'venueId must be a string, such as venue-42'],
    [{ address: 42 }, 'address', 'address must be a string, such as +15551234567'],
    [
      { displayName: 'A\r\nBcc: eve' },
      'displayName',
      'displayName must be a name without control characters, such as Riverside Box Office',
    ],
    [{ ratePerSecond: 'fast' }, 'ratePerSecond', 'ratePerSecond must be a number'],
    [
      { channel: 'email', address: 'box@venue.example', ratePerSecond: 2 },
      'ratePerSecond',
      'ratePerSecond is for numbers: email goes at the rate that the provider grants the whole account',
    ],
    [{ ratePerSecond: 0 }, 'ratePerSecond', 'ratePerSecond must not be less than 0.01'],
    [{ number: '+1' }, 'number', 'number is not a field of this request: check its spelling or leave it out'],
  ])('with %j are refused with a sentence', async (input, path, message) => {
    const { body } = await post({ channel: 'sms', address: newSenderNumber(), ...input }).expect(400);
    expect(body).toMatchObject({
      code: 'invalid_request',
      errors: expect.arrayContaining([{ path, message }]) as unknown,
    });
  });

  test('asked for twice with one Idempotency-Key are one sender', async () => {
    const address = newSenderNumber();
    const ask = () => post({ channel: 'sms', address }).set('idempotency-key', 'sender-1');
    const first = await ask().expect(201);
    expect((await ask().expect(201)).body).toEqual(first.body);
    expect((await post({ channel: 'mms', address }).set('idempotency-key', 'sender-1').expect(409)).body).toMatchObject(
      {
        code: 'idempotency_key_reused',
      },
    );
  });
});

describe('Without the sandbox', () => {
  const twilio = {
    credentials: { accountSid: `AC${'1'.repeat(32)}`, authToken: 'platform-token' },
    from: '+15550001111',
  };

  test('a channel needs an account, and the platform’s own number is nobody’s to take', async () => {
    const app = await openTestApp({ sandbox: false, platform: { twilio } });
    try {
      const tenant = await app.tenant();
      const post = (input: object) =>
        app
          .as(tenant)
          .post('/api/senders')
          .send({ venueId: tenant.defaultVenueId, ...input });
      const unconfigured = await post({ channel: 'email', address: 'box@riverside.example' }).expect(422);
      expect(unconfigured.body).toMatchObject({
        code: 'provider_not_configured',
        detail: 'There is no account at ses to send through: add one with POST /api/provider-accounts',
      });
      expect((await post({ channel: 'sms', address: '+1 555 000 1111' }).expect(409)).body).toMatchObject(TAKEN);
      await post({ channel: 'sms', address: '+15550001112' }).expect(201);
    } finally {
      await app.close();
    }
  });
});
