/** The exam of every way to the host's data: the real one, over a wire that can be cut. */
import { randomUUID } from 'node:crypto';
import { HostDataUnavailable, type HostKind, type HostRef } from '../../src/host-data/index.js';
import { HostReader } from '../../src/host-data/host-reader.js';
import type { HostSource } from '../../src/host-data/host-source.js';

/** A host that a test fills, and breaks. */
export interface TestHost {
  source(timeoutMs?: number): HostSource;
  /** Adds records or replaces them, each with the fields of the port. */
  put(tenantId: string, kind: HostKind, ...rows: readonly HostFields[]): Promise<void>;
  /** The kinds of all questions so far, in order. */
  asked(): readonly HostKind[];
  /** It is not there, until it is again. */
  away(isAway: boolean): void;
  /** All connections to it break. */
  drop(): void;
  /** It is there, and does not answer until the work is done. */
  stalled(work: () => Promise<void>): Promise<void>;
  close(): Promise<void>;
}
export interface HostFields {
  readonly id: string;
  readonly [field: string]: unknown;
}

const PATIENCE_MS = 60_000;

const customer = (id: string, fields: object = {}): HostFields => ({ id, name: `Name of ${id}`, ...fields });
const order = (id: string, fields: object = {}): HostFields => ({ id, status: 'open', customerId: 'c-1', ...fields });
const event = (id: string, fields: object = {}): HostFields => ({
  id,
  name: 'Opening',
  startsAt: '2026-05-01 20:00:00',
  timezone: 'Europe/Berlin',
  status: 'scheduled',
  ...fields,
});
const attendee = (id: string, fields: object = {}): HostFields => ({
  id,
  eventId: 'e-1',
  customerId: 'c-1',
  status: 'registered',
  ...fields,
});
const refs = (kind: HostKind, ...ids: readonly string[]): HostRef[] => ids.map((id) => ({ kind, id }));

export function hostDataContract(name: string, open: () => Promise<TestHost>): void {
  describe(`${name} keeps the contract of the host’s data`, () => {
    let host: TestHost;
    let data: HostReader;
    let tenant: string;

    beforeAll(async () => {
      host = await open();
      data = new HostReader(host.source(PATIENCE_MS));
    });
    afterAll(async () => {
      host.away(false);
      await data.onApplicationShutdown();
      await host.close();
    });
    beforeEach(() => {
      tenant = randomUUID();
    });

    /** How many questions of each kind some work has asked. */
    async function questionsOf(work: () => Promise<unknown>): Promise<Partial<Record<HostKind, number>>> {
      const before = host.asked().length;
      await work();
      const kinds = host.asked().slice(before);
      return Object.fromEntries(kinds.map((kind) => [kind, kinds.filter((one) => one === kind).length]));
    }

    test('reads records of every kind', async () => {
      const attributes = { vip: true, seats: ['A1', 'A2'] };
      await host.put(
        tenant,
        'order',
        order('o-1', { status: 'confirmed', eventId: 'e-1', venueId: 'v-1', attributes }),
      );
      await host.put(
        tenant,
        'customer',
        customer('c-1', {
          name: 'Ana Example',
          email: 'ana@example.com',
          phone: '+15555550101',
          whatsapp: '+15555550102',
          language: 'de',
          timezone: 'Europe/Berlin',
          preferredChannel: 'whatsapp',
        }),
      );
      await host.put(tenant, 'event', event('e-1', { endsAt: '2026-05-01 23:00:00', venueId: 'v-1' }));
      await host.put(tenant, 'attendee', attendee('a-1'));
      const found = await data.read(tenant, [
        ...refs('order', 'o-1'),
        ...refs('customer', 'c-1'),
        ...refs('event', 'e-1'),
        ...refs('attendee', 'a-1'),
      ]);
      expect(found.get('order', 'o-1')).toEqual({
        id: 'o-1',
        status: 'confirmed',
        customerId: 'c-1',
        eventId: 'e-1',
        venueId: 'v-1',
        attributes,
      });
      expect(found.get('customer', 'c-1')).toEqual({
        id: 'c-1',
        name: 'Ana Example',
        email: 'ana@example.com',
        phone: '+15555550101',
        whatsapp: '+15555550102',
        language: 'de',
        timezone: 'Europe/Berlin',
        preferredChannel: 'whatsapp',
        attributes: {},
      });
      expect(found.get('event', 'e-1')).toEqual({
        id: 'e-1',
        name: 'Opening',
        startsAt: new Date('2026-05-01T18:00:00Z'),
        timezone: 'Europe/Berlin',
        endsAt: new Date('2026-05-01T21:00:00Z'),
        status: 'scheduled',
        venueId: 'v-1',
        attributes: {},
      });
      expect(found.get('attendee', 'a-1')).toEqual({
        id: 'a-1',
        eventId: 'e-1',
        customerId: 'c-1',
        status: 'registered',
        attributes: {},
      });
    });

    test('reads what is there now, and remembers nothing', async () => {
      await host.put(tenant, 'order', order('o-1', { status: 'open' }));
      expect((await data.read(tenant, refs('order', 'o-1'))).get('order', 'o-1')?.status).toBe('open');
      await host.put(tenant, 'order', order('o-1', { status: 'refunded' }));
      expect((await data.read(tenant, refs('order', 'o-1'))).get('order', 'o-1')?.status).toBe('refunded');
    });

    test('asks once a kind, however often a record is named', async () => {
      await host.put(tenant, 'order', order('o-1'), order('o-2'));
      await host.put(tenant, 'customer', customer('c-1'));
      const named = [...refs('order', 'o-1', 'o-2', 'o-1'), ...refs('customer', 'c-1', 'c-1'), ...refs('order', 'o-1')];
      expect(await questionsOf(() => data.read(tenant, named))).toEqual({ order: 1, customer: 1 });
      const found = await data.read(tenant, named);
      expect(['o-1', 'o-2'].map((id) => found.get('order', id)?.id)).toEqual(['o-1', 'o-2']);
    });

    test('asks for a thousand at most, and finds all', async () => {
      const ids = Array.from({ length: 2_500 }, (_, n) => `c-${n}`);
      await host.put(tenant, 'customer', ...ids.map((id) => customer(id)));
      await host.put(tenant, 'order', order('o-1'));
      const named = [...refs('customer', ...ids), ...refs('order', 'o-1')];
      expect(await questionsOf(() => data.read(tenant, named))).toEqual({ customer: 3, order: 1 });
      const found = await data.read(tenant, named);
      expect(ids.filter((id) => found.get('customer', id)?.name !== `Name of ${id}`)).toEqual([]);
      expect(found.get('order', 'o-1')).toBeDefined();
    });

    test('asks nothing for nothing, nor for what no host can have', async () => {
      const impossible = ['', 'nul\0', 'half \ud800', 'x'.repeat(201)];
      expect(await questionsOf(() => data.read(tenant, []))).toEqual({});
      expect(await questionsOf(() => data.read(tenant, refs('order', ...impossible)))).toEqual({});
      const found = await data.read(tenant, refs('order', ...impossible));
      expect(impossible.map((id) => found.get('order', id))).toEqual(impossible.map(() => undefined));
    });

    test('knows nothing of a record that is not there, or of another tenant', async () => {
      const other = randomUUID();
      await host.put(tenant, 'order', order('o-1'));
      await host.put(other, 'order', order('o-1', { status: 'refunded' }), order('o-2'));
      const found = await data.read(tenant, refs('order', 'o-1', 'o-2', 'o-3', `o-1' or true --`));
      expect(found.get('order', 'o-1')?.status).toBe('open');
      for (const id of ['o-2', 'o-3', `o-1' or true --`]) expect(found.get('order', id)).toBeUndefined();
    });

    test('takes ids as they are, whatever characters they have', async () => {
      const ids = ['a,b', '{a}', '"a"', 'a\\b', ' a ', 'ä', '😀', 'NULL', '$1'];
      await host.put(tenant, 'customer', ...ids.map((id) => customer(id)));
      const found = await data.read(tenant, refs('customer', ...ids));
      expect(ids.map((id) => found.get('customer', id)?.id)).toEqual(ids);
    });

    test('does not let a record be had that was not asked for', async () => {
      const found = await data.read(tenant, refs('order', 'o-1'));
      expect(() => found.get('order', 'o-2')).toThrow('did not ask');
    });

    test.each<[string, HostKind, object, RegExp]>([
      ['a status that nobody knows', 'order', { status: 'lost-word' }, /orders\.status is none of open/],
      ['a zone that nobody knows', 'event', { timezone: 'Mars/lost-word' }, /events\.timezone is no time zone/],
      ['a list of attributes', 'attendee', { attributes: ['lost-word'] }, /attendees\.attributes is no JSON object/],
      [
        'a channel that nobody has',
        'customer',
        { preferredChannel: 'lost-word' },
        /customers\.preferred(_c|C)hannel is none of email/,
      ],
      ['no customer', 'order', { customerId: '' }, /orders\.customer(_id|Id) is missing/],
    ])('says what is wrong with a row with %s, and reads the others', async (_, kind, fields, fault) => {
      const make = { order, customer, event, attendee }[kind];
      await host.put(tenant, kind, make('odd', fields), make('good'));
      const found = await data.read(tenant, refs(kind, 'odd', 'good', 'absent'));
      expect(() => found.get(kind, 'odd')).toThrow(
        expect.objectContaining({ code: 'host_record_unreadable', fault: expect.stringMatching(fault) }),
      );
      expect(() => found.get(kind, 'odd')).not.toThrow('lost-word');
      expect(found.get(kind, 'good')).toMatchObject({ id: 'good' });
      expect(found.get(kind, 'absent')).toBeUndefined();
    });

    test('reads a time without a zone by the clocks at the event', async () => {
      const startsAt = '2026-07-01 20:00:00';
      const zones = ['America/Los_Angeles', 'Asia/Kolkata', 'Pacific/Auckland', 'UTC'];
      await host.put(tenant, 'event', ...zones.map((timezone, n) => event(`e-${n}`, { startsAt, timezone })));
      await host.put(tenant, 'event', event('gap', { startsAt: '2026-03-29 02:30:00' }));
      const found = await data.read(tenant, refs('event', ...zones.map((_, n) => `e-${n}`), 'gap'));
      expect(zones.map((_, n) => found.get('event', `e-${n}`)?.startsAt.toISOString())).toEqual([
        '2026-07-02T03:00:00.000Z',
        '2026-07-01T14:30:00.000Z',
        '2026-07-01T08:00:00.000Z',
        '2026-07-01T20:00:00.000Z',
      ]);
      expect(found.get('event', 'gap')?.startsAt.toISOString()).toBe('2026-03-29T01:30:00.000Z');
    });

    test('brings the attendees of an event in pages, each once', async () => {
      const ids = Array.from({ length: 25 }, (_, n) => `a-${String(n).padStart(2, '0')}`);
      await host.put(tenant, 'attendee', ...ids.toReversed().map((id) => attendee(id)));
      await host.put(tenant, 'attendee', attendee('other', { eventId: 'e-2' }));
      await host.put(randomUUID(), 'attendee', attendee('foreign'));
      const seen: string[] = [];
      let pages = 0;
      for (let after: string | undefined = ''; after !== undefined; pages += 1) {
        const page = await data.attendeesOf(tenant, 'e-1', { after, limit: 10 });
        seen.push(...page.attendees.map(({ id }) => id));
        after = page.next;
      }
      expect(seen).toEqual(ids);
      expect(pages).toBe(3);
    });

    test('goes on paging behind an attendee that cannot be read', async () => {
      await host.put(tenant, 'attendee', attendee('a-1', { customerId: '' }), attendee('a-2'), attendee('a-3'));
      const page = await data.attendeesOf(tenant, 'e-1', { limit: 2 });
      expect(page.attendees.map(({ id }) => id)).toEqual(['a-2']);
      expect(page.unreadable.map(({ fault }) => fault)).toEqual([
        expect.stringMatching(/^attendees\.customer(_id|Id) is missing$/),
      ]);
      expect(page.next).toBe('a-2');
    });

    test.each([0, 1_001, 1.5])('has no page of %d attendees', async (limit) => {
      await expect(data.attendeesOf(tenant, 'e-1', { limit })).rejects.toThrow(RangeError);
    });

    test('does not take a host that is away for one that knows nothing', async () => {
      await host.put(tenant, 'order', order('o-1'));
      host.away(true);
      const refused = expect.objectContaining({ code: 'host_data_unavailable', retryAfterSeconds: 5 });
      await expect(data.read(tenant, refs('order', 'o-1'))).rejects.toEqual(refused);
      await expect(data.attendeesOf(tenant, 'e-1', { limit: 1 })).rejects.toEqual(refused);
      host.away(false);
      expect((await data.read(tenant, refs('order', 'o-1'))).get('order', 'o-1')).toBeDefined();
    });

    test('outlives connections that break while nobody reads', async () => {
      await host.put(tenant, 'order', order('o-1'));
      const read = async () => (await data.read(tenant, refs('order', 'o-1'))).get('order', 'o-1')?.id;
      await Promise.all([read(), read(), read()]);
      host.drop();
      // One read may still meet a connection whose end it does not know yet.
      await read().catch((error: unknown) => expect(error).toBeInstanceOf(HostDataUnavailable));
      expect(await read()).toBe('o-1');
    });

    test('waits for a host that does not answer, and not for ever', async () => {
      await host.put(tenant, 'order', order('o-1'));
      const hasty = new HostReader(host.source(250));
      await host.stalled(async () => {
        await expect(hasty.read(tenant, refs('order', 'o-1'))).rejects.toThrow(
          expect.objectContaining({ reason: expect.stringMatching(/no answer within 250 ms$/) }),
        );
      });
      await hasty.onApplicationShutdown();
      expect((await data.read(tenant, refs('order', 'o-1'))).get('order', 'o-1')).toBeDefined();
    });

    test('answers many readers at once', async () => {
      const ids = Array.from({ length: 60 }, (_, n) => `o-${n}`);
      await host.put(tenant, 'order', ...ids.map((id) => order(id)));
      const found = await Promise.all(ids.map((id) => data.read(tenant, refs('order', id))));
      expect(found.map((one, n) => one.get('order', `o-${n}`)?.id)).toEqual(ids);
    });

    test('repeats no id and no address in an error', async () => {
      host.away(true);
      const error = await data.read(tenant, refs('customer', 'ana@example.com')).catch((one: unknown) => one);
      host.away(false);
      expect(error).toBeInstanceOf(HostDataUnavailable);
      expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain('ana@example.com');
    });

    test('is asked for its health, and answers or not', async () => {
      const source = host.source(PATIENCE_MS);
      await expect(source.ping()).resolves.toBeUndefined();
      host.away(true);
      await expect(source.ping()).rejects.toBeInstanceOf(HostDataUnavailable);
      host.away(false);
      await source.close();
    });
  });
}
