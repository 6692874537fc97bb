/** One connection to the subscription, from opening to its first failure: then another takes its place. */
import { once } from 'node:events';
import { Logger } from '@nestjs/common';
import type {
  ProcessErrorArgs,
  RetryOptions,
  ServiceBusClient,
  ServiceBusReceivedMessage,
  ServiceBusReceiver,
} from '@azure/service-bus';
import { errorLine, SparingLogger } from '../../kernel/index.js';
import type { BusPace, ServiceBusSettings } from './service-bus-config.js';
import { wordsOf } from './bus-words.js';
import { MessageHold } from './message-hold.js';
import { NoAnswer, within } from './within.js';

export type ReceivedMessage = ServiceBusReceivedMessage;
/** Never rejects. */
export type MessageHandler = (message: ReceivedMessage, hold: MessageHold, link: BusLink) => Promise<void>;

export interface Receiving {
  /** Messages at once. */
  readonly most: number;
  readonly handle: MessageHandler;
  readonly stopping: AbortSignal;
}

/** One try each: what comes after a failure is ours to decide. */
const RETRIES: RetryOptions = { maxRetries: 0, timeoutInMs: 10_000 };
const OPEN_MS = 20_000;
const PROBE_EVERY_MS = 15_000;
const PROBE_MS = 10_000;
/** The SDK names AMQP conditions in its messages. */
const NOT_IMPLEMENTED = 'NotImplementedError';

/**
 * The SDK (7.9.5) connects again by itself, and then takes one more message at once for each that was in hand, for good: more
 * than it was told to. A new link begins anew.
 */
export class Reconnected extends Error {}

export class BusLink {
  private readonly logger = new SparingLogger(new Logger(BusLink.name));
  private readonly attaching = new AbortController();
  private readonly broken = new AbortController();
  private readonly inHand = new Map<MessageHold, Promise<void>>();
  private isClosing = false;
  private subscription: { close(): Promise<void> } | undefined;
  private probing: NodeJS.Timeout | undefined;

  private constructor(
    private readonly client: ServiceBusClient,
    private readonly receiver: ServiceBusReceiver,
    private readonly most: number,
    private readonly pace: BusPace,
  ) {}

  /**
   * Connects, receives up to `most` messages at once, and resolves once the broker has answered, or when it is to stop. Raises an
   * error of the SDK, or NoAnswer.
   */
  static async open(settings: ServiceBusSettings, { most, handle, stopping }: Receiving): Promise<BusLink> {
    // Half a second of work, for those who have a bus. By its default: the bundle knows no names of a CommonJS package imported late.
    const { default: sdk } = await import('@azure/service-bus');
    const client = new sdk.ServiceBusClient(settings.connectionString, { retryOptions: RETRIES });
    const receiver = client.createReceiver(settings.topic, settings.subscription, {
      receiveMode: 'peekLock',
      maxAutoLockRenewalDurationInMs: 0,
      skipParsingBodyAsJson: true,
      skipConvertingDate: true,
    });
    const link = new BusLink(client, receiver, most, settings.pace);
    link.receive(handle);
    await Promise.race([link.probe(OPEN_MS), once(AbortSignal.any([link.lost, stopping]), 'abort')]);
    if (!link.lost.aborted) return link;
    await link.close();
    throw link.lost.reason;
  }

  /** Aborted when it has failed; the reason is an error of the SDK's, or NoAnswer. */
  get lost(): AbortSignal {
    return this.broken.signal;
  }

  /** The message is done. Like each settlement, it may have failed unnoticed: then the message comes again. */
  complete(message: ReceivedMessage): Promise<void> {
    return this.settle('completed', this.receiver.completeMessage(message));
  }

  abandon(message: ReceivedMessage): Promise<void> {
    return this.settle('abandoned', this.receiver.abandonMessage(message));
  }

  deadLetter(message: ReceivedMessage, reason: string, description: string): Promise<void> {
    const why = { deadLetterReason: reason, deadLetterErrorDescription: description };
    return this.settle('dead-lettered', this.receiver.deadLetterMessage(message, why));
  }

  /**
   * Takes no more messages, gives back what waits, awaits what is in work, and only then disconnects: closing the client earlier
   * would lose settlements, which it does not wait for. Never rejects.
   */
  async close(): Promise<void> {
    this.isClosing = true;
    clearInterval(this.probing);
    this.attaching.abort();
    await this.closing('subscription', this.subscription?.close());
    for (const hold of this.inHand.keys()) hold.interrupt(); // now that none comes back to us
    await Promise.all(this.inHand.values());
    await this.closing('connection', this.client.close());
  }

  private receive(handle: MessageHandler): void {
    this.subscription = this.receiver.subscribe(
      {
        processMessage: (message) => this.take(message, handle),
        processError: (failure) => Promise.resolve(this.note(failure)),
      },
      // Without the signal, closing a subscription that is being attached again waits for the SDK's pause of half a minute.
      { autoCompleteMessages: false, maxConcurrentCalls: this.most, abortSignal: this.attaching.signal },
    );
    this.probing = setInterval(() => void this.probe(PROBE_MS), PROBE_EVERY_MS);
  }

  private async take(message: ReceivedMessage, handle: MessageHandler): Promise<void> {
    const hold = new MessageHold(() => this.receiver.renewMessageLock(message), this.pace.renewMs);
    if (this.isClosing) hold.interrupt();
    const work = handle(message, hold, this);
    this.inHand.set(hold, work);
    if (this.inHand.size > this.most) this.broken.abort(new Reconnected());
    await work;
    this.inHand.delete(hold);
    hold.release();
  }

  /** The SDK goes on by itself, twenty times a second where there is no subscription: the first failure ends this link. */
  private note({ error, errorSource }: ProcessErrorArgs): void {
    if (errorSource === 'receive') this.breakOff(error);
    else this.logger.warn(`The bus failed: ${errorSource}, ${wordsOf(error)}`);
  }

  private breakOff(error: unknown): void {
    for (const hold of this.inHand.keys()) hold.lose();
    this.broken.abort(error);
  }

  /** A connection that died unnoticed would receive nothing, for ever. */
  private async probe(ms: number): Promise<void> {
    try {
      await within(ms, this.receiver.peekMessages(1));
    } catch (error) {
      // It has answered, if only that it cannot do this: an emulator may know nothing but receiving.
      if (!(error instanceof Error && error.message.startsWith(NOT_IMPLEMENTED))) this.breakOff(error);
    }
  }

  /**
   * Each message must be settled, or its link end: the SDK (7.9.5) remembers 2,048, from the oldest that is not, and receives no more.
   */
  private async settle(what: string, settling: Promise<void>): Promise<void> {
    try {
      await within(this.pace.settleMs, settling);
    } catch (error) {
      this.logger.warn(`A message may not have been ${what}, and then comes again: ${wordsOf(error)}`);
      if (error instanceof NoAnswer) this.breakOff(error);
    }
  }

  private async closing(what: string, closing: Promise<void> | undefined): Promise<void> {
    try {
      if (closing) await within(this.pace.closeMs, closing);
    } catch (error) {
      this.logger.warn(`The ${what} was not closed in order: ${errorLine(error)}`);
    }
  }
}
