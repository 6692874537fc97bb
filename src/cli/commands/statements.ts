/** `statements`: the closed months of tenants, and those that are closed next. */
import { JSON_ANSWER, LISTED, moneyOf, printList, printOne, type Column } from '../answers.js';
import { command, type CliCommand } from '../command-line.js';
import { connect, connectFor, TENANT } from '../connection.js';

interface Total {
  readonly currency: string;
  readonly totalMicros: number;
}

interface Statement {
  readonly month: string;
  readonly closedAt: string;
  readonly closedBy: string;
  readonly totals: readonly Total[];
  readonly unpriced: number;
}

interface Sum {
  readonly currency: string;
  readonly micros: number;
}

interface Closing {
  readonly tenantId: string;
  readonly tenantName: string;
  readonly month: string;
  readonly isOver: boolean;
  readonly closesAt: string;
  readonly charges: readonly Sum[];
  readonly withoutCharge: number;
}

const COLUMNS: readonly Column<Statement>[] = [
  { title: 'MONTH', of: ({ month }) => month },
  { title: 'TOTAL', of: ({ totals }) => totalsOf(totals) },
  { title: 'UNPRICED', of: ({ unpriced }) => unpriced },
  { title: 'CLOSED', of: ({ closedAt }) => closedAt },
  { title: 'BY', of: ({ closedBy }) => closedBy },
];

const CLOSING: readonly Column<Closing>[] = [
  { title: 'TENANT', of: ({ tenantId }) => tenantId },
  { title: 'NAME', isText: true, of: ({ tenantName }) => tenantName },
  { title: 'MONTH', of: ({ month }) => month },
  { title: 'OVER', of: ({ isOver }) => isOver },
  { title: 'CLOSES', of: ({ closesAt }) => closesAt },
  {
    title: 'CHARGES',
    of: ({ charges }) => charges.map(({ micros, currency }) => moneyOf(micros, currency)).join(', '),
  },
  { title: 'UNPRICED', of: ({ withoutCharge }) => withoutCharge },
];

const totalsOf = (totals: readonly Total[]): string =>
  totals.map(({ totalMicros, currency }) => moneyOf(totalMicros, currency)).join(', ');

const LIST = command({
  name: 'statements list',
  summary: 'lists a tenant’s statements, newest first',
  options: { ...TENANT, ...LISTED },
  examples: ['statements list --tenant riverside'],
  async run({ tenant, ...listed }, context) {
    const api = await connectFor(context, tenant);
    return printList(context, listed, { api, path: '/api/statements' }, COLUMNS);
  },
});

const NEXT = command({
  name: 'statements closing',
  summary: 'lists the month that is closed next of each tenant, and what it comes to so far',
  options: LISTED,
  examples: ['statements closing'],
  run: async (listed, context) =>
    printList(context, listed, { api: await connect(context), path: '/api/statements/closing' }, CLOSING),
});

const CLOSE = command({
  name: 'statements close',
  summary: 'closes a tenant’s month that has ended, without waiting for late reports',
  details: 'A month that is closed stays as it is. What becomes known of it later is on the next statement.',
  arguments: { month: 'such as 2026-10' },
  options: { ...TENANT, ...JSON_ANSWER },
  examples: ['statements close $LAST_MONTH --tenant riverside'],
  async run({ month, tenant, json }, context) {
    const api = await connectFor(context, tenant);
    const closed = await api.post<Statement & { readonly isNew: boolean }>(
      `/api/statements/${encodeURIComponent(month)}/close`,
    );
    return printOne(context, closed, json, ({ isNew, totals, unpriced, closedAt, closedBy }) => ({
      month: closed.month,
      total: totalsOf(totals) || 'nothing was charged',
      unpriced,
      closedAt,
      closedBy,
      'closed before': !isNew,
    }));
  },
});

export const STATEMENTS: readonly CliCommand[] = [LIST, NEXT, CLOSE];
