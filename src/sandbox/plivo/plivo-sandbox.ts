/** The Plivo simulator: its accounts, its messages, and inbound messages. */
import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { PostResult } from '../callback-sender.js';
import { SandboxAccounts } from '../sandbox-accounts.js';
import type { InboundText, Receiver } from '../sandbox-wire.js';
import { Sandbox } from '../sandbox.js';
import { PlivoAccounts } from './plivo-accounts.js';
import { inboundFields, signedForm } from './plivo-callbacks.js';
import { PlivoMessages } from './plivo-messages.js';
import { PlivoSubscribers } from './plivo-subscribers.js';

@Injectable()
export class PlivoSandbox implements Receiver {
  readonly accounts: PlivoAccounts;
  readonly messages: PlivoMessages;
  private readonly subscribers = new PlivoSubscribers();

  constructor(
    private readonly sandbox: Sandbox,
    known: SandboxAccounts,
  ) {
    this.accounts = new PlivoAccounts(known);
    this.messages = new PlivoMessages(sandbox, this.subscribers);
  }

  /** Applies keywords as Plivo does, then posts the message to the webhook of the number's account, once. */
  async receive({ from, to, body }: InboundText): Promise<{ result: PostResult; providerMessageId: string }> {
    this.subscribers.heard(from, to, body);
    const { id, authToken } = await this.accounts.holderOf(to);
    const providerMessageId = randomUUID();
    const { options, sender } = this.sandbox;
    const url = `${options.publicUrl}/webhook/plivo/${id}`;
    const fields = inboundFields({ from, to, body }, providerMessageId, options.countSegments(body));
    return { result: await sender.postOnce(url, signedForm(url, authToken, fields)), providerMessageId };
  }
}
