/** The application by which Plivo posts to us what people write. Source: its Application resource. */
import { stringAt } from '../../kernel/index.js';
import { RequestFault } from '../request-fault.js';
import { objectsIn, unreadable, type PlivoRequests } from './plivo.requests.js';

/** Plivo gives no more at a time. */
const PAGE = 20;
const MOST_PAGES = 100;

/**
 * The id of the application that posts to `url`, found by its name, else made: all numbers of an account share it, so that one change
 * moves them all to a new address. Safe to repeat: two of one name, as after two calls at once, post to us alike. Rejects with
 * RequestFault.
 */
export async function applicationFor(requests: PlivoRequests, accountId: string, url: string): Promise<string> {
  const known = await ownApplication(requests, accountId);
  // Plivo wants an address for calls too: ours says nothing, and so ends them.
  const wanted = { message_url: url, message_method: 'POST', answer_url: url, answer_method: 'POST' };
  if (known === undefined) {
    return idIn(
      await requests.ask({ method: 'POST', path: 'Application/', body: { app_name: nameFor(accountId), ...wanted } }),
    );
  }
  const id = idIn(known);
  if (!postsTo(known, url)) await requests.ask({ method: 'POST', path: `Application/${id}/`, body: wanted });
  return id;
}

/** Whether what people write to numbers of this application is posted to `url`. */
export const postsTo = (application: unknown, url: string): boolean =>
  stringAt(application, 'message_url') === url && stringAt(application, 'message_method') !== 'GET';

/** Plivo takes letters, digits, hyphens and underscores. */
const nameFor = (accountId: string): string => `callboard-${accountId}`;

/** The application that we have made in this account; undefined for none. Rejects with RequestFault. */
export async function ownApplication(requests: PlivoRequests, accountId: string): Promise<unknown> {
  const name = nameFor(accountId);
  // The list has no filter by name.
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const query = { limit: String(PAGE), offset: String(page * PAGE) };
    const applications = objectsIn(await requests.ask({ method: 'GET', path: 'Application/', query }));
    const found = applications.find((application) => stringAt(application, 'app_name') === name);
    if (found !== undefined || applications.length < PAGE) return found;
  }
  throw new RequestFault('refused', 'too-many-applications');
}

function idIn(application: unknown): string {
  const id = stringAt(application, 'app_id');
  if (id === undefined) throw unreadable();
  return id;
}
