/** What tests of statements share: messages of past months, and their closes. */
import type { CreditView } from '../../src/billing/credits/credits.dto.js';
import type { CloseMonthView, StatementView } from '../../src/billing/statements/statements.dto.js';
import { consume } from '../support/consumers.js';
import type { TestApp, Tenant } from '../support/test-app.js';

/** Twice of what a segment costs; a number is 1 EUR a month, and the first one is included. */
const PLAN = `channel,unit,price,markup_percent,included,currency
sms,,,100,,EUR
number,number_month,1,,,EUR
number,number_month,,,1,EUR
`;
/** Without a price for email. */
const COSTS = `channel,unit,price,currency
sms,segment,0.005,EUR
number,number_month,0.75,EUR
`;
/** What a segment is charged by them, in micros. */
export const PER_SEGMENT = 10_000;

/** Puts prices that have held for ever, and months of events. */
export async function openBooks(app: TestApp, ...months: readonly string[]): Promise<void> {
  for (const month of months) await app.database.query('select ensure_month($1::date)', [`${month}-01`]);
  await putPrices(app, 'kind=cost&name=twilio', COSTS);
  await putPrices(app, 'kind=plan&name=standard', PLAN);
}

export async function putPrices(app: TestApp, list: string, csv: string): Promise<void> {
  await app
    .admin()
    .put(`/api/prices?${list}&validFrom=2020-01-01T00:00:00Z`)
    .set('content-type', 'text/csv')
    .send(csv)
    .expect(200);
}

export interface Sent {
  readonly at: string;
  readonly segments?: number;
  readonly channel?: string;
}

/** Writes that messages were sent, as the ledger does; answers their ids. */
export async function sent(app: TestApp, { id }: Tenant, messages: readonly Sent[]): Promise<string[]> {
  const rows = await app.database.query<{ message_id: string }>(
    `insert into message_event (message_id, tenant_id, at, kind, previous, channel, category, provider, segments, source)
     select uuidv7(), $1, at, 'sent', 'sending', coalesce(channel, 'sms'), 'transactional', 'twilio', coalesce(segments, 1), 'test'
     from jsonb_to_recordset($2::jsonb) as fact (segments int, channel text, at timestamptz) returning message_id`,
    [id, JSON.stringify(messages)],
  );
  return rows.map(({ message_id }) => message_id);
}

/** Writes that the provider takes so much for a message, in micros of EUR. */
export async function priced(app: TestApp, { id }: Tenant, messageId: string, micros: number): Promise<void> {
  await app.database.query(
    `insert into message_event (message_id, tenant_id, kind, previous, channel, category, provider, segments, source, price_micros, price_currency)
     values ($2, $1, 'priced', null, 'sms', 'transactional', 'twilio', 1, 'test', $3, 'EUR')`,
    [id, messageId, micros],
  );
}

export const count = (app: TestApp): Promise<void> => consume(app, 'usage');

/** Closes a month by hand. */
export async function close(app: TestApp, tenant: Tenant, month: string): Promise<CloseMonthView> {
  return (await app.admin(tenant.id).post(`/api/statements/${month}/close`).expect(200)).body as CloseMonthView;
}

export async function statement(app: TestApp, tenant: Tenant, month: string): Promise<StatementView> {
  return (await app.as(tenant).get(`/api/statements/${month}`).expect(200)).body as StatementView;
}

export async function credit(app: TestApp, tenant: Tenant, amount: string, currency = 'EUR'): Promise<CreditView> {
  const body = { amount, currency, reason: 'Two days without service' };
  return (await app.admin(tenant.id).post('/api/credits').send(body).expect(201)).body as CreditView;
}

/** The charges of all lines, in micros of any currency. */
export const chargeOf = ({ lines }: StatementView): number =>
  lines.reduce((sum, { chargeMicros }) => sum + (chargeMicros ?? 0), 0);
