/** AMQP as Service Bus speaks it, where rhea or its types stop short. */
import type { Socket } from 'node:net';
import rhea, { type Delivery, type EventContext, type Message, type Receiver, type Sender } from 'rhea';

/** rhea’s types leave these out. */
export const OUTCOMES = rhea.message as unknown as Readonly<
  Record<'accepted' | 'rejected', (fields?: object) => { described(): object }>
>;

/** A peek-lock is settled by the broker alone, and a modified delivery is not a released one. */
export const SETTLED_BY_HAND = {
  autosettle: false,
  treat_modified_as_released: false,
  receiver_options: { max_message_size: 1_048_576 },
  session_buffer_size: { outgoing: 65_536 },
};

/** A message as services publish it: its body in a data section, as JSON. */
export const jsonMessage = (body: unknown, more: Omit<Message, 'body'> = {}): Message => ({
  body: rhea.message.data_section(Buffer.from(JSON.stringify(body))) as unknown,
  content_type: 'application/json',
  ...more,
});

/**
 * Answers a settlement, and forgets the delivery: its receiver, which settles second, says nothing more. rhea waits for that, and stops
 * sending with 2,048 deliveries that it remembers.
 */
export function settled(delivery: Delivery, outcome: { described(): object }): void {
  delivery.update(true, outcome.described());
  Object.assign(delivery, { remote_settled: true });
}

/** Messages that it may be sent; its types leave them out. */
export const creditOf = (link: Sender): number => (link as unknown as { readonly credit: number }).credit;

/** Which its types leave out. */
export const socketOf = ({ connection }: Sender): Socket | undefined =>
  (connection as unknown as { readonly socket?: Socket }).socket;

export function of<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the AMQP peer was given less than it asked for');
  return value;
}

/** Of the source that a client receives from, or the target that it sends to. */
export function addressOf(link: Sender | Receiver): string {
  const { address } = (link.is_sender() ? link.source : link.target) as { readonly address?: string };
  return address ?? '';
}

/** A lock token as Service Bus puts it into the delivery tag: the first three fields of the Guid in little-endian. */
export function tagOf(token: string): Buffer {
  const bytes = Buffer.from(token.replaceAll('-', ''), 'hex');
  bytes.subarray(0, 4).reverse();
  bytes.subarray(4, 6).reverse();
  bytes.subarray(6, 8).reverse();
  return bytes;
}

export type Reply = (status: number, body?: object, condition?: string) => void;

/** Answers a request by the link that it names: each of the two kinds of nodes has its own word for the status. */
export function replierOf({ message, receiver, connection }: EventContext): Reply {
  const { reply_to: replyTo, message_id: id } = of(message);
  const statusKey = addressOf(of(receiver)) === '$cbs' ? 'status-code' : 'statusCode';
  const link: Sender = of(connection.find_sender(({ name }: Sender) => name === replyTo));
  return (status, body = {}, condition) => {
    const failure = condition === undefined ? {} : { errorCondition: condition };
    link.send({
      ...(id !== undefined && { correlation_id: id }),
      body,
      application_properties: { [statusKey]: status, statusDescription: condition ?? 'ok', ...failure },
    });
  };
}
