/** Prices that the tenant is charged by, and whether every message that was sent has exactly its amount. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '../harness/patient-client.js';
import type { ChaosEnvironment } from './environment.js';

/** Of a unit, in micros. */
const CHARGES = { email: 1_200, sms: 15_500, mms: 40_000, whatsapp: 20_000, voice: 50_000 } as const;
const PROVIDERS = ['twilio', 'plivo', 'ses', 'sendgrid', 'resend'] as const;
const PLIVO = ['sms', 'mms'];
const MAIL = ['email'];
/** By which people write to us too. */
const HEARD: readonly string[] = ['sms', 'mms', 'whatsapp'];

/** As a decimal, which a JSON list has its amounts in. */
const decimal = (micros: number): string => (micros / 1_000_000).toFixed(6);

/** The same for both directions. */
const linesOf = (channel: string, micros: number): object[] =>
  ['outbound', ...(HEARD.includes(channel) ? ['inbound'] : [])].map((direction) => ({
    channel,
    direction,
    unit: channel === 'sms' ? 'segment' : 'message',
    price: decimal(micros),
    currency: 'USD',
  }));

/** Puts a plan, and what each provider costs: half of it. */
export async function putPrices(client: Client): Promise<void> {
  const all = Object.entries(CHARGES);
  await client.ask(
    'PUT',
    '/api/prices?kind=plan&name=standard',
    all.flatMap(([channel, micros]) => linesOf(channel, micros)),
  );
  for (const provider of PROVIDERS) {
    const own = provider === 'plivo' ? PLIVO : provider === 'twilio' ? ['sms', 'mms', 'whatsapp', 'voice'] : MAIL;
    const lines = all
      .filter(([channel]) => own.includes(channel))
      .flatMap(([channel, micros]) => linesOf(channel, micros / 2));
    await client.ask('PUT', `/api/prices?kind=cost&name=${provider}`, lines);
  }
}

/**
 * Of messages that were sent or received, those without exactly one estimate by the prices, or with another cost than their provider said; of others,
 * those with an amount; and sums that are not those of the amounts.
 */
export async function moneyOff(environment: ChaosEnvironment): Promise<number> {
  const deadline = Date.now() + 15_000; // what was told last is taken up within moments
  for (;;) {
    const off = await moneyOffNow(environment);
    if (off === 0 || Date.now() > deadline) return off;
    await delay(250);
  }
}

async function moneyOffNow(environment: ChaosEnvironment): Promise<number> {
  const [off] = await environment.query<{ messages: number; finals: number; sums: number }>(
    `with sent as (
       select message_id, channel, segments from message_event where kind in ('sent', 'received')
     ), amount as (
       select message_id, count(*) filter (where kind = 'estimated') as estimates, sum(charge_micros) as charge, sum(cost_micros) as cost,
         sum(cost_micros) filter (where kind in ('estimated', 'reversed', 'rerated')) as estimate, sum(without_cost) as without_cost
       from billing_amount where message_id is not null group by message_id
     ), price as (
       select distinct on (message_id) message_id, price_micros from message_event where kind = 'priced' order by message_id, seq desc
     ), expected as (
       select message_id, ($1::jsonb ->> channel)::bigint * case channel when 'sms' then segments else 1 end as charge from sent)
     select
       (select count(*) from expected full join amount using (message_id)
        where estimates is distinct from 1 or amount.charge is distinct from expected.charge or without_cost is distinct from 0)::int as messages,
       (select count(*) from amount left join price using (message_id) where cost <> coalesce(price_micros, estimate))::int as finals,
       (select count(*) from (
          select sum(messages), sum(units), sum(cost_micros), sum(charge_micros) from amount_rollup
          except select count(*) filter (where kind in ('estimated', 'rerated')) - count(*) filter (where kind = 'reversed'), sum(units), sum(cost_micros), sum(charge_micros) from billing_amount
        ) as different)::int as sums`,
    [JSON.stringify(CHARGES)],
  );
  return off ? off.messages + off.finals + off.sums : 0;
}
