/** The cursor of usage, in any order of things: transactions that commit late or never, roll-ups side by side, and some that die. */
import fc from 'fast-check';
import { EventConsumers } from '../../src/ledger/index.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { until } from '../../harness/until.js';

let app: TestApp;
beforeAll(async () => {
  app = await openTestApp({ role: 'api', databasePoolSize: 30 }); // its schedules rest: roll-ups are this test's
});
afterAll(() => app.close());

const rollUp = (): Promise<void> => app.nest.get(EventConsumers).run('usage');

class Killed extends Error {}

/** A roll-up whose process dies before it has committed. */
const dyingRollUp = (): Promise<void> =>
  app.database
    .transaction(async () => {
      await rollUp();
      throw new Killed();
    })
    .catch((error: unknown) => {
      if (!(error instanceof Killed)) throw error;
    });

/** A transaction that has written facts and is not over. */
interface Open {
  readonly facts: number;
  end(how: 'commit' | 'roll back'): Promise<void>;
}

async function begin({ id }: Tenant, facts: number): Promise<Open> {
  let end: (how: 'commit' | 'roll back') => void = () => undefined;
  const ending = new Promise<'commit' | 'roll back'>((resolve) => (end = resolve));
  let begun = (): void => undefined;
  const written = new Promise<void>((resolve) => (begun = resolve));
  const over = app.database
    .transaction(async () => {
      await app.database.query(
        `insert into message_event (message_id, tenant_id, kind, previous, channel, category, provider, segments, source)
         select uuidv7(), $1, 'sent', 'sending', 'sms', 'transactional', 'twilio', 2, 'test' from generate_series(1, $2::int)`,
        [id, facts],
      );
      begun();
      if ((await ending) === 'roll back') throw new Killed();
    })
    .catch((error: unknown) => {
      if (!(error instanceof Killed)) throw error;
    });
  await written;
  return {
    facts,
    end: (how) => {
      end(how);
      return over;
    },
  };
}

/** What happens next: `place` says to which of the open transactions, where it is about one. */
const step = fc.oneof(
  fc.record({ what: fc.constant('begin' as const), place: fc.nat(5), facts: fc.integer({ min: 1, max: 4 }) }),
  fc.record({
    what: fc.constantFrom('commit' as const, 'roll back' as const),
    place: fc.nat(5),
    facts: fc.constant(0),
  }),
  fc.record({
    what: fc.constantFrom('roll up' as const, 'roll up twice at once' as const, 'die' as const),
    place: fc.constant(0),
    facts: fc.constant(0),
  }),
);

async function countOf({ id }: Tenant): Promise<{ messages: number; segments: number }> {
  const [sum] = await app.database.query<{ messages: number; segments: number }>(
    `select coalesce(sum(messages), 0)::int as messages, coalesce(sum(segments), 0)::int as segments from usage_rollup where tenant_id = $1`,
    [id],
  );
  return sum ?? { messages: 0, segments: 0 };
}

test('every fact that was committed is counted once in the end, and never more than are there meanwhile', async () => {
  const tenant = await app.tenant();
  let committed = 0;
  const rollUps = {
    'roll up': () => rollUp(),
    'roll up twice at once': async () => void (await Promise.all([rollUp(), rollUp()])),
    die: () => dyingRollUp(),
  };
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
      const open: Open[] = [];
      const end = async (place: number, how: 'commit' | 'roll back'): Promise<void> => {
        const [ended] = open.splice(place % Math.max(1, open.length), 1);
        if (how === 'commit') committed += ended?.facts ?? 0;
        await ended?.end(how);
      };
      for (const { what, place, facts } of steps) {
        if (what === 'begin') open.push(await begin(tenant, facts));
        else if (what === 'commit' || what === 'roll back') await end(place, what);
        else await rollUps[what]();
        expect((await countOf(tenant)).messages).toBeLessThanOrEqual(committed);
      }
      while (open.length > 0) await end(0, 'commit');
      await until(async () => {
        await rollUp(); // a transaction of another test file on this server may hold it back
        return (await countOf(tenant)).messages === committed;
      });
      expect(await countOf(tenant)).toEqual({ messages: committed, segments: committed * 2 });
    }),
    { numRuns: 40 },
  );
});
