/** The accounts that the "providers" know, with their secrets. */

/** An account at Twilio. */
export interface TwilioAccount {
  readonly accountSid: string;
  readonly authToken: string;
}

/** An account at Amazon SES. */
export interface SesAccount {
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** The SNS topic that its events are published to; without one nobody is told. */
  readonly topicArn?: string;
}

/** An account at Resend. */
export interface ResendAccount {
  /** Ours: what the record names it by. */
  readonly id: string;
  readonly apiKey: string;
  /** What its webhooks are signed with; without one nobody is told. */
  readonly webhookSecret?: string;
  /** Where its webhooks go, such as `/webhook/resend`. */
  readonly webhookPath: string;
}

export abstract class SandboxAccounts {
  abstract twilio(accountSid: string): Promise<TwilioAccount | undefined>;

  /** All that have this access key, and so one secret. They may differ in region and topic. */
  abstract ses(accessKeyId: string): Promise<readonly SesAccount[]>;

  abstract resend(apiKey: string): Promise<ResendAccount | undefined>;

  /** The account that one of our numbers belongs to. */
  abstract holderOf(channel: 'sms' | 'whatsapp', number: string): Promise<TwilioAccount>;
}
