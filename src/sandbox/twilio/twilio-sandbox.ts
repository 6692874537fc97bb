/** The Twilio simulator: its accounts, its messages, and inbound messages. */
import { Injectable } from '@nestjs/common';
import type { PostResult } from '../callback-sender.js';
import { SandboxAccounts } from '../sandbox-accounts.js';
import type { InboundText, Receiver } from '../sandbox-wire.js';
import type { SandboxOptions } from '../sandbox.options.js';
import { Sandbox } from '../sandbox.js';
import { TwilioAccounts } from './twilio-accounts.js';
import { TwilioBooks } from './twilio-books.js';
import { TwilioCalls } from './twilio-calls.js';
import { TwilioContents } from './twilio-contents.js';
import { TwilioInbound } from './twilio-inbound.js';
import { TwilioLives } from './twilio-lives.js';
import { TwilioMedia } from './twilio-media.js';
import { TwilioMessages } from './twilio-messages.js';
import { TwilioNumbers } from './twilio-numbers.js';
import { TwilioSubaccounts } from './twilio-subaccounts.js';
import { TwilioSubscribers } from './twilio-subscribers.js';

@Injectable()
export class TwilioSandbox implements Receiver {
  readonly accounts: TwilioAccounts;
  readonly messages: TwilioMessages;
  readonly calls: TwilioCalls;
  readonly books: TwilioBooks;
  readonly contents = new TwilioContents();
  readonly numbers = new TwilioNumbers();
  readonly subaccounts = new TwilioSubaccounts();
  readonly media: TwilioMedia;
  private readonly inbound: TwilioInbound;

  constructor(sandbox: Sandbox, known: SandboxAccounts) {
    const { record, schedule, sender, faults, options } = sandbox;
    this.books = new TwilioBooks(sandbox);
    this.calls = new TwilioCalls(sandbox, this.books);
    this.accounts = new TwilioAccounts(known);
    const subscribers = new TwilioSubscribers();
    this.messages = new TwilioMessages(
      record,
      new TwilioLives(schedule, sender, faults, this.contents),
      subscribers,
      this.books,
      options,
    );
    this.rentNumberOf(options);
    this.media = new TwilioMedia(sandbox.peopleMedia, `${options.publicUrl}/sandbox/twilio`);
    this.inbound = new TwilioInbound(this, subscribers, sandbox);
  }

  /** The platform's number is set up as docs/webhooks.md has it. */
  private rentNumberOf({ platform: { twilio }, publicUrl }: SandboxOptions): void {
    const { accountSid } = twilio?.credentials ?? {};
    if (accountSid === undefined || twilio?.from === undefined) return;
    this.numbers.buy(accountSid, { PhoneNumber: twilio.from, SmsUrl: `${publicUrl}/webhook/twilio` });
  }

  /** Applies keywords as Twilio does, then posts the message to our webhook once and returns the response. */
  receive(text: InboundText): Promise<{ result: PostResult; providerMessageId: string }> {
    return this.inbound.receive(text);
  }
}
