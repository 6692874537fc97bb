/** Subaccounts of Twilio accounts. Their calls are taken once Callboard knows them, as those of any account. */
import { randomBytes } from 'node:crypto';
import type { WireAnswer } from '../wire.js';
import { twilioJson } from './twilio-errors.js';
import { field, type Form } from './twilio-request.js';
import { accountJson, API_VERSION } from './twilio-resources.js';

interface Subaccount {
  readonly owner: string;
  readonly sid: string;
  readonly authToken: string;
  readonly name: string;
}

export class TwilioSubaccounts {
  private readonly made: Subaccount[] = [];

  list(owner: string, query: Form): WireAnswer {
    const name = field(query, 'FriendlyName');
    const accounts = this.made.filter((one) => one.owner === owner && (name === undefined || one.name === name));
    const uri = `/${API_VERSION}/Accounts.json`;
    return twilioJson(200, { accounts: accounts.map(json), page_size: 50, uri, next_page_uri: null });
  }

  create(owner: string, form: Form): WireAnswer {
    const [sid, authToken] = [`AC${randomBytes(16).toString('hex')}`, randomBytes(16).toString('hex')];
    const subaccount = { owner, sid, authToken, name: field(form, 'FriendlyName') ?? `SubAccount of ${owner}` };
    this.made.push(subaccount);
    return twilioJson(201, json(subaccount));
  }
}

const json = ({ owner, sid, authToken, name }: Subaccount): object => ({
  ...accountJson(sid, owner, name),
  auth_token: authToken,
});
