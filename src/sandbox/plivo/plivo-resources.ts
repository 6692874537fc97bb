/** Plivo's resources by their paths, all of which end with a slash. */
import type { WireAnswer } from '../wire.js';
import type { PlivoAccount } from './plivo-accounts.js';
import { plivoRefusal } from './plivo-errors.js';
import type { Query } from './plivo-request.js';
import type { PlivoSandbox } from './plivo-sandbox.js';

/** Such as `Number/14155550100/`: the resource, and the id of one, empty for all. */
function partsOf(path: string): { readonly resource: string; readonly id: string } {
  const [, resource, id = ''] = /^([A-Za-z]+)\/(?:([^/]+)\/)?$/.exec(path) ?? [];
  if (resource === undefined) throw plivoRefusal(404);
  return { resource, id };
}

/** Rejects with 404 for what is none. */
export function getFrom(plivo: PlivoSandbox, account: PlivoAccount, path: string, query: Query): WireAnswer {
  const { resource, id } = partsOf(path);
  switch (resource) {
    case 'Message':
      return id === '' ? plivo.messages.list(account, query) : plivo.messages.fetch(account, id);
    case 'Application':
      return id === '' ? plivo.applications.list(account, query) : plivo.applications.fetch(account, id);
    case 'Number':
      return id === '' ? plivo.numbers.list(account, query) : plivo.numbers.fetch(account, id);
    case 'PhoneNumber':
      if (id === '') return plivo.numbers.search(account, query);
  }
  throw plivoRefusal(404);
}

/** Changes and purchases: no send. Rejects with 404 for what is none. */
export function postTo(plivo: PlivoSandbox, account: PlivoAccount, path: string, body: unknown): WireAnswer {
  const { resource, id } = partsOf(path);
  if (resource === 'Application' && id === '') return plivo.applications.create(account, body);
  if (resource === 'Application') return plivo.applications.update(account, id, body);
  if (resource === 'PhoneNumber' && id !== '') return plivo.numbers.buy(account, id, body);
  if (resource === 'Number' && id !== '') return plivo.numbers.update(account, id, body);
  throw plivoRefusal(404);
}

/** Rejects with 404 for what is none. */
export function deleteFrom(plivo: PlivoSandbox, account: PlivoAccount, path: string): WireAnswer {
  const { resource, id } = partsOf(path);
  if (resource !== 'Number' || id === '') throw plivoRefusal(404);
  return plivo.numbers.unrent(account, id);
}
