/** Inbound messages to our numbers, as forwarded by Twilio. */
import type { CallbackSender, PostResult } from '../callback-sender.js';
import type { InboundText } from '../sandbox-wire.js';
import type { SandboxOptions } from '../sandbox.options.js';
import type { TwilioAccounts } from './twilio-accounts.js';
import { signedForm } from './twilio-callbacks.js';
import { twilioSid } from './twilio-errors.js';
import { bare, onWire } from './twilio-request.js';
import { API_VERSION } from './twilio-resources.js';
import type { TwilioSubscribers } from './twilio-subscribers.js';

export class TwilioInbound {
  constructor(
    private readonly accounts: TwilioAccounts,
    private readonly subscribers: TwilioSubscribers,
    private readonly sender: CallbackSender,
    private readonly options: Pick<SandboxOptions, 'countSegments' | 'publicUrl'>,
  ) {}

  /** Applies keywords as Twilio does, then posts the message to our webhook once and returns the response. */
  async receive({ channel, from, to, body }: InboundText): Promise<{ result: PostResult; providerMessageId: string }> {
    this.subscribers.heard(channel, from, to, body);
    const { accountSid, authToken } = await this.accounts.holderOf(channel, to);
    const sid = twilioSid('SM');
    const fields = {
      AccountSid: accountSid,
      ApiVersion: API_VERSION,
      Body: body,
      From: onWire(channel, from),
      MessageSid: sid,
      NumMedia: '0',
      NumSegments: String(this.options.countSegments(body).segments),
      SmsMessageSid: sid,
      SmsSid: sid,
      SmsStatus: 'received',
      To: onWire(channel, to),
      ...(channel === 'whatsapp' && { ProfileName: 'Sandbox', WaId: bare(from).slice(1) }),
    };
    const url = `${this.options.publicUrl}/webhook/twilio`;
    const result = await this.sender.postOnce(url, signedForm(url, authToken, fields));
    return { result, providerMessageId: sid };
  }
}
