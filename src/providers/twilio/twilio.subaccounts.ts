/** Subaccounts at Twilio. Source: its Accounts resource. */
import type { Twilio } from 'twilio';
import { faultOfTwilioError } from './twilio.errors.js';

/**
 * The credentials of the active subaccount with this name, which is made if there is none: a call whose answer was lost is found again.
 * Only an account's own token may ask. Rejects with RequestFault.
 */
export async function twilioSubaccount(client: Twilio, name: string): Promise<Readonly<Record<string, string>>> {
  try {
    const [found] = await client.api.v2010.accounts.list({ friendlyName: name, status: 'active', limit: 1 });
    const { sid, authToken } = found ?? (await client.api.v2010.accounts.create({ friendlyName: name }));
    return { accountSid: sid, authToken };
  } catch (error) {
    throw faultOfTwilioError(error);
  }
}
