/** Brokers, connections, locks and the database fail: no event is lost, and none is there twice. */
import type { DeskView } from '../../src/operations/operations-views.dto.js';
import { jsonMessage } from '../../harness/amqp.js';
import type { BusPace } from '../../src/automations/service-bus/service-bus-config.js';
import type { PeerOptions } from '../../harness/service-bus-broker.js';
import { ServiceBusPeer } from '../../harness/service-bus-peer.js';
import { TcpProxy } from '../../harness/tcp-proxy.js';
import { until } from '../../harness/until.js';
import { cloneDatabase } from '../support/databases.js';
import type { TestApp, Tenant } from '../support/test-app.js';
import { busAt, eventsOf, openOnBus } from './bus.support.js';

interface House {
  readonly peer: ServiceBusPeer;
  readonly app: TestApp;
  readonly tenant: Tenant;
  readonly proxy: TcpProxy;
}

/** In the words of Service Bus. */
const NO_SUBSCRIPTION = {
  condition: 'amqp:not-found',
  description: "The messaging entity 'sb://riverside.example/orders/subscriptions/callboard' could not be found.",
};

const open: House[] = [];
let count = 0;

/** A broker and a Callboard, whose database is behind a proxy. What a test waits for may be sooner than it usually is. */
async function openHouse(options: PeerOptions = {}, pace: Partial<BusPace> = {}): Promise<House> {
  const database = new URL(await cloneDatabase());
  const proxy = await TcpProxy.to(Number(database.port));
  database.port = String(proxy.port);
  const peer = await ServiceBusPeer.listen(options);
  const app = await openOnBus(peer, { databaseUrl: database.href, ...busAt(peer, pace) });
  const house = { peer, app, tenant: await app.tenant(), proxy };
  open.push(house);
  return house;
}

afterEach(async () => {
  for (const { peer, app, proxy } of open.splice(0)) {
    proxy.restore();
    await app.close();
    await proxy.close();
    await peer.close();
  }
});

const ids = (many: number): string[] => Array.from({ length: many }, () => `evt-${(count += 1)}`);

const publish = ({ peer, tenant }: House, names: readonly string[], type = 'order.confirmed'): void =>
  peer.publish(
    ...names.map((id) =>
      jsonMessage({ orderId: id }, { subject: type, message_id: id, application_properties: { tenantId: tenant.id } }),
    ),
  );

const known = async ({ app, tenant }: House): Promise<string[]> =>
  (await eventsOf(app, tenant.id)).map(({ external_id }) => external_id).toSorted();

const drained = ({ peer }: House) => until(() => peer.waiting === 0);

/** Waits for what readiness says of the bus. */
const linkIs = ({ app }: Pick<House, 'app'>, status: 'up' | 'down', reason = '') =>
  until(async () => {
    const { body } = await app.http.get('/health/ready');
    const { service_bus: check } = (body as { checks: Record<string, { status: string; reason?: string }> }).checks;
    return check?.status === status && (check.reason ?? '').includes(reason);
  });

describe('The connection', () => {
  test('breaks again and again while messages are in work', async () => {
    const house = await openHouse({ lockMs: 1_000, maxDeliveries: 100 }, { connectMs: 50, settleMs: 500 });
    const names = ids(600);
    for (let at = 0; at < names.length; at += 100) {
      const begun = house.peer.delivered.length;
      publish(house, names.slice(at, at + 100));
      await until(() => house.peer.delivered.length > begun + 20);
      house.peer.cut();
    }
    await drained(house);
    expect(await known(house)).toEqual(names.toSorted());
    expect(house.peer.deadLetters).toEqual([]);
  });

  test('is refused for longer than the SDK would be patient, and comes back', async () => {
    const house = await openHouse();
    await linkIs(house, 'up');
    await house.peer.goAway();
    await linkIs(house, 'down', 'it cannot be reached');
    const desk = await house.app.admin().get('/api/desk').expect(200);
    expect((desk.body as DeskView).events).toMatchObject({ deadLettered: 0 });
    await house.app.http.get('/health/ready').expect(200);
    await house.peer.comeBack();
    const names = ids(20);
    publish(house, names);
    await drained(house);
    expect(await known(house)).toEqual(names.toSorted());
    await linkIs(house, 'up');
  });

  test('is ended by the broker, link by link', async () => {
    const house = await openHouse({ lockMs: 1_000 }, { connectMs: 50 });
    await linkIs(house, 'up');
    for (const condition of ['amqp:link:detach-forced', 'com.microsoft:server-busy', 'amqp:internal-error']) {
      house.peer.detach(condition);
      const names = ids(5);
      publish(house, names);
      await drained(house);
    }
    expect(await known(house)).toHaveLength(15);
  });

  test('to a subscription that there is not is tried sparingly, until there is one', async () => {
    const house = await openHouse({}, { connectMs: 50, closeMs: 500 });
    await linkIs(house, 'up');
    const before = house.peer.attached;
    house.peer.faults.refuse = NO_SUBSCRIPTION;
    house.peer.detach(NO_SUBSCRIPTION.condition);
    await linkIs(house, 'down', 'no such topic or subscription');
    await until(() => house.peer.attached >= before + 3); // after a pause, twice as long, and twice as long again
    house.peer.faults.refuse = undefined;
    const names = ids(1);
    publish(house, names);
    await drained(house);
    expect(house.peer.attached).toBeLessThan(before + 8);
    expect(await known(house)).toEqual(names);
  });

  test('with a key that is refused says so at once', async () => {
    const peer = await ServiceBusPeer.listen();
    peer.faults.tokenStatus = 401;
    const app = await openOnBus(peer);
    try {
      await linkIs({ app }, 'down', 'the key is refused');
    } finally {
      await app.close();
      await peer.close();
    }
  });

  test('to an emulator that cannot peek is a connection', async () => {
    const house = await openHouse();
    house.peer.faults.blind = true;
    house.peer.cut();
    house.peer.detach('amqp:internal-error');
    const names = ids(3);
    publish(house, names);
    await drained(house);
    await linkIs(house, 'up');
  });
});

describe('Settlements', () => {
  test('that are never answered hold nothing up: what comes again is known', async () => {
    const house = await openHouse({ lockMs: 2_000, maxDeliveries: 1_000 }, { settleMs: 500, connectMs: 50 });
    house.peer.faults.deaf = true;
    const names = ids(300); // more than are in work at once
    publish(house, names);
    await until(async () => (await known(house)).length === names.length);
    house.peer.faults.deaf = false;
    await drained(house);
    expect(await known(house)).toEqual(names.toSorted());
    expect(new Set(house.peer.completed)).toEqual(new Set(names));
    expect(house.peer.deadLetters).toEqual([]);
  });

  test('of a refused message may be lost: it counts once', async () => {
    const house = await openHouse({ lockMs: 1_000 }, { settleMs: 1_000, connectMs: 50 });
    house.peer.faults.deaf = true;
    house.peer.publish(jsonMessage({}, { message_id: 'nobody’s', subject: 'a.type' }));
    await until(() => house.peer.delivered.length > 1);
    house.peer.faults.deaf = false;
    await drained(house);
    expect(house.peer.deadLetters).toHaveLength(1);
    expect(await house.app.database.query(`select reason from event_dead_letter`)).toEqual([
      { reason: 'invalid_request' },
    ]);
  });
});

/** The SDK remembers 2,048 deliveries of a link, from the oldest that is not settled, and receives no more. */
describe('Receiving goes on, however many messages come', () => {
  test('after a settlement that was never answered', async () => {
    const house = await openHouse({ lockMs: 1_000 }, { settleMs: 1_000, connectMs: 50 });
    house.peer.faults.deaf = true;
    const names = ids(1);
    publish(house, names);
    await until(() => house.peer.withheld.length > 0);
    house.peer.faults.deaf = false;
    names.push(...ids(3_000));
    publish(house, names.slice(1));
    await drained(house);
    expect(await known(house)).toEqual(names.toSorted());
  });

  test('after locks that were lost', async () => {
    const house = await openHouse({ lockMs: 5_000 }, { renewMs: 500 });
    await linkIs(house, 'up');
    house.proxy.cut();
    const names = ids(5);
    publish(house, names);
    await until(() => house.peer.delivered.length === 5);
    house.peer.loseLocks();
    await until(() => house.peer.delivered.length === 10 && house.peer.renewed.length >= 5);
    house.proxy.restore();
    names.push(...ids(3_000));
    publish(house, names.slice(5));
    await drained(house);
    expect(await known(house)).toEqual(names.toSorted());
    expect([house.peer.completed.length, house.peer.attached]).toEqual([3_005, 1]);
  });
});

describe('While the database is away', () => {
  test('messages wait with their locks kept, and are not worn out', async () => {
    const house = await openHouse({ lockMs: 2_500 }, { renewMs: 500 });
    await linkIs(house, 'up');
    house.proxy.cut();
    const names = ids(30);
    publish(house, names);
    await until(() => house.peer.renewed.length >= 180); // each six times: well after the lock that it came with
    expect([house.peer.delivered.length, house.peer.abandoned]).toEqual([30, []]);
    house.proxy.restore();
    await drained(house);
    expect(await known(house)).toEqual(names.toSorted());
    expect([house.peer.delivered.length, house.peer.completed.length]).toEqual([30, 30]);
  });

  test.each([
    ['behind', -3_600_000],
    ['ahead', 3_600_000],
  ])('locks are renewed in time, and not more often, by a broker whose clock is %s', async (_, clockAheadMs) => {
    const house = await openHouse({ lockMs: 5_000 }, { renewMs: 500 });
    house.peer.faults.clockAheadMs = clockAheadMs;
    await linkIs(house, 'up');
    house.proxy.cut();
    publish(house, ids(10));
    await until(() => house.peer.renewed.length >= 20);
    house.proxy.restore();
    await drained(house);
    expect([house.peer.delivered.length, house.peer.renewed.length < 500]).toEqual([10, true]);
  });

  test('a message whose lock is lost is left to whoever has it then', async () => {
    const house = await openHouse({ lockMs: 5_000 }, { renewMs: 500 });
    await linkIs(house, 'up');
    house.proxy.cut();
    const names = ids(5);
    publish(house, names);
    await until(() => house.peer.delivered.length === 5);
    house.peer.loseLocks();
    await until(() => house.peer.delivered.length === 10 && house.peer.renewed.length >= 5);
    house.proxy.restore();
    await drained(house);
    expect(await known(house)).toEqual(names.toSorted());
    expect([house.peer.completed.length, house.peer.abandoned]).toEqual([5, []]);
  });

  test('a shutdown gives its messages back', async () => {
    const { peer, app, tenant, proxy } = await openHouse();
    const house = open.splice(0)[0];
    await linkIs({ app }, 'up');
    proxy.cut();
    publish({ peer, app, tenant, proxy }, ids(10));
    await until(() => peer.delivered.length === 10);
    const closing = app.close();
    await until(() => peer.abandoned.length === 10);
    proxy.restore();
    await closing;
    expect([peer.completed, peer.waiting, peer.delivered.length]).toEqual([[], 10, 10]);
    await proxy.close();
    await house?.peer.close();
  });
});

describe('Messages', () => {
  test('of one id are one event for each tenant', async () => {
    const house = await openHouse();
    const other = await house.app.tenant();
    for (const tenant of [house.tenant, other, house.tenant]) publish({ ...house, tenant }, ['same']);
    await drained(house);
    expect(await known(house)).toEqual(['same']);
    expect(await known({ ...house, tenant: other })).toEqual(['same']);
    expect(house.peer.completed).toEqual(['same', 'same', 'same']);
  });

  test('that fail as nobody foresaw are tried again with pauses, keep no other waiting, and are dead one day', async () => {
    const house = await openHouse({ maxDeliveries: 3 }, { giveBackMs: 100 });
    await house.app.database.query(`alter table inbound_event add constraint unforeseen check (type <> 'poison')`);
    publish(house, ['poison-1'], 'poison');
    const names = ids(20);
    publish(house, names);
    await until(() => house.peer.completed.length === 20);
    expect(house.peer.abandoned.length).toBeLessThan(3);
    await drained(house);
    expect(house.peer.deadLetters).toEqual([
      { id: 'poison-1', reason: 'MaxDeliveryCountExceeded', description: undefined },
    ]);
    expect([await known(house), house.peer.abandoned.length]).toEqual([names.toSorted(), 3]);
  });

  test('are left to workers by a process of the role api', async () => {
    const peer = await ServiceBusPeer.listen();
    const app = await openOnBus(peer, { role: 'api' });
    try {
      const ready = await app.http.get('/health/ready').expect(200);
      expect((ready.body as { checks: object }).checks).not.toHaveProperty('service_bus');
      const desk = await app.admin().get('/api/desk').expect(200);
      expect((desk.body as DeskView).events).toEqual({ deadLettered: 0, serviceBus: 'off' });
      expect(peer.attached).toBe(0);
    } finally {
      await app.close();
      await peer.close();
    }
  });
});
