/** Webhooks as Twilio signs them, without the sandbox that would also act on what they say. */
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';
import type { TestApp } from './test-app.js';

export interface TwilioAccount {
  readonly accountSid: string;
  readonly authToken: string;
}

/** The platform's own account in this test app. */
export function platformAccount({ config }: TestApp): TwilioAccount {
  const { accountSid, authToken } = config.platform.twilio?.credentials ?? {};
  if (!accountSid || !authToken) throw new Error('the test app has no Twilio account');
  return { accountSid, authToken };
}

/** Twilio's signature of a form posted to a path of ours, by the platform's token or another. */
export const signatureOf = (app: TestApp, path: string, form: object, token = platformAccount(app).authToken): string =>
  getExpectedTwilioSignature(token, `${app.url}${path}`, form);

/** Posts a form signed for exactly this path and query; answers the status. */
export async function postTwilio(
  app: TestApp,
  fields: Readonly<Record<string, string>>,
  { path = '/webhook/twilio', account = platformAccount(app) }: { path?: string; account?: TwilioAccount } = {},
): Promise<number> {
  const form = { AccountSid: account.accountSid, ...fields };
  const signature = signatureOf(app, path, form, account.authToken);
  const response = await app.http.post(path).set('x-twilio-signature', signature).type('form').send(form);
  return response.status;
}

let sids = 0;

/** The form of a person's text to one of our numbers. */
export function inboundForm(from: string, to: string, body: string): Record<string, string> {
  const sid = `SM${String((sids += 1)).padStart(32, '0')}`;
  return {
    MessageSid: sid,
    SmsSid: sid,
    SmsStatus: 'received',
    From: from,
    To: to,
    Body: body,
    NumMedia: '0',
    NumSegments: '1',
  };
}
