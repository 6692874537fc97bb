/** The sandbox as a whole: the stand-ins for the providers and what they share. */
import { Agenda } from './agenda.js';
import { CallbackSchedule } from './callback-schedule.js';
import { CallbackSender } from './callback-sender.js';
import { Faults } from './faults.js';
import { MessageRecord } from './message-record.js';
import type { SandboxAccounts } from './sandbox-accounts.js';
import type { SandboxOptions } from './sandbox.options.js';
import { ResendEmails } from './resend/resend-emails.js';
import { resendError } from './resend/resend-errors.js';
import { SesEmails } from './ses/ses-emails.js';
import { sesError } from './ses/ses-errors.js';
import { SnsTopics } from './ses/sns-topics.js';
import { TwilioAccounts } from './twilio/twilio-accounts.js';
import { twilioError } from './twilio/twilio-errors.js';
import { TwilioInbound } from './twilio/twilio-inbound.js';
import { TwilioLives } from './twilio/twilio-lives.js';
import { TwilioMessages } from './twilio/twilio-messages.js';
import { TwilioSubscribers } from './twilio/twilio-subscribers.js';
import { Wire } from './wire.js';

const CALLBACK_DELAY_MS = 50;
const RECORD_LIMIT = 200_000;

const FAULT_ANSWERS = {
  twilio: { tooMany: twilioError(20429), serverError: twilioError(20500) },
  resend: {
    tooMany: resendError('rate_limit_exceeded', 'Too many requests. You can only make 5 requests per second.'),
    serverError: resendError('internal_server_error', 'The request could not be processed.'),
  },
  ses: {
    tooMany: sesError('TooManyRequestsException', 'Maximum sending rate exceeded.'),
    serverError: sesError('InternalServiceErrorException', 'The request could not be processed.'),
  },
};

export class Sandbox {
  readonly record: MessageRecord;
  readonly faults: Faults;
  readonly wire: Wire;
  readonly accounts: TwilioAccounts;
  readonly twilio: TwilioMessages;
  readonly inbound: TwilioInbound;
  readonly ses: SesEmails;
  readonly topics: SnsTopics;
  readonly resend: ResendEmails;
  private readonly agenda = new Agenda();
  private readonly sender = new CallbackSender(this.agenda);

  constructor(
    private readonly options: SandboxOptions,
    known: SandboxAccounts,
  ) {
    this.record = new MessageRecord(options.recordLimit ?? RECORD_LIMIT);
    this.faults = new Faults(options.callbackDelayMs ?? CALLBACK_DELAY_MS);
    this.wire = new Wire(this.faults, FAULT_ANSWERS);
    const schedule = new CallbackSchedule(this.agenda, this.faults);

    this.accounts = new TwilioAccounts(known);
    const subscribers = new TwilioSubscribers();
    const lives = new TwilioLives(schedule, this.sender, this.faults);
    this.twilio = new TwilioMessages(this.record, lives, subscribers, options);
    this.inbound = new TwilioInbound(known, subscribers, this.sender, options);

    this.topics = new SnsTopics(this.agenda, this.sender, this.faults, options);
    this.ses = new SesEmails(this.record, schedule, this.faults, this.topics, known);

    this.resend = new ResendEmails(this.record, schedule, this.sender, this.faults, options.publicUrl);
  }

  /** Subscribes our webhook to the platform's SES events. Repeating this is harmless. */
  subscribe(): void {
    const [topicArn] = this.options.platform.ses?.credentials['topicArns']?.split(',') ?? [];
    if (topicArn) this.topics.of(topicArn);
  }

  /** Nest calls this just before the application listens; the topic asks again until it is answered. */
  onApplicationBootstrap(): void {
    this.subscribe();
  }

  /** Stops all callbacks and lets go of every connection. */
  async close(): Promise<void> {
    this.agenda.close();
    this.wire.close();
    await this.sender.close();
  }

  /** Nest calls this when the application shuts down. */
  onModuleDestroy(): Promise<void> {
    return this.close();
  }
}
