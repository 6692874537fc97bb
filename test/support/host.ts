/** The platform's own data, as a test wants it: rows of the sample schema, in the database of the test. */
import { HostData } from '../../src/host-data/index.js';
import { newMailbox, newNumber } from './people.js';
import type { TestApp, Tenant } from './test-app.js';

type Row = Readonly<Record<string, unknown>>;

let made = 0;

/** An id that nothing else in the test file has. */
export const newRef = (kind: string): string => `${kind}-${(made += 1)}-test`;

/** Makes the sample schema, and the tenant's examples in it. */
export async function openHost(app: TestApp, owner: Tenant): Promise<void> {
  await app.nest.get(HostData).read(owner.id, [{ kind: 'order', id: 'order-1' }]);
}

async function put(app: TestApp, table: string, row: Row): Promise<void> {
  const columns = Object.keys(row);
  await app.database.query(
    `insert into sample_host.${table} (${columns.join(', ')}) values (${columns.map((_, place) => `$${place + 1}`).join(', ')})
     on conflict (tenant_id, id) do update set ${columns.map((column) => `${column} = excluded.${column}`).join(', ')}`,
    Object.values(row),
  );
}

export interface Person {
  readonly id: string;
  readonly email: string;
  readonly phone: string;
}

/** A customer with an address of each kind. Null leaves out. */
export async function newCustomer(app: TestApp, owner: Tenant, more: Row = {}): Promise<Person> {
  const row = { id: newRef('customer'), email: newMailbox(), phone: newNumber(), name: 'Ana', ...more };
  await put(app, 'customers', { tenant_id: owner.id, ...row });
  return row;
}

/** An order that is confirmed. */
export async function newOrder(app: TestApp, owner: Tenant, customerId: string, more: Row = {}): Promise<string> {
  const id = newRef('order');
  await put(app, 'orders', { tenant_id: owner.id, id, customer_id: customerId, status: 'confirmed', ...more });
  return id;
}

/** An event: `starts_at` is what its own clocks show, such as `2027-03-27T20:00`. */
export async function newEvent(app: TestApp, owner: Tenant, startsAt: string, more: Row = {}): Promise<string> {
  const id = newRef('event');
  const row = {
    tenant_id: owner.id,
    id,
    name: 'Spring Opening',
    starts_at: startsAt,
    timezone: 'Europe/Berlin',
    ...more,
  };
  await put(app, 'events', row);
  return id;
}

/** Somebody who attends an event. */
export async function newAttendee(app: TestApp, owner: Tenant, eventId: string, customerId: string): Promise<string> {
  const id = newRef('attendee');
  await put(app, 'attendees', { tenant_id: owner.id, id, event_id: eventId, customer_id: customerId });
  return id;
}

/** Changes a row of the platform's. */
export async function change(app: TestApp, owner: Tenant, table: string, id: string, changes: Row): Promise<void> {
  const columns = Object.keys(changes);
  await app.database.query(
    `update sample_host.${table} set ${columns.map((column, place) => `${column} = $${place + 3}`).join(', ')}
     where tenant_id = $1 and id = $2`,
    [owner.id, id, ...Object.values(changes)],
  );
}
