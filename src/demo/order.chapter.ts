/** One order, confirmed by email and by SMS, with the timelines of both messages. */
import { CHANNELS, insist, send, type DemoSession } from './session.js';

export async function confirmOrder(session: DemoSession): Promise<void> {
  const { screen, examples, hall } = session;
  const [order] = examples.orders;
  insist(order !== undefined, 'examples/orders.csv: the story needs an order');
  screen.chapter('One order, confirmed twice');
  for (const channel of CHANNELS) {
    const message = await send(session, {
      from: hall,
      channel,
      template: 'order-confirmation',
      to: order.buyer,
      order,
    });
    insist(message.status === 'delivered', `The confirmation by ${channel} ended as ${message.status}.`);
    screen.done(`Order ${order.id} confirmed by ${channel} to ${message.to}`);
    const start = Date.parse(message.events[0]?.at ?? '');
    screen.table(message.events.map(({ kind, at, source }) => [`${Date.parse(at) - start} ms`, kind, `by ${source}`]));
  }
  screen.note('Nobody was asked for consent: confirming an order is transactional. Marketing is another matter.');
}
