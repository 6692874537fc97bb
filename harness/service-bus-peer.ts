/** Azure Service Bus on loopback, as its SDK sees it: AMQP 1.0 with one subscription, peek-lock, and the faults of a broker. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';
import rhea, { type Delivery, type EventContext, type Message, type Sender } from 'rhea';
import {
  deliveredOf,
  type BrokerError,
  type DeadLetter,
  type Entry,
  type Faults,
  type ManagementBody,
  type PeerOptions,
} from './service-bus-broker.js';
import {
  addressOf,
  creditOf,
  of,
  OUTCOMES,
  replierOf,
  settled,
  SETTLED_BY_HAND,
  socketOf,
  tagOf,
  type Reply,
} from './amqp.js';

export const TOPIC = 'orders';
export const SUBSCRIPTION = 'callboard';
const ENTITY = `${TOPIC}/Subscriptions/${SUBSCRIPTION}`;
const LOCK_LOST = 'com.microsoft:message-lock-lost';
const LOST = { condition: LOCK_LOST, description: 'the lock has expired' };

export class ServiceBusPeer {
  readonly faults: Faults = {};
  readonly completed: unknown[] = [];
  readonly deadLetters: DeadLetter[] = [];
  /** Ids of messages, once for each delivery. */
  readonly delivered: unknown[] = [];
  /** Ids of messages, once for each time that they were given back. */
  readonly abandoned: unknown[] = [];
  /** Ids of messages, once for each renewal. */
  readonly renewed: unknown[] = [];
  /** Ids of messages, once for each settlement that was neither done nor answered. */
  readonly withheld: unknown[] = [];
  /** Links to the subscription that were asked for. */
  attached = 0;

  private readonly container = rhea.create_container({ id: 'service-bus-peer' });
  private readonly ready: Entry[] = [];
  private readonly locked = new Map<string, Entry>();
  private readonly tokens = new WeakMap<Delivery, string>();
  private readonly links = new Set<Sender>();
  private readonly sockets = new Set<Socket>();
  private server: Server | undefined;
  private pumping: NodeJS.Immediate | undefined;
  private sequence = 0;
  private port = 0;

  private constructor(private readonly options: Required<PeerOptions>) {
    const { container } = this;
    container.on('sender_open', (context: EventContext) => this.attach(of(context.sender)));
    container.on('receiver_open', (context: EventContext) => {
      const receiver = of(context.receiver);
      receiver.set_target({ address: addressOf(receiver) });
    });
    container.on('sendable', () => this.pump());
    container.on('sender_draining', (context: EventContext) => of(context.sender).set_drained(true));
    container.on('sender_close', (context: EventContext) => this.links.delete(of(context.sender)));
    container.on('disconnected', () => undefined); // its socket is closed too
    container.on('message', (context: EventContext) => this.answer(context));
    container.on('accepted', (context: EventContext) => this.settle(context, (entry) => this.complete(entry)));
    container.on('modified', (context: EventContext) => this.settle(context, (entry) => this.giveBack(entry)));
    container.on('rejected', (context: EventContext) =>
      this.settle(context, (entry, error) => this.bury(entry, error)),
    );
    for (const failure of ['connection_error', 'session_error', 'sender_error', 'receiver_error', 'error']) {
      container.on(failure, () => undefined); // the other side’s own doing, such as a socket that a test cut
    }
  }

  static async listen({ lockMs = 30_000, maxDeliveries = 10 }: PeerOptions = {}): Promise<ServiceBusPeer> {
    const peer = new ServiceBusPeer({ lockMs, maxDeliveries });
    await peer.open();
    return peer;
  }

  get connectionString(): string {
    const key = Buffer.from('a key that no broker knows').toString('base64');
    return `Endpoint=sb://127.0.0.1:${this.port};SharedAccessKeyName=listen;SharedAccessKey=${key};UseDevelopmentEmulator=true`;
  }

  /** Messages that were neither completed nor buried. */
  get waiting(): number {
    return this.ready.length + this.locked.size;
  }

  /** Publishes a message to the subscription. */
  publish(...messages: Message[]): void {
    for (const message of messages) {
      this.ready.push({ message, sequence: (this.sequence += 1), deliveries: 0, token: '' });
    }
    this.pump();
  }

  /** Breaks all connections; new ones may come at once. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy(new Error('cut')); // without an error rhea goes on as if it were open
  }

  /** Breaks all connections, and takes no new ones. */
  async goAway(): Promise<void> {
    const { server } = this;
    if (!server) return;
    const closed = once(server, 'close');
    server.close();
    this.cut();
    await closed;
    this.server = undefined;
  }

  /** Listens again, where it did before. */
  comeBack(): Promise<void> {
    return this.open();
  }

  /** Ends the links to the subscription. */
  detach(condition: string): void {
    for (const link of this.links) link.close({ condition, description: 'the broker ends this link' });
    this.links.clear();
  }

  /** Another consumer is given what is locked now. */
  loseLocks(): void {
    for (const entry of this.locked.values()) this.lose(entry);
  }

  async close(): Promise<void> {
    for (const { lock } of this.locked.values()) clearTimeout(lock);
    this.ready.length = 0;
    this.locked.clear();
    await this.goAway();
  }

  private async open(): Promise<void> {
    const server = this.container.listen({
      port: this.port,
      host: '127.0.0.1',
      ...SETTLED_BY_HAND,
    });
    server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.forget(socket));
    });
    await once(server, 'listening');
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
  }

  private attach(link: Sender): void {
    const address = addressOf(link);
    if (address === ENTITY) this.attached += 1;
    if (address.startsWith(ENTITY) && this.faults.refuse !== undefined) {
      return link.close(this.faults.refuse);
    }
    link.set_source({ address });
    if (address === ENTITY) this.links.add(link);
  }

  private forget(socket: Socket): void {
    this.sockets.delete(socket);
    for (const link of this.links) if (socketOf(link) === socket) this.links.delete(link);
  }

  /** In a moment: rhea takes off its credit what was sent before, and no message is locked while it waits for credit. */
  private pump(): void {
    this.pumping ??= setImmediate(() => {
      this.pumping = undefined;
      for (const link of this.links) {
        for (let left = creditOf(link); left > 0 && link.is_open() && link.sendable(); left -= 1) this.deliver(link);
      }
    });
  }

  private deliver(link: Sender): void {
    const entry = this.ready.shift();
    if (!entry) return;
    entry.token = randomUUID();
    this.lock(entry);
    this.delivered.push(entry.message.message_id);
    const delivery = link.send(deliveredOf(entry, this.lockedUntil()), tagOf(entry.token));
    this.tokens.set(delivery, entry.token);
  }

  private lock(entry: Entry): void {
    clearTimeout(entry.lock);
    entry.lock = setTimeout(() => this.lose(entry), this.options.lockMs).unref();
    this.locked.set(entry.token, entry);
  }

  private lockedUntil(): Date {
    return new Date(Date.now() + this.options.lockMs + (this.faults.clockAheadMs ?? 0));
  }

  private lose(entry: Entry): void {
    this.unlock(entry);
    this.again(entry);
  }

  private unlock(entry: Entry): void {
    clearTimeout(entry.lock);
    this.locked.delete(entry.token);
  }

  private again(entry: Entry): void {
    entry.deliveries += 1;
    if (entry.deliveries >= this.options.maxDeliveries) return this.bury(entry);
    this.ready.unshift(entry);
    this.pump();
  }

  private settle(context: EventContext, act: (entry: Entry, error?: BrokerError) => void): void {
    const delivery = of(context.delivery);
    const token = this.tokens.get(delivery);
    if (token === undefined) return; // an answer to a request
    const entry = this.locked.get(token);
    if (this.faults.deaf) return void this.withheld.push(entry?.message.message_id);
    const state = delivery.remote_state as { readonly error?: BrokerError } | undefined;
    if (!entry) return settled(delivery, OUTCOMES.rejected({ error: LOST }));
    this.unlock(entry);
    act(entry, state?.error);
    settled(delivery, OUTCOMES.accepted());
  }

  private complete({ message }: Entry): void {
    this.completed.push(message.message_id);
  }

  private giveBack(entry: Entry): void {
    this.abandoned.push(entry.message.message_id);
    this.again(entry);
  }

  private bury({ message }: Entry, error?: BrokerError): void {
    const { DeadLetterReason: reason = 'MaxDeliveryCountExceeded', DeadLetterErrorDescription: description } =
      error?.info ?? {};
    this.deadLetters.push({ id: message.message_id, reason, description });
  }

  private answer(context: EventContext): void {
    const reply = replierOf(context);
    if (addressOf(of(context.receiver)) === '$cbs') reply(this.faults.tokenStatus ?? 202);
    else if (!this.faults.mute) this.manage(of(context.message), reply);
  }

  private manage(request: Message, reply: Reply): void {
    const operation: unknown = request.application_properties?.['operation'];
    if (operation === 'com.microsoft:peek-message' && !this.faults.blind) return reply(204);
    if (operation !== 'com.microsoft:renew-lock' && operation !== 'com.microsoft:update-disposition') {
      return reply(501, {}, 'amqp:not-implemented');
    }
    const body = request.body as ManagementBody;
    const entry = this.locked.get(rhea.uuid_to_string(of(body['lock-tokens'][0])));
    if (!entry) return reply(410, {}, LOCK_LOST);
    if (operation === 'com.microsoft:renew-lock') {
      this.renewed.push(entry.message.message_id);
      this.lock(entry);
      return reply(200, { expirations: [this.lockedUntil()] });
    }
    this.unlock(entry);
    if (body['disposition-status'] === 'completed') this.complete(entry);
    else this.again(entry);
    reply(200);
  }
}
