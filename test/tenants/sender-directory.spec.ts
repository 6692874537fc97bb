/** The directory that dispatch and webhooks ask: who speaks from where. */
import { SenderDirectory } from '../../src/tenants/index.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { newSenderNumber } from '../support/people.js';

/** A text that names no sender. */
const text = { channel: 'sms', category: 'transactional' } as const;
const NOBODY = '01990000-0000-7000-8000-000000000000';

describe('The sender directory', () => {
  let app: TestApp;
  let directory: SenderDirectory;
  let other: Tenant;
  beforeAll(async () => {
    app = await openTestApp();
    directory = app.nest.get(SenderDirectory);
    other = await app.tenant();
  });
  afterAll(() => app.close());

  const created = async (tenant: Tenant, path: string, input: object): Promise<string> => {
    const { body } = await app.as(tenant).post(path).send(input).expect(201);
    return (body as { id: string }).id;
  };
  const sender = (tenant: Tenant, input: object): Promise<string> =>
    created(tenant, '/api/senders', { venueId: tenant.defaultVenueId, channel: 'sms', ...input });
  const patch = async (tenant: Tenant, id: string, changes: object): Promise<void> => {
    await app.as(tenant).patch(`/api/senders/${id}`).send(changes).expect(200);
  };

  describe('of venues', () => {
    test('knows the default venue and the tenant’s others, and no one else’s', async () => {
      const tenant = await app.tenant();
      const hall = await created(tenant, '/api/venues', { name: 'Hall' });
      await expect(directory.venueOf(tenant.id, undefined)).resolves.toBe(tenant.defaultVenueId);
      await expect(directory.venueOf(tenant.id, hall)).resolves.toBe(hall);
      for (const venueId of [other.defaultVenueId, NOBODY]) {
        await expect(directory.venueOf(tenant.id, venueId)).rejects.toMatchObject({
          code: 'venue_not_found',
          kind: 'not-found',
          message: 'There is no venue with this id or externalId: see GET /api/venues',
        });
      }
      await expect(directory.venueOf(NOBODY, undefined)).rejects.toMatchObject({ code: 'tenant_not_found' });
    });

    test('asks the database once for many questions by externalId, and sees a change of this process at once', async () => {
      const tenant = await app.tenant();
      const hall = await created(tenant, '/api/venues', { name: 'Hall', externalId: 'default' });
      const asked = Array.from({ length: 1_000 }, () => directory.venueOf(tenant.id, 'default'));
      expect(new Set(asked).size).toBe(1);
      await expect(asked[0]).resolves.toBe(hall);
      await app.as(tenant).patch(`/api/venues/${hall}`).send({ externalId: null }).expect(200);
      await expect(directory.venueOf(tenant.id, 'default')).rejects.toMatchObject({ code: 'venue_not_found' });
    });
  });

  describe('of routes', () => {
    test('takes the venue’s default sender, and sees a change of this process at once', async () => {
      const tenant = await app.tenant();
      const route = (channel: 'sms' | 'mms') =>
        directory.routeFor(tenant.id, tenant.defaultVenueId, { ...text, channel });
      const [one, two] = [newSenderNumber(), newSenderNumber()];
      const first = await sender(tenant, { address: one, ratePerSecond: 2.5, displayName: 'Box' });
      const platform = await directory.routeFor(other.id, other.defaultVenueId, {
        channel: 'sms',
        category: 'transactional',
      });
      await expect(route('sms')).resolves.toEqual({
        senderId: first,
        accountId: platform.accountId,
        provider: 'twilio',
        address: one,
        displayName: 'Box',
        ratePerSecond: 2.5,
      });
      const second = await sender(tenant, { address: two });
      await expect(route('sms')).resolves.toMatchObject({ senderId: first });
      await patch(tenant, second, { default: true });
      await expect(route('sms')).resolves.toMatchObject({
        senderId: second,
        address: two,
        displayName: null,
        ratePerSecond: null,
      });
      await expect(route('mms')).resolves.toMatchObject({ senderId: second });
      const mms = await sender(tenant, { address: one, channel: 'mms' });
      await sender(tenant, { address: newSenderNumber(), default: true });
      await expect(route('mms')).resolves.toMatchObject({ senderId: mms });
    });

    test('takes the next in order while the default is silenced, and the default again once it is woken', async () => {
      const tenant = await app.tenant();
      const make = (input: object = {}): Promise<string> => sender(tenant, { address: newSenderNumber(), ...input });
      const standIn = await make();
      const first = await make({ fallbackSenderId: standIn });
      const [oldest, fallback] = [await make(), await make()];
      const route = () => directory.routeFor(tenant.id, tenant.defaultVenueId, text);
      await expect(route()).resolves.toMatchObject({ senderId: first });
      await patch(tenant, first, { status: 'inactive' });
      await expect(route()).resolves.toMatchObject({ senderId: standIn });
      await patch(tenant, standIn, { status: 'inactive' });
      await expect(route()).resolves.toMatchObject({ senderId: oldest });
      await patch(tenant, first, { fallbackSenderId: fallback });
      await expect(route()).resolves.toMatchObject({ senderId: fallback });
      await patch(tenant, first, { status: 'active' });
      await expect(route()).resolves.toMatchObject({ senderId: first });
    });

    test('takes a fallback only where the sender that it stands in for does not speak', async () => {
      const tenant = await app.tenant();
      const first = await sender(tenant, { address: newSenderNumber() });
      const standIn = await sender(tenant, { address: newSenderNumber() });
      await patch(tenant, first, { fallbackSenderId: standIn });
      const route = () => directory.routeFor(tenant.id, tenant.defaultVenueId, text);
      await expect(route()).resolves.toMatchObject({ senderId: first });
      await patch(tenant, first, { status: 'inactive' });
      await expect(route()).resolves.toMatchObject({ senderId: standIn });
    });

    test('takes the sender that is named, if it is this venue’s, this channel’s and active', async () => {
      const tenant = await app.tenant();
      const hall = await created(tenant, '/api/venues', { name: 'Hall' });
      const named = await sender(tenant, { address: newSenderNumber() });
      await sender(tenant, { address: newSenderNumber() });
      const venueId = tenant.defaultVenueId;
      await expect(directory.routeFor(tenant.id, venueId, { ...text, senderId: named })).resolves.toMatchObject({
        senderId: named,
      });
      await expect(
        directory.routeFor(tenant.id, venueId, { ...text, channel: 'mms', senderId: named }),
      ).resolves.toMatchObject({ senderId: named });
      const missing = { code: 'sender_not_found', kind: 'not-found' };
      await expect(directory.routeFor(tenant.id, hall, { ...text, senderId: named })).rejects.toMatchObject(missing);
      await expect(
        directory.routeFor(tenant.id, venueId, { ...text, channel: 'whatsapp', senderId: named }),
      ).rejects.toMatchObject(missing);
      await expect(
        directory.routeFor(other.id, other.defaultVenueId, { ...text, senderId: named }),
      ).rejects.toMatchObject(missing);
      await expect(directory.routeFor(tenant.id, venueId, { ...text, senderId: NOBODY })).rejects.toMatchObject(
        missing,
      );
      for (const status of ['inactive', 'released']) {
        await patch(tenant, named, { status });
        await expect(directory.routeFor(tenant.id, venueId, { ...text, senderId: named })).rejects.toMatchObject({
          code: 'sender_inactive',
          kind: 'conflict',
          message: 'This sender is not active: activate it with PATCH /api/senders/{id}, or name another',
        });
      }
    });

    test('falls back to the platform’s shared addresses', async () => {
      const { ses, twilio } = app.config.platform;
      const route = (channel: 'email' | 'sms' | 'mms' | 'whatsapp' | 'voice') =>
        directory.routeFor(other.id, other.defaultVenueId, { ...text, channel });
      await expect(route('email')).resolves.toEqual({
        senderId: null,
        accountId: expect.any(String) as string,
        provider: 'ses',
        address: ses?.from,
        displayName: null,
        ratePerSecond: null,
      });
      for (const channel of ['sms', 'mms', 'voice'] as const) {
        await expect(route(channel)).resolves.toMatchObject({
          senderId: null,
          provider: 'twilio',
          address: twilio?.from,
        });
      }
      await expect(route('whatsapp')).resolves.toMatchObject({ provider: 'twilio', address: twilio?.whatsappFrom });
    });

    test('says what to do where nobody speaks', async () => {
      const bare = await openTestApp({
        sandbox: false,
        platform: {
          ses: { credentials: { region: 'eu-central-1', accessKeyId: 'AKIA', secretAccessKey: 'x' } },
        },
      });
      try {
        const tenant = await bare.tenant();
        for (const channel of ['sms', 'email'] as const) {
          await expect(
            bare.nest.get(SenderDirectory).routeFor(tenant.id, tenant.defaultVenueId, { ...text, channel }),
          ).rejects.toMatchObject({
            code: 'no_sender',
            kind: 'unprocessable',
            message: `This venue has no sender for ${channel}: create one with POST /api/senders`,
          });
        }
      } finally {
        await bare.close();
      }
    });

    test('asks the database once for many questions', async () => {
      const tenant = await app.tenant();
      await sender(tenant, { address: newSenderNumber() });
      const routes = await Promise.all(
        Array.from({ length: 1_000 }, () => directory.routeFor(tenant.id, tenant.defaultVenueId, text)),
      );
      expect(new Set(routes).size).toBe(1);
    });
  });

  describe('of numbers', () => {
    test('names the venue that speaks from one, else the one that spoke from it last', async () => {
      const tenant = await app.tenant();
      const number = newSenderNumber();
      const first = await sender(tenant, { address: number });
      const { accountId } = await directory.routeFor(tenant.id, tenant.defaultVenueId, {
        channel: 'sms',
        category: 'transactional',
      });
      const holder = { tenantId: tenant.id, venueId: tenant.defaultVenueId, senderId: first, accountId };
      await expect(directory.venuesOfNumber('sms', number)).resolves.toEqual([holder]);
      await expect(directory.venuesOfNumber('mms', number)).resolves.toEqual([holder]);
      await expect(directory.venuesOfNumber('whatsapp', number)).resolves.toEqual([]);

      await patch(tenant, first, { status: 'released' });
      await expect(directory.venuesOfNumber('sms', number)).resolves.toEqual([holder]);
      const second = await sender(other, { address: number });
      await expect(directory.venuesOfNumber('sms', number)).resolves.toMatchObject([
        { tenantId: other.id, senderId: second },
      ]);
      await patch(other, second, { status: 'inactive' });
      await expect(directory.venuesOfNumber('sms', number)).resolves.toMatchObject([{ senderId: second }]);
    });

    test('names a venue once, whatever it sends from the number', async () => {
      const tenant = await app.tenant();
      const number = newSenderNumber();
      await sender(tenant, { address: number });
      await sender(tenant, { address: number, channel: 'mms' });
      await expect(directory.venuesOfNumber('sms', number)).resolves.toHaveLength(1);
    });

    test('names all venues of one email address, and nobody for the platform’s shared number', async () => {
      const tenant = await app.tenant();
      const hall = await created(tenant, '/api/venues', { name: 'Hall' });
      const address = 'directory@riverside.example';
      await sender(tenant, { address, channel: 'email' });
      await sender(tenant, { address, channel: 'email', venueId: hall });
      const holders = await directory.venuesOfNumber('email', address);
      expect(holders.map(({ venueId }) => venueId).sort()).toEqual([tenant.defaultVenueId, hall].sort());
      await expect(directory.venuesOfNumber('sms', app.config.platform.twilio?.from ?? '')).resolves.toEqual([]);
    });
  });

  describe('of tenants', () => {
    test('knows what the rest of the service asks of a tenant, and sees a change of this process at once', async () => {
      const tenant = await app.tenant({ timezone: 'Europe/Berlin', country: 'DE', currency: 'EUR' });
      const before = await directory.tenant(tenant.id);
      expect(before).toMatchObject({
        id: tenant.id,
        timezone: 'Europe/Berlin',
        country: 'DE',
        currency: 'EUR',
        requireOptIn: [],
      });
      expect([before.sendsOn('sms'), before.sendsOn('mms')]).toEqual([true, true]);
      await app
        .as(tenant)
        .patch(`/api/tenants/${tenant.id}/settings`)
        .send({ smsEnabled: false, requireOptIn: { email: true } })
        .expect(200);
      const after = await directory.tenant(tenant.id);
      expect([after.sendsOn('sms'), after.sendsOn('mms'), after.sendsOn('email')]).toEqual([false, false, true]);
      expect(after.requireOptIn).toEqual(['email']);
      await expect(directory.tenant(NOBODY)).rejects.toMatchObject({ code: 'tenant_not_found' });
      expect((await directory.tenant(other.id)).country).toBeNull();
    });
  });
});
