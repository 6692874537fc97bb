/** A receiver of the message bus that completes each message, and nothing else: the baseline of events by the bus. */
import { ServiceBusClient } from '@azure/service-bus';
import type { AppConfig } from '../src/app.config.js';
import { cpuMs, serve } from './remote.js';

interface BareReceiving {
  readonly settings: NonNullable<AppConfig['serviceBus']>;
  /** Messages at once. */
  readonly most: number;
}

const bareReceiver = {
  /** Receives as Callboard does. */
  receive: ({ settings: { connectionString, topic, subscription }, most }: BareReceiving): Promise<void> => {
    const receiver = new ServiceBusClient(connectionString).createReceiver(topic, subscription, {
      receiveMode: 'peekLock',
      maxAutoLockRenewalDurationInMs: 0,
      skipParsingBodyAsJson: true,
      skipConvertingDate: true,
    });
    receiver.subscribe(
      {
        processMessage: (message) => receiver.completeMessage(message),
        processError: ({ error }) => Promise.reject(error),
      },
      { autoCompleteMessages: false, maxConcurrentCalls: most },
    );
    return Promise.resolve();
  },
  /** Milliseconds of CPU that this process has used. */
  cpu: () => Promise.resolve(cpuMs()),
};
export type BareReceiver = typeof bareReceiver;
serve(bareReceiver);
