/** The rules on a whole set say the same as the gate says of one message. */
import fc from 'fast-check';
import { ConsentGate, exclusions } from '../../src/consent/index.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';

const NUMBER = '+12125550142';
const CONSENTS = [null, 'opted_in', 'opted_out'] as const;
const SUPPRESSIONS = [null, 'hard_bounce', 'complaint', 'invalid_address', 'manual', 'soft_bounce', 'ended'] as const;

const anyPerson = fc.record({
  consent: fc.constantFrom(...CONSENTS),
  suppression: fc.constantFrom(...SUPPRESSIONS),
  dead: fc.constantFrom(null, 'proven', 'long ago'),
  stop: fc.constantFrom(null, 'opted_in', 'opted_out'),
});

let app: TestApp;
let tenant: Tenant;
beforeAll(async () => {
  app = await openTestApp({ role: 'api' });
  tenant = await app.tenant();
});
afterAll(() => app.close());

let made = 0;

test('whoever the gate would stop is left out for the same reason, and nobody else', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyPerson, { minLength: 1, maxLength: 30 }),
      fc.constantFrom('transactional' as const, 'marketing' as const),
      fc.boolean(),
      async (people, category, requireOptIn) => {
        const rows = people.map((person) => ({ ...person, address: `+4915${String((made += 1)).padStart(9, '0')}` }));
        await arrange(rows, requireOptIn);
        const question = {
          people: 'people',
          tenant: '$2::uuid',
          venue: '$3::uuid',
          channel: `'sms'`,
          category: '$4::text',
          sender: '$5',
          allowedCountries: null,
        };
        const excluded = await app.database.query<{ address: string; exclusion: string | null }>(
          `with people as (select unnest($1::text[]) as address) select address, exclusion from (${exclusions(question)}) as judged`,
          [rows.map(({ address }) => address), tenant.id, tenant.defaultVenueId, category, NUMBER],
        );
        const said = new Map(excluded.map(({ address, exclusion }) => [address, exclusion]));
        const verdicts = await app.nest.get(ConsentGate, { strict: false }).check(
          rows.map(({ address: recipient }) => ({
            messageId: crypto.randomUUID(),
            tenantId: tenant.id,
            venueId: tenant.defaultVenueId,
            channel: 'sms',
            category,
            recipient,
            senderAddress: NUMBER,
            expiresAt: null,
            isTest: false,
          })),
        );
        expect(rows.map(({ address }) => said.get(address))).toEqual(
          verdicts.map((verdict) => ('reason' in verdict ? verdict.reason : null)),
        );
      },
    ),
    { numRuns: 60 },
  );
});

interface Person {
  readonly address: string;
  readonly consent: string | null;
  readonly suppression: string | null;
  readonly stop: string | null;
  readonly dead: string | null;
}

async function arrange(people: readonly Person[], requireOptIn: boolean): Promise<void> {
  const json = JSON.stringify(people);
  const from = `from jsonb_to_recordset($1::jsonb) as person (address text, consent text, suppression text, stop text, dead text)`;
  await app.database.query(`update tenant set require_opt_in = $2 where id = $1`, [
    tenant.id,
    requireOptIn ? ['sms'] : [],
  ]);
  await app.database.query(
    `insert into consent (venue_id, channel, address, tenant_id, status, source, occurred_at)
     select $2, 'sms', address, $3, consent, 'test', now() ${from} where consent is not null`,
    [json, tenant.defaultVenueId, tenant.id],
  );
  await app.database.query(
    `insert into suppression (tenant_id, channel, address, reason, expires_at)
     select $2, 'sms', address, case suppression when 'ended' then 'soft_bounce' else suppression end,
       case suppression when 'ended' then now() when 'soft_bounce' then now() + interval '1 day' end
     ${from} where suppression is not null`,
    [json, tenant.id],
  );
  await app.database.query(
    `insert into dead_address (channel, address, reason, proven_at)
     select 'sms', address, 'invalid_address', now() - case dead when 'proven' then interval '0' else interval '91 days' end
     ${from} where dead is not null`,
    [json],
  );
  await app.database.query(
    `insert into number_opt_out (channel, number, address, status, occurred_at)
     select 'sms', $2, address, stop, now() ${from} where stop is not null`,
    [json, NUMBER],
  );
}
