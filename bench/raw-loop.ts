/** The provider path without a database: render, call, and forget. */
import type { INestApplicationContext } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { ProviderRegistry, type Envelope } from '../src/providers/index.js';
import { TemplateLibrary, render } from '../src/templates/index.js';
import type { ProviderName } from '../src/tenants/index.js';
import { dataFor, guest, type BenchChannel } from './people.js';

export interface RawLoop {
  readonly channel: BenchChannel;
  readonly provider: ProviderName;
  readonly accountId: string;
  readonly versionId: string;
  readonly from: string;
  readonly count: number;
  /** Concurrent provider calls. */
  readonly concurrency: number;
  /** Messages in one call. */
  readonly batchSize: number;
}

interface Recipient {
  readonly messageId: string;
  readonly to: string;
  readonly data: Record<string, unknown>;
}

/** Answers how many messages the provider accepted. Raises an Error when it did not accept all. */
export async function rawLoop(app: INestApplicationContext, loop: RawLoop): Promise<number> {
  const registry = app.get(ProviderRegistry, { strict: false });
  const adapter = await registry.adapter(loop.provider);
  const account = await registry.account(loop.accountId);
  const { compiled } = await app.get(TemplateLibrary, { strict: false }).version(loop.versionId);
  const recipients = Array.from({ length: loop.count }, (_, index): Recipient => ({
    messageId: uuidv7(),
    to: guest(loop.channel, index),
    data: dataFor(index),
  }));
  const envelopeOf = ({ messageId, to, data }: Recipient): Envelope => ({
    messageId,
    attempt: 1,
    tenantId: loop.accountId,
    channel: loop.channel,
    from: loop.from,
    to,
    content: render(compiled, data),
  });

  let next = 0;
  let accepted = 0;
  const caller = async (): Promise<void> => {
    while (next < recipients.length) {
      const batch = recipients.slice(next, next + loop.batchSize);
      next += batch.length;
      const outcomes = await adapter.send(account, batch.map(envelopeOf), AbortSignal.timeout(12_000));
      accepted += outcomes.filter(({ kind }) => kind === 'accepted').length;
    }
  };
  await Promise.all(Array.from({ length: loop.concurrency }, caller));
  if (accepted !== loop.count) throw new Error(`The provider took ${accepted} of ${loop.count} messages`);
  return accepted;
}
