/** A receiver of the message bus without what Callboard does: it completes each message, at once or after one INSERT. The baselines of events by the bus. */
import { ServiceBusClient, type ServiceBusReceivedMessage } from '@azure/service-bus';
import { Pool } from 'pg';
import type { AppConfig } from '../src/app.config.js';
import { cpuMs, serve } from './remote.js';

interface BareReceiving {
  readonly settings: NonNullable<AppConfig['serviceBus']>;
  /** Messages at once. */
  readonly most: number;
  /** Where each is stored before it is completed; absent: nowhere. */
  readonly store?: { readonly databaseUrl: string; readonly poolSize: number };
}

type Store = (message: ServiceBusReceivedMessage) => Promise<unknown>;

/** A table of its own, with a row for each message: what a simple service would do before it says that it has it. */
async function storeIn({ databaseUrl, poolSize }: NonNullable<BareReceiving['store']>): Promise<Store> {
  const pool = new Pool({ connectionString: databaseUrl, max: poolSize });
  await pool.query(
    `create table bare_event (
       id text primary key, type text not null, data jsonb not null, created_at timestamptz not null default now())`,
  );
  return ({ messageId, subject, body }) =>
    pool.query('insert into bare_event (id, type, data) values ($1, $2, $3) on conflict do nothing', [
      messageId,
      subject,
      String(body),
    ]);
}

const bareReceiver = {
  /** Receives as Callboard does. */
  receive: async ({
    settings: { connectionString, topic, subscription },
    most,
    store,
  }: BareReceiving): Promise<void> => {
    const keep = store && (await storeIn(store));
    const receiver = new ServiceBusClient(connectionString).createReceiver(topic, subscription, {
      receiveMode: 'peekLock',
      maxAutoLockRenewalDurationInMs: 0,
      skipParsingBodyAsJson: true,
      skipConvertingDate: true,
    });
    receiver.subscribe(
      {
        processMessage: async (message) => {
          await keep?.(message);
          await receiver.completeMessage(message);
        },
        processError: ({ error }) => Promise.reject(error),
      },
      { autoCompleteMessages: false, maxConcurrentCalls: most },
    );
  },
  /** Milliseconds of CPU that this process has used. */
  cpu: () => Promise.resolve(cpuMs()),
};
export type BareReceiver = typeof bareReceiver;
serve(bareReceiver);
