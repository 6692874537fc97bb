/** The Plivo simulator: its accounts, their messages, numbers and applications, and inbound messages. */
import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { PostResult } from '../callback-sender.js';
import { mayCall } from '../callback-target.js';
import { SandboxAccounts } from '../sandbox-accounts.js';
import type { InboundText, Receiver } from '../sandbox-wire.js';
import type { SandboxMedium } from '../people-media.js';
import type { SandboxOptions } from '../sandbox.options.js';
import type { WireAnswer } from '../wire.js';
import { Sandbox } from '../sandbox.js';
import { PlivoAccounts, type PlivoAccount } from './plivo-accounts.js';
import { PlivoApplications } from './plivo-applications.js';
import { inboundFields, mmsFields, signedForm } from './plivo-callbacks.js';
import { plivoRefusal } from './plivo-errors.js';
import { PlivoMessages } from './plivo-messages.js';
import { PlivoNumbers } from './plivo-numbers.js';
import { PlivoSubscribers } from './plivo-subscribers.js';

@Injectable()
export class PlivoSandbox implements Receiver {
  readonly accounts: PlivoAccounts;
  readonly messages: PlivoMessages;
  readonly applications: PlivoApplications;
  readonly numbers: PlivoNumbers;
  private readonly subscribers = new PlivoSubscribers();

  constructor(
    private readonly sandbox: Sandbox,
    known: SandboxAccounts,
  ) {
    this.accounts = new PlivoAccounts(known);
    this.messages = new PlivoMessages(sandbox, this.subscribers);
    this.applications = new PlivoApplications(sandbox.options.publicUrl);
    this.numbers = new PlivoNumbers(this.applications);
    this.rentNumberOf(sandbox.options);
  }

  /**
   * Applies keywords as Plivo does, then posts the message, once: to where the number's application says, or to the webhook of the account
   * if the number is not rented here, but a sender.
   */
  async receive({
    from,
    to,
    body,
    media = [],
  }: InboundText): Promise<{ result: PostResult; providerMessageId: string }> {
    this.subscribers.heard(from, to, body);
    const { account, url } = await this.addresseeOf(to);
    const providerMessageId = randomUUID();
    const { options, sender } = this.sandbox;
    if (!mayCall(url, options.publicUrl)) return { result: 'not-connected', providerMessageId };
    const counted = options.countSegments(body);
    const fields =
      media.length > 0
        ? mmsFields({ from, to, body }, providerMessageId, this.kept(account, media))
        : inboundFields({ from, to, body }, providerMessageId, counted);
    return { result: await sender.postOnce(url, signedForm(url, account.authToken, fields)), providerMessageId };
  }

  /** Media that somebody sent; rejects with 404. */
  medium({ authId }: PlivoAccount, id: string): WireAnswer {
    const medium = this.sandbox.peopleMedia.find(`${authId}/${id}`);
    if (!medium) throw plivoRefusal(404);
    return { status: 200, headers: { 'content-type': medium.mediaType }, body: medium.content };
  }

  /** Where they are, once they are kept. */
  private kept({ authId }: PlivoAccount, media: readonly SandboxMedium[]): string[] {
    return media.map((medium) => {
      const id = randomUUID();
      this.sandbox.peopleMedia.keep(`${authId}/${id}`, medium);
      return `${this.sandbox.options.publicUrl}/sandbox/plivo/v1/Account/${authId}/Media/${id}`;
    });
  }

  private async addresseeOf(number: string): Promise<{ readonly account: PlivoAccount; readonly url: string }> {
    const rented = this.numbers.holderOf(number);
    const holder = rented && (await this.accounts.find(rented.authId));
    if (rented && holder) {
      return { account: holder, url: this.applications.messageUrlOf(holder, rented.applicationId) };
    }
    const account = await this.accounts.senderOf(number);
    return { account, url: `${this.sandbox.options.publicUrl}/webhook/plivo/${account.id}` };
  }

  private rentNumberOf({ platform: { plivo } }: SandboxOptions): void {
    const { authId } = plivo?.credentials ?? {};
    if (authId !== undefined && plivo?.from !== undefined) this.numbers.rent(authId, plivo.from);
  }
}
