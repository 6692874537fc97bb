/** An order is confirmed by a message of the bus, as an older service sends it: however often it comes, it is one event. */
import { jsonMessage } from '../../harness/amqp.js';
import { ServiceBusPeer } from '../../harness/service-bus-peer.js';
import { until } from '../../harness/until.js';
import { eventsOf, openOnBus } from '../automations/bus.support.js';

test('SendOrderConfirmationSms from the bus becomes exactly one event, of the tenant that the bus is for', async () => {
  const peer = await ServiceBusPeer.listen({ lockMs: 1_000, maxDeliveries: 100 });
  const first = await openOnBus(peer, { role: 'api' });
  const tenant = await first.tenant();
  await first.close();
  const { databaseUrl, queueUrl } = first.config;
  const bus = { ...first.config.serviceBus, tenantId: tenant.id } as NonNullable<typeof first.config.serviceBus>;
  const workers = await Promise.all([0, 1].map(() => openOnBus(peer, { databaseUrl, queueUrl, serviceBus: bus })));
  try {
    peer.faults.deaf = true; // it is delivered to both, again and again
    peer.publish(
      jsonMessage({ OrderId: 1001, CustomerId: 7 }, { message_id: 'sms-1001', subject: 'SendOrderConfirmationSms' }),
    );
    await until(() => peer.delivered.length > 4);
    peer.faults.deaf = false;
    peer.publish(
      jsonMessage(
        { OrderId: 1001, CustomerId: 7 },
        { message_id: 'sms-1001', application_properties: { MessageType: 'SendOrderConfirmationSms' } },
      ),
    );
    await until(() => peer.waiting === 0);
    const [app] = workers;
    expect(app && (await eventsOf(app, tenant.id))).toMatchObject([
      {
        external_id: 'sms-1001',
        type: 'order.confirmed',
        data: { orderId: 1001, customerId: 7 },
        origin: 'service_bus',
      },
    ]);
    expect([new Set(peer.completed), peer.completed.length, peer.deadLetters]).toEqual([new Set(['sms-1001']), 2, []]);
  } finally {
    await Promise.all(workers.map((worker) => worker.close()));
    await peer.close();
  }
});
