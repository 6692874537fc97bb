/** Plivo's Application resource: where an account's numbers post what people write. */
import { randomInt } from 'node:crypto';
import { stringAt } from '../../kernel/index.js';
import type { WireAnswer } from '../wire.js';
import type { PlivoAccount } from './plivo-accounts.js';
import { plivoJson, plivoRefusal } from './plivo-errors.js';
import { pageOf, type Query } from './plivo-request.js';

/** Every account has this application from the beginning, as the one of numbers that name none. */
export const DEFAULT_APPLICATION = '20000000000000001';

interface Application {
  readonly id: string;
  readonly name: string;
  messageUrl: string;
  messageMethod: string;
  answerUrl: string;
}

const NAME = /^[\w-]+$/;
const MOST = 1_000;

export class PlivoApplications {
  /** By account. */
  private readonly made = new Map<string, Application[]>();

  constructor(private readonly publicUrl: string) {}

  list(account: PlivoAccount, query: Query): WireAnswer {
    return plivoJson(
      200,
      pageOf(this.of(account), query, (application) => json(account, application)),
    );
  }

  fetch(account: PlivoAccount, id: string): WireAnswer {
    return plivoJson(200, json(account, this.find(account, id)));
  }

  create(account: PlivoAccount, body: unknown): WireAnswer {
    const name = stringAt(body, 'app_name') ?? '';
    const answerUrl = stringAt(body, 'answer_url') ?? '';
    if (!NAME.test(name)) throw plivoRefusal(400, 'app_name parameter must be of letters, digits, - and _');
    if (answerUrl === '') throw plivoRefusal(400, 'answer_url parameter is missing');
    const all = this.of(account);
    if (all.length === MOST) throw plivoRefusal(429);
    const id = String(randomInt(10 ** 13, 10 ** 14)).padStart(17, '3');
    const application = { id, name, messageUrl: '', messageMethod: 'POST', answerUrl };
    change(application, body);
    all.push(application);
    return plivoJson(201, { message: 'created', app_id: id });
  }

  update(account: PlivoAccount, id: string, body: unknown): WireAnswer {
    change(this.find(account, id), body);
    return plivoJson(202, { message: 'changed' });
  }

  /** Where it posts what people write; empty for nowhere. */
  messageUrlOf(account: PlivoAccount, id: string): string {
    return this.find(account, id).messageUrl;
  }

  /** Rejects with 404. */
  find(account: PlivoAccount, id: string): Application {
    const found = this.of(account).find((application) => application.id === id);
    if (!found) throw plivoRefusal(404);
    return found;
  }

  /** The default one is set up as docs/providers/plivo.md has it. */
  private of({ id, authId }: PlivoAccount): Application[] {
    const known = this.made.get(authId);
    if (known) return known;
    const url = `${this.publicUrl}/webhook/plivo/${id}`;
    const first = { name: 'sandbox', messageUrl: url, messageMethod: 'POST', answerUrl: url };
    const all = [{ id: DEFAULT_APPLICATION, ...first }];
    this.made.set(authId, all);
    return all;
  }
}

/** The path by which a number names its application. */
export const applicationPath = (authId: string, id: string): string => `/v1/Account/${authId}/Application/${id}/`;

function change(application: Application, body: unknown): void {
  application.messageUrl = stringAt(body, 'message_url') ?? application.messageUrl;
  application.messageMethod = stringAt(body, 'message_method') ?? application.messageMethod;
  application.answerUrl = stringAt(body, 'answer_url') ?? application.answerUrl;
}

const json = ({ authId }: PlivoAccount, { id, name, messageUrl, messageMethod, answerUrl }: Application): object => ({
  app_id: id,
  app_name: name,
  message_url: messageUrl,
  message_method: messageMethod,
  answer_url: answerUrl,
  answer_method: 'POST',
  hangup_url: answerUrl,
  hangup_method: 'POST',
  fallback_answer_url: '',
  fallback_method: 'POST',
  default_app: id === DEFAULT_APPLICATION,
  default_endpoint_app: false,
  enabled: true,
  public_uri: false,
  sip_uri: `sip:${id}@app.plivo.com`,
  sub_account: null,
  log_incoming_messages: true,
  resource_uri: applicationPath(authId, id),
});
