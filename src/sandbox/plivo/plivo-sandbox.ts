/** The Plivo simulator: its accounts, its messages, and inbound messages. */
import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { PostResult } from '../callback-sender.js';
import { SandboxAccounts } from '../sandbox-accounts.js';
import type { InboundText, Receiver } from '../sandbox-wire.js';
import { Sandbox } from '../sandbox.js';
import type { WireAnswer } from '../wire.js';
import { PlivoAccounts, type PlivoAccount } from './plivo-accounts.js';
import { inboundFields, signedForm } from './plivo-callbacks.js';
import { plivoJson, plivoRefusal } from './plivo-errors.js';
import { PlivoMessages } from './plivo-messages.js';
import { PlivoSubscribers } from './plivo-subscribers.js';

/** Every account has this one application, attached to all its numbers. */
export const APPLICATION = '20000000000000001';

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

  /** One of the account's numbers, without a plus; rejects with 404. */
  async number({ authId }: PlivoAccount, digits: string): Promise<WireAnswer> {
    const holder = await this.accounts.holderOf(`+${digits}`);
    if (holder.authId !== authId) throw plivoRefusal(404);
    return plivoJson(200, {
      number: digits,
      application: `/v1/Account/${authId}/Application/${APPLICATION}/`,
      sms_enabled: true,
      mms_enabled: true,
      voice_enabled: true,
    });
  }

  application({ id }: PlivoAccount): object {
    return {
      app_id: APPLICATION,
      app_name: 'Sandbox application',
      message_url: `${this.sandbox.options.publicUrl}/webhook/plivo/${id}`,
      message_method: 'POST',
    };
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
