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

export abstract class SandboxAccounts {
  abstract twilio(accountSid: string): Promise<TwilioAccount | undefined>;

  /** All that have this access key, and so one secret. They may differ in region and topic. */
  abstract ses(accessKeyId: string): Promise<readonly SesAccount[]>;

  /** The account that one of our numbers belongs to. */
  abstract holderOf(channel: 'sms' | 'whatsapp', number: string): Promise<TwilioAccount>;
}
