/** The stand-in for Pigeon Post: accepts texts, reports that they have landed, and delivers those of people. */
import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { stringAt } from '../../../src/kernel/index.js';
import type { ProviderName } from '../../../src/providers/index.js';
import type { Post, PostResult } from '../../../src/sandbox/callback-sender.js';
import type { RecordedMessage } from '../../../src/sandbox/message-record.js';
import { credential, SandboxAccounts, type SandboxAccount } from '../../../src/sandbox/sandbox-accounts.js';
import type { InboundText, Receiver } from '../../../src/sandbox/sandbox-wire.js';
import { Sandbox } from '../../../src/sandbox/sandbox.js';
import { WireRefusal, type WireAnswer } from '../../../src/sandbox/wire.js';
import { pigeonSignature } from './pigeon.webhook.js';

/** In the service its line in the list would make it one of the names. */
export const PIGEON = 'pigeon' as string as ProviderName;

export const pigeonJson = (status: number, body: object = {}): WireAnswer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

@Injectable()
export class PigeonSandbox implements Receiver {
  constructor(
    private readonly sandbox: Sandbox,
    private readonly accounts: SandboxAccounts,
  ) {}

  async authenticate(authorization = ''): Promise<SandboxAccount> {
    const all = await this.accounts.allAt(PIGEON);
    const caller = all.find((account) => authorization === `Bearer ${credential(account, 'token')}`);
    if (!caller) throw new WireRefusal(pigeonJson(401));
    return caller;
  }

  send(account: SandboxAccount, body: unknown): WireAnswer {
    const ref = randomUUID();
    const [id, from = '', to = ''] = ['id', 'from', 'to'].map((name) => stringAt(body, name));
    const message: RecordedMessage = {
      provider: PIGEON,
      accountId: account.id,
      channel: 'sms',
      from,
      to,
      body: stringAt(body, 'text'),
      messageId: id,
      providerMessageId: ref,
      acceptedAt: new Date(),
      status: 'accepted',
    };
    this.sandbox.record.add(message);
    const tell = (forged: boolean): void =>
      this.sandbox.sender.post({
        url: this.webhook,
        prepare: () => this.post(account, { ref, id }, forged),
        retryDelaysMs: [],
        retryOn: () => false,
      });
    this.sandbox.schedule.plan([{ happen: () => (message.status = 'delivered'), tell }]);
    return pigeonJson(201, { ref });
  }

  async receive({ channel, from, to, body }: InboundText): Promise<{ result: PostResult; providerMessageId: string }> {
    const holder = await this.accounts.holderOf(PIGEON, channel, to);
    const ref = randomUUID();
    const result = await this.sandbox.sender.postOnce(this.webhook, this.post(holder, { ref, from, to, text: body }));
    return { result, providerMessageId: ref };
  }

  private get webhook(): string {
    return `${this.sandbox.options.publicUrl}/webhook/pigeon`;
  }

  private post(account: SandboxAccount, said: object, forged = false): Post {
    const token = forged ? 'of somebody else' : credential(account, 'token');
    return pigeonPost({ loft: credential(account, 'loft'), token }, said);
  }
}

export function pigeonPost({ loft, token }: { readonly loft: string; readonly token: string }, said: object): Post {
  const body = JSON.stringify(said);
  const own = { 'pigeon-loft': loft, 'pigeon-signature': pigeonSignature(body, token) };
  return { headers: { 'content-type': 'application/json', ...own }, body };
}
