/** Somebody texts STOP: that venue's texts to them stop at once, including one that is already pending. */
import type { Created, Message } from './answers.js';
import { bodyOf, insist, send, settled, type DemoSession, type Draft } from './session.js';
import type { Order } from './examples.js';

/** Long enough for the STOP to come first, even on a busy machine. */
const WAITS_MS = 3_000;

/** `sent`: messages that were sent before; one of their recipients opts out. */
export async function honourStop(session: DemoSession, sent: readonly Message[]): Promise<void> {
  const { screen, api, hall, stage } = session;
  screen.chapter('STOP');
  const order = orderOfReached(session, sent);
  const { name, phone } = order.buyer;
  const reminder: Draft = { from: hall, channel: 'sms', template: 'doors-reminder', to: order.buyer, order };
  const sendAt = new Date(Date.now() + WAITS_MS).toISOString();
  const waiting = await api.post<Created>('/api/messages', { ...bodyOf(session, reminder), sendAt });
  screen.done(`A reminder by SMS waits for ${name} (${phone})`);

  const inbound = { provider: 'twilio', from: phone, to: hall.number, body: 'STOP' };
  const begun = performance.now();
  const answer = await api.post<{ status: number }>('/sandbox/inbound', inbound);
  screen.done(
    `${name} texts STOP to ${hall.name}: the signed webhook is answered ${answer.status} in ${Math.round(performance.now() - begun)} ms`,
  );

  const path = `/api/consent/${hall.id}/${encodeURIComponent(phone)}?channel=sms`;
  const consent = await api.get<{ status: string; source: string }>(path);
  screen.done(`The consent log says ${consent.status}, by ${consent.source}`);

  const next = await send(session, reminder);
  screen.done(`The next SMS by ${hall.name}: ${next.status}`);
  screen.note(next.explanation ?? '');
  const waited = await settled(session, waiting.id);
  screen.done(`The one that was waiting: ${waited.status}`);
  const byEmail = await send(session, { ...reminder, channel: 'email' });
  screen.done(`An email by ${hall.name}: ${byEmail.status}, since STOP is for the channel it came by`);
  const byAnother = await send(session, { ...reminder, from: stage });
  screen.done(`An SMS by ${stage.name}: ${byAnother.status}, since STOP is for the venue it went to`);

  insist(consent.status === 'opted_out', 'The STOP did not reach the consent log.');
  // Any other reason would be a refusal by the provider, which must not have been called.
  for (const { reason } of [next, waited]) insist(reason === 'opted_out', 'The STOP did not stop a message.');
  for (const { status } of [byEmail, byAnother]) insist(status === 'delivered', 'The STOP stopped too much.');
}

/** An order of somebody reached on both channels: after a bounce, the address would be suppressed. */
function orderOfReached({ examples }: DemoSession, sent: readonly Message[]): Order {
  const byAddress = Map.groupBy(sent, ({ to }) => to);
  const reached = (address: string): boolean =>
    byAddress.get(address)?.every(({ status }) => status === 'delivered') ?? false;
  const order = examples.orders.find(({ buyer }) => reached(buyer.email) && reached(buyer.phone));
  if (!order) throw new Error('Nobody was reached by both channels.');
  return order;
}
