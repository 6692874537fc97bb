/** What the consent tests share: commands, and the model of the log. */
import { type Command, CommandBus } from '@nestjs/cqrs';
import { ConsentLog, type ConsentChange, type ConsentOutcome } from '../../src/consent/index.js';
import { consentOf } from '../support/consent.js';
import type { TestApp, Tenant } from '../support/test-app.js';

export const run = <T>(app: TestApp, command: Command<T>): Promise<T> => app.nest.get(CommandBus).execute(command);

export const record = (app: TestApp, changes: readonly ConsentChange[]): Promise<ConsentOutcome[]> =>
  app.nest.get(ConsentLog).record(changes);

/** The platform's own Twilio account, which speaks for the numbers that tenants have through it. */
export async function platformAccountOf(app: TestApp): Promise<string> {
  const [row] = await app.database.query<{ id: string }>(
    `select id from provider_account where tenant_id is null and provider = 'twilio'`,
  );
  return row?.id ?? '';
}

export interface LogRow {
  readonly status: 'opted_in' | 'opted_out';
  readonly category: 'marketing' | null;
  readonly previous_status: string;
  readonly at: string;
  readonly source: string;
  readonly actor: string;
  readonly evidence: Record<string, unknown> | null;
}

/** The log of an address at the tenant's default venue, oldest first. */
export const logOf = (app: TestApp, { defaultVenueId }: Tenant, address: string, channel = 'sms'): Promise<LogRow[]> =>
  app.database.query<LogRow>(
    `select status, category, previous_status, source, actor, evidence, to_char(occurred_at at time zone 'utc', 'YYYY-MM-DD HH24:MI:SS.US') as at
     from consent_event where venue_id = $1 and channel = $2 and address = $3 order by id`,
    [defaultVenueId, channel, address],
  );

type Decided = Pick<LogRow, 'status' | 'at' | 'category'>;

const newestOf = (rows: readonly Decided[]): string | undefined =>
  rows
    .map(({ at }) => at)
    .sort()
    .at(-1);

/**
 * The rule in words: the newest decision, and at the same instant an opt-out. Leaving marketing is an opt-out from then until a later
 * decision about everything.
 */
export function stateAfter(rows: readonly Decided[]): string {
  const general = rows.filter(({ category }) => category === null);
  const newest = newestOf(general);
  const left = newestOf(rows.filter(({ category }) => category !== null));
  if (left !== undefined && (newest === undefined || left >= newest)) return 'opted_out';
  const last = general.filter(({ at }) => at === newest).map(({ status }) => status);
  if (last.length === 0) return 'unknown';
  return last.includes('opted_out') ? 'opted_out' : 'opted_in';
}

/** Each row's previous state is what the rows recorded before it amount to. */
export const previousStates = (rows: readonly LogRow[]): string[] =>
  rows.map((_, index) => stateAfter(rows.slice(0, index)));

/** An address's status at the tenant's default venue. */
export const stateOf = async (app: TestApp, tenant: Tenant, address: string, channel = 'sms'): Promise<string> =>
  (await consentOf(app, tenant, tenant.defaultVenueId, address, channel)).status;
